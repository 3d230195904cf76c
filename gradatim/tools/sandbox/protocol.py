"""What every sandbox can do, whatever isolates it."""

from __future__ import annotations

from typing import Protocol

from gradatim.domain import Tier
from gradatim.tools.sandbox.job import Job, JobResult


class Sandbox(Protocol):
    """Runs programs that nobody has to trust. Belongs to the event loop that opened it; jobs may run side by side."""

    @property
    def tier(self) -> Tier:
        """How programs are isolated."""
        ...

    async def run(self, job: Job) -> JobResult:
        """Run a job.

        Raises:
            SandboxError: The sandbox itself does not work any more (never because of what a program does).
        """
        ...

    async def aclose(self) -> None:
        """End every process of the sandbox."""
        ...
