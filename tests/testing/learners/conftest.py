"""A task with a fault in it, and a sandbox to run it in."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from gradatim.domain import Task, TestCase
from gradatim.settings import Settings
from gradatim.testing.learners import Fault
from gradatim.tools.sandbox import Sandbox, open_sandbox

WRONG = """\
def total_up_to(n):
    total = 0
    for number in range(1, n):
        total += number
    return total
"""
RIGHT = WRONG.replace("range(1, n)", "range(1, n + 1)")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncGenerator[Sandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened


@pytest.fixture
def task() -> Task:
    return Task(
        id="total-up-to",
        title="Total",
        statement="Write total_up_to(n), the sum of the numbers from 1 to n.",
        entry_point="total_up_to",
        tests=(
            TestCase(id="t1", call="total_up_to(3)", expect="6"),
            TestCase(id="t2", call="total_up_to(1)", expect="1"),
            TestCase(id="t3", call="total_up_to(10)", expect="55", hidden=True),
        ),
        reference=RIGHT,
    )


@pytest.fixture
def fault(task: Task) -> Fault:
    return Fault.between(task, WRONG, RIGHT, "range-stop-included").in_words(
        "The second number given to range is believed to be the last number produced.",
        "The stop of a range is never among its numbers: range(1, n) ends with n - 1.",
    )
