"""What a hostile program is, and what must hold when it has run."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Literal

Group = Literal["resources", "files", "network", "processes", "signals", "forging", "persistence"]

ANY = frozenset({"failed", "error", "timeout", "memory", "output-limit", "crashed"})
"""Every verdict but `passed`."""


@dataclass(frozen=True, slots=True)
class Case:
    """A program with a function `f(n)` that tries something.

    For every case: no canary of the host is touched or told, the verdict is not `passed`, no process stays, the
    server is the same as before and judges the next, honest program rightly, and all that in bounded time.

    Attributes:
        group: What it tries to abuse.
        name: In words, for the test's name.
        source: The program.
        ends: Verdicts that it may get.
        denied: For an attempt that has to be refused: what it must raise (with `ZeroDivisionError` where a call
            through ctypes only tells by its value whether it was refused).
        seconds: Time that one test has.
        machine: The machine whose system call numbers it uses; skipped elsewhere.
    """

    group: Group
    name: str
    source: str
    ends: frozenset[str] = ANY
    denied: tuple[str, ...] = ()
    seconds: float = 0.2
    machine: str | None = None

    @property
    def id(self) -> str:
        """Name of the test."""
        return f"{self.group}: {self.name}"


IMPORTS = (
    "import ctypes, fcntl, os, resource, signal, socket, subprocess, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n"
)


def attempt(
    group: Group,
    name: str,
    code: str,
    denied: tuple[str, ...] = ("OSError",),
    machine: str | None = None,
) -> Case:
    """A case whose function does something that has to be refused, and says "escaped" when it was not."""
    body = textwrap.indent(textwrap.dedent(code).strip("\n"), "    ")
    return Case(
        group, name, f"{IMPORTS}def f(n):\n{body}\n    return 'escaped'\n", denied=denied, seconds=2.0, machine=machine
    )


def call(group: Group, name: str, number: int, arguments: str = "0, 0, 0, 0, 0, 0") -> Case:
    """A system call by its number on x86_64, which has to fail."""
    return attempt(
        group, name, f"1 / (libc.syscall({number}, {arguments}) >= 0)", ("ZeroDivisionError",), machine="x86_64"
    )


def ending(group: Group, name: str, source: str, *ends: str, seconds: float = 0.2) -> Case:
    """A case that may get only these verdicts; any but `passed` when none is named."""
    return Case(group, name, textwrap.dedent(source).strip("\n") + "\n", frozenset(ends) or ANY, seconds=seconds)
