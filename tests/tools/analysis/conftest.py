"""All sample programs executed and diagnosed once, in a real sandbox."""

from __future__ import annotations

import asyncio

import pytest

from gradatim.domain import Diagnosis, Execution
from gradatim.settings import Settings
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import open_sandbox
from tests.tools.analysis.samples import Sample, samples


async def _run_all() -> dict[str, tuple[Execution, Diagnosis]]:
    async with open_sandbox(Settings()) as sandbox:

        async def one(sample: Sample) -> tuple[Execution, Diagnosis]:
            execution = await execute(sandbox, sample.task, sample.submission)
            return execution, await diagnose(sandbox, sample.task, sample.submission, execution)

        done = await asyncio.gather(*(one(sample) for sample in samples()))
    return {sample.name: pair for sample, pair in zip(samples(), done, strict=True)}


@pytest.fixture(scope="session")
def diagnosed() -> dict[str, tuple[Execution, Diagnosis]]:
    """Sample name → its execution and diagnosis."""
    return asyncio.run(_run_all())
