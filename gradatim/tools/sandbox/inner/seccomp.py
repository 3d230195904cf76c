"""Seccomp filters: an allow-list for the server, and a narrower one that each tested process adds.

Classic BPF as in `linux/filter.h`; everything that is not allowed fails with EPERM, so that a program which tries it
sees an ordinary `PermissionError`.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable

from . import syscalls

_LD, _JEQ, _JSET, _AND, _RET = 0x20, 0x15, 0x45, 0x54, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_ERRNO = 0x00050000
_NR, _ARCH, _ARGS = 0, 4, 16

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 38, 22, 2
_CLONE_NEW = 0x7E020000 | 0x00000080  # every CLONE_NEW* flag
_CLONE_THREAD = 0x00010000

_IOCTLS = (0x5401, 0x5411, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TIOCOUTQ, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX."""
_FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 1030, 1032)
"""Duplicate, flags, locks, F_DUPFD_CLOEXEC, F_GETPIPE_SZ: none that sends signals."""

_Instruction = tuple[int, int, int, int]
libc = ctypes.CDLL(None, use_errno=True)


class SockFprog(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class Filter:
    """An assembled filter, ready to be put on the calling thread.

    Args:
        instructions: `(code, jt, jf, k)` each.
    """

    def __init__(self, instructions: list[_Instruction]) -> None:
        self._blob = b"".join(struct.pack("=HBBI", *instruction) for instruction in instructions)
        self._program = SockFprog(len(instructions), self._blob)

    def install(self) -> None:
        """Put the filter on the calling thread and all it starts; it can never be taken off.

        Raises:
            OSError: The kernel refused.
        """
        no_new_privileges()
        if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(self._program), 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "seccomp filter refused")


def no_new_privileges() -> None:
    """Make sure that no program started from here on gains rights.

    Raises:
        OSError: The kernel refused.
    """
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs refused")


def _argument(index: int) -> _Instruction:
    """Load the low 32 bits of an argument (both machines are little-endian)."""
    return (_LD, 0, 0, _ARGS + 8 * index)


def _deny(code: int = errno.EPERM) -> _Instruction:
    return (_RET, 0, 0, _ERRNO | code)


_ACCEPT: _Instruction = (_RET, 0, 0, _ALLOW)


def _rule(number: int, body: list[_Instruction]) -> list[_Instruction]:
    """Run `body` (which ends in a return on every way) when the call number matches."""
    return [(_JEQ, 0, len(body), number), *body]


def _one_of(index: int, values: Iterable[int]) -> list[_Instruction]:
    """Allow when an argument is one of the values."""
    body = [_argument(index)]
    for value in values:
        body += [(_JEQ, 0, 1, value & 0xFFFFFFFF), _ACCEPT]
    return [*body, _deny()]


def _prologue(machine: str) -> list[_Instruction]:
    return [
        (_LD, 0, 0, _ARCH),
        (_JEQ, 1, 0, syscalls.AUDIT_ARCH[machine]),
        (_RET, 0, 0, _KILL),
        (_LD, 0, 0, _NR),
    ]


def server_filter(machine: str) -> Filter:
    """What the server may do: compute, read files, fork, wait; no network, new programs, mounts or tracing."""

    def number(call: str) -> int:
        return syscalls.number(machine, call)

    program = _prologue(machine)
    for allowed in syscalls.harmless(machine):
        program += _rule(allowed, [_ACCEPT])
    for allowed in syscalls.numbers(machine, "fork", "kill", "tgkill", "wait4", "waitid", "prctl", "seccomp",
                                    "prlimit64", "setrlimit", "memfd_create"):  # fmt: skip
        program += _rule(allowed, [_ACCEPT])
    program += _rule(number("ioctl"), _one_of(1, _IOCTLS))
    program += _rule(number("fcntl"), [_ACCEPT])
    program += _rule(number("clone"), [_argument(0), (_JSET, 0, 1, _CLONE_NEW), _deny(), _ACCEPT])
    # clone3 hides its flags behind a pointer; without it the C library falls back to clone.
    program += _rule(number("clone3"), [_deny(errno.ENOSYS)])
    # A socket pair of streams is what asyncio wakes itself with; it cannot reach anything outside the process.
    program += _rule(
        number("socketpair"),
        [
            _argument(0), (_JEQ, 1, 0, 1), _deny(),
            _argument(1), (_AND, 0, 0, 0xF), (_JEQ, 0, 1, 1), _ACCEPT, _deny(),
        ],
    )  # fmt: skip
    return Filter([*program, _deny()])


def program_filter(machine: str, pid: int) -> Filter:
    """What a tested process may do less than the server: start processes, signal others, change limits or filters.

    Args:
        machine: `x86_64` or `aarch64`.
        pid: The tested process: the only one it may signal.
    """

    def number(call: str) -> int:
        return syscalls.number(machine, call)

    program = _prologue(machine)
    program += _rule(number("clone"), [_argument(0), (_JSET, 1, 0, _CLONE_THREAD), _deny(), _ACCEPT])
    for call in ("kill", "tgkill"):
        program += _rule(number(call), _one_of(0, (pid,)))
    for denied in syscalls.numbers(machine, "fork", "wait4", "waitid", "seccomp", "setrlimit", "memfd_create"):
        program += _rule(denied, [_deny()])
    program += _rule(number("prctl"), _one_of(0, (15, 16)))  # PR_SET_NAME, PR_GET_NAME
    # Reading a limit is harmless; setting one comes with a pointer in the third argument.
    program += _rule(
        number("prlimit64"),
        [_argument(2), (_JEQ, 1, 0, 0), _deny(), (_LD, 0, 0, _ARGS + 8 * 2 + 4), (_JEQ, 1, 0, 0), _deny(), _ACCEPT],
    )
    program += _rule(number("fcntl"), _one_of(1, _FCNTLS))
    return Filter([*program, _ACCEPT])
