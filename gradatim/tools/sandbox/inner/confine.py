"""Giving up every right that a fork server does not need."""

from __future__ import annotations

import ctypes
import os
import resource
import struct
from dataclasses import dataclass

from . import landlock, seccomp, syscalls

NOBODY = 65534
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_KEEPCAPS, _PR_CAPBSET_DROP = 1, 4, 8, 24
_SIGKILL = 9
_CAP_DAC_READ_SEARCH = 2
_DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


@dataclass(frozen=True, slots=True)
class Confinement:
    """What was really put in force."""

    machine: str | None
    """Name of the machine when system calls are filtered."""
    landlock: int
    """Version of Landlock in force; 0 when none."""
    uid: int


def confine(readable: list[str], *, need_landlock: bool) -> Confinement:
    """Drop to an unprivileged user, deny the file system and filter system calls, for good.

    Args:
        readable: Folders that stay readable: the interpreter and its libraries.
        need_landlock: Whether to fail where the kernel has no Landlock.

    Raises:
        OSError: A part that is needed is not to be had here.
    """
    machine = syscalls.machine()
    if machine is None:
        raise OSError("system calls can be filtered on x86_64 and aarch64 only")
    drop_privileges(readable)
    abi = 0
    if need_landlock or landlock.version(machine):
        seccomp.no_new_privileges()
        abi = landlock.restrict(machine, readable, _DEVICES)
    seccomp.server_filter(machine).install()
    return Confinement(machine, abi, os.getuid())


def drop_privileges(readable: list[str]) -> None:
    """Become nobody when started as root, and let no other process look into this one.

    Where the interpreter lies in a folder that nobody may enter (root's home), the right to search folders is
    kept; what can be opened is then up to Landlock alone.
    """
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        for capability in range(64):
            seccomp.libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
        seccomp.libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        _keep_capabilities(0 if all(map(_reachable, readable)) else 1 << _CAP_DAC_READ_SEARCH)
    seccomp.libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    die_with_parent()


def _keep_capabilities(mask: int) -> None:
    """Keep these capabilities and give up all others for good (`struct __user_cap_header_struct`, version 3)."""
    header = struct.pack("=Ii", 0x20080522, 0)
    data = struct.pack("=6I", mask, mask, 0, 0, 0, 0)
    if seccomp.libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _reachable(path: str) -> bool:
    try:
        os.stat(path)
    except PermissionError:
        return False
    except OSError:
        return True  # not there at all, so nobody needs to reach it
    return True


def die_with_parent() -> None:
    """Be killed when the process that started this one ends."""
    seccomp.libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)


def limit(memory: int, cpu: int) -> None:
    """Put hard limits on the calling process.

    Args:
        memory: Address space, bytes.
        cpu: CPU time, seconds.
    """
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        ceiling = resource.getrlimit(kind)[1]
        wanted = value if ceiling == resource.RLIM_INFINITY else min(value, ceiling)
        resource.setrlimit(kind, (wanted, wanted))
