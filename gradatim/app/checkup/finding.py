"""What a check finds, and how a check that breaks is reported as a finding of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from gradatim.errors import GradatimError
from gradatim.settings import Settings

Status = Literal["ok", "missing", "weak", "unused"]
"""`weak`: not there, but something else does its work. `unused`: the settings do not ask for it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that works here or does not."""

    name: str
    status: Status
    detail: str
    remedy: str | None = None
    """What to do about it; given unless all is well."""


Check = Callable[[Settings], AsyncIterator[Finding]]


def failure(name: str, error: Exception, *, status: Status = "missing", remedy: str | None = None) -> Finding:
    """A finding that says what an exception says."""
    if isinstance(error, GradatimError):
        where = f"{error.place}: " if error.place else ""
        return Finding(name, status, f"{where}{error.message}", error.remedy or remedy)
    told = f"{type(error).__name__}: {error}".rstrip(": ")
    return Finding(name, status, told, remedy or "run `gradatim --debug doctor` and report what it shows")


async def examine(settings: Settings, checks: Iterable[Check], *, debug: bool = False) -> AsyncIterator[Finding]:
    """All findings, as they come. A check that breaks is a finding, and the others go on.

    Args:
        settings: What is looked at.
        checks: In the order of the report.
        debug: Let a check that breaks raise.
    """
    for check in checks:
        try:
            async for finding in check(settings):
                yield finding
        except Exception as error:  # whatever is broken here is what the doctor has to report
            if debug:
                raise
            yield failure(check.__name__.removeprefix("check_").replace("_", " "), error)
