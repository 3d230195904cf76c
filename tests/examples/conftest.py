"""All examples executed once, for the tests of this folder."""

from __future__ import annotations

import asyncio

import pytest

from gradatim.domain import Diagnosis, Execution, Submission
from gradatim.settings import Settings
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import open_sandbox
from tests.examples.catalogue import examples, tasks


async def _execute_all() -> dict[str, Execution]:
    named = [
        (f"{task.id}/reference", Submission.of(task.id, task.reference or "", "reference.py"))
        for task in tasks().values()
    ]
    named += [(example.name, example.submission()) for example in examples()]
    async with open_sandbox(Settings()) as sandbox:
        done = await asyncio.gather(
            *(execute(sandbox, tasks()[submission.task_id], submission) for _, submission in named)
        )
    return {name: execution for (name, _), execution in zip(named, done, strict=True)}


async def _diagnose_all(executions: dict[str, Execution]) -> dict[str, Diagnosis]:
    async with open_sandbox(Settings()) as sandbox:
        done = await asyncio.gather(
            *(
                diagnose(sandbox, tasks()[example.task_id], example.submission(), executions[example.name])
                for example in examples()
            )
        )
    return {example.name: diagnosis for example, diagnosis in zip(examples(), done, strict=True)}


@pytest.fixture(scope="session")
def executions() -> dict[str, Execution]:
    """All reference solutions (`task/reference`) and submissions (`task/file`)."""
    return asyncio.run(_execute_all())


@pytest.fixture(scope="session")
def diagnoses(executions: dict[str, Execution]) -> dict[str, Diagnosis]:
    """All submissions (`task/file`)."""
    return asyncio.run(_diagnose_all(executions))
