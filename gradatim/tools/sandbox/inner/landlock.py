"""Landlock: what of the file system the server and its children can open (`linux/landlock.h`)."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable

from . import syscalls
from .seccomp import libc

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""Number of file-system rights that each version of the interface knows."""
_NETWORK = 0b11  # bind and connect TCP, since version 4
_SCOPES = 0b11  # abstract UNIX sockets and signals, since version 6
_PATH_BENEATH = 1


def _call(machine: str, name: str, *arguments: object) -> int:
    return int(libc.syscall(ctypes.c_long(syscalls.number(machine, name)), *arguments))


def version(machine: str) -> int:
    """Version of the kernel's Landlock interface; 0 when there is none."""
    return max(0, _call(machine, "landlock_create_ruleset", None, ctypes.c_size_t(0), ctypes.c_uint(1)))


def restrict(machine: str, readable: Iterable[str], devices: Iterable[str]) -> int:
    """Deny every use of files but reading beneath some folders, and using some devices.

    Args:
        machine: `x86_64` or `aarch64`.
        readable: Folders and files that may be read; those that do not exist are passed over.
        devices: Device files that may be read and written.

    Returns:
        The interface's version.

    Raises:
        OSError: Landlock is not to be had here.
    """
    abi = version(machine)
    if abi < 1:
        raise OSError("the kernel has no Landlock (CONFIG_SECURITY_LANDLOCK, lsm=landlock)")
    rights = (1 << _RIGHTS.get(abi, 16)) - 1
    attributes = struct.pack("=Q", rights)
    if abi >= 4:
        attributes += struct.pack("=Q", _NETWORK)
    if abi >= 6:
        attributes += struct.pack("=Q", _SCOPES)
    ruleset = _call(machine, "landlock_create_ruleset", attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        for paths, folder_rights, file_rights in (
            (readable, _READ_FILE | _READ_DIR, _READ_FILE),
            (devices, 0, _READ_FILE | _WRITE_FILE),
        ):
            for path in paths:
                _allow(machine, ruleset, path, folder_rights, file_rights)
        if _call(machine, "landlock_restrict_self", ctypes.c_int(ruleset), ctypes.c_uint(0)) != 0:
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(ruleset)
    return abi


def _allow(machine: str, ruleset: int, path: str, folder_rights: int, file_rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # not on this machine, so there is nothing to allow
    try:
        rights = folder_rights if os.path.isdir(path) else file_rights
        if not rights:
            return
        rule = struct.pack("=Qi", rights, handle)
        added = _call(
            machine, "landlock_add_rule", ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint(0)
        )
        if added != 0:
            raise OSError(ctypes.get_errno(), f"landlock_add_rule {path}")
    finally:
        os.close(handle)
