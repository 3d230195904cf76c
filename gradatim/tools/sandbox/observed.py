"""A sandbox that tells of every program it runs (`execute_tool`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from gradatim import telemetry
from gradatim.domain import Tier
from gradatim.telemetry import names
from gradatim.tools.sandbox.job import Batch, CandidateResult, Job, JobResult
from gradatim.tools.sandbox.protocol import Sandbox
from gradatim.tools.sandbox.suite import Suite, SuiteResult

PROGRAM, CANDIDATES, SUITE = "run_program", "run_candidates", "run_suite"
"""Names of the tools."""


class ObservedSandbox:
    """`Sandbox` whose calls are spans; otherwise the one that it stands for.

    Args:
        sandbox: What runs the programs; stays the caller's to close.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    @property
    def tier(self) -> Tier:
        """How programs are isolated."""
        return self.sandbox.tier

    async def run(self, job: Job) -> JobResult:
        """Run a job."""
        with telemetry.tool(PROGRAM, **{names.TIER: self.tier, names.PROBES: len(job.probes)}) as work:
            work.content(names.TOOL_ARGUMENTS, lambda: _asked(job))
            result = await self.sandbox.run(job)
            if work.listened_to:
                load_error = result.load_error
                work.set(names.STATUSES, statuses(probe.status for probe in result.probes))
                work.set(names.LOAD_ERROR, load_error.type if load_error is not None else None)
                work.content(names.TOOL_RESULT, lambda: _found(result))
            return result

    async def run_batch(self, batch: Batch) -> list[CandidateResult]:
        """Run many candidates with the same probes."""
        asked = {
            names.TIER: self.tier, names.PROBES: len(batch.probes), names.PROGRAMS: len(batch.sources)
        }  # fmt: skip
        with telemetry.tool(CANDIDATES, **asked) as work:
            results = await self.sandbox.run_batch(batch)
            if work.listened_to:
                work.set(names.STATUSES, statuses(result.status for result in results))
            return results

    async def run_suite(self, suite: Suite) -> SuiteResult:
        """Run a module of tests on a program."""
        with telemetry.tool(SUITE, **{names.TIER: self.tier, names.PROBES: len(suite.names)}) as work:
            work.content(names.TOOL_ARGUMENTS, lambda: {"program": suite.source, "tests": list(suite.names)})
            result = await self.sandbox.run_suite(suite)
            if work.listened_to:
                work.set(names.STATUSES, statuses(finding.status for finding in result.findings))
            return result

    async def aclose(self) -> None:
        """End every process of the sandbox."""
        await self.sandbox.aclose()


def observed(sandbox: Sandbox) -> Sandbox:
    """The sandbox, telling of what it runs; one that does already stays as it is."""
    return sandbox if isinstance(sandbox, ObservedSandbox) else ObservedSandbox(sandbox)


def statuses(found: Iterable[str]) -> list[str]:
    """How often each status came, as an attribute can hold it: `ok 5`."""
    return [f"{status} {count}" for status, count in Counter(found).items()]


def _asked(job: Job) -> dict[str, object]:
    """A job, as it is written down where content is kept: all that makes two runs of a program different."""
    how = {"setup": job.setup, "main": job.main, "trace": job.trace}
    return {
        "program": job.source,
        **{name: value for name, value in how.items() if value},
        "probes": [
            {"steps": [step.source for step in probe.steps], **({"stdin": probe.stdin} if probe.stdin else {})}
            for probe in job.probes
        ],
    }


def _found(result: JobResult) -> dict[str, object]:
    """What came of a job, as it is written down where content is kept."""
    if result.load_error is not None:
        return {"load_error": f"{result.load_error.type}: {result.load_error.message}".rstrip(": ")}
    return {
        "probes": [
            {
                "status": probe.status,
                **({"stdout": probe.stdout[:1000]} if probe.stdout else {}),
                **({"raised": f"{probe.raised.type}: {probe.raised.message}"[:300]} if probe.raised else {}),
            }
            for probe in result.probes
        ]
    }
