"""What every sandbox can do, whatever isolates it."""

from __future__ import annotations

from typing import Protocol

from gradatim.domain import Tier
from gradatim.tools.sandbox.job import Batch, CandidateResult, Job, JobResult
from gradatim.tools.sandbox.suite import Suite, SuiteResult


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

    async def run_batch(self, batch: Batch) -> list[CandidateResult]:
        """Run many candidates with the same probes; one result for each, in order.

        Raises:
            SandboxError: The sandbox itself does not work any more.
        """
        ...

    async def run_suite(self, suite: Suite) -> SuiteResult:
        """Run a module of tests on a program, each in a process of its own.

        Raises:
            SandboxError: The sandbox itself does not work any more.
        """
        ...

    async def aclose(self) -> None:
        """End every process of the sandbox."""
        ...
