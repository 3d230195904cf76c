"""Outcomes of tests in a test file, through `execute`."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gradatim.domain import Execution, Submission, Task
from gradatim.settings import Settings
from gradatim.tools.diagnosis import diagnose
from gradatim.tools.execution import execute, probe_for
from gradatim.tools.sandbox import ForkServerSandbox, open_sandbox
from gradatim.tools.taskfile import parse_task

pytestmark = pytest.mark.asyncio(loop_scope="module")

TASK = parse_task("""
id: double
title: Double it
statement: Write double(n), which returns twice the number.
entry_point: double
tests:
  - {call: double(4), expect: 8}
  - {suite: TestDouble.test_zero, hidden: true, timeout: 0.3}
test_source: |
  import unittest
  from submission import double
  class TestDouble(unittest.TestCase):
      def test_two(self):
          self.assertEqual(double(2), 4)
      def test_zero(self):
          self.assertEqual(double(0), 0)
      @unittest.skip("later")
      def test_text(self):
          self.fail()
""")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[ForkServerSandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened


async def run(sandbox: ForkServerSandbox, code: str, task: Task = TASK) -> Execution:
    execution = await execute(sandbox, task, Submission.of(task.id, code))
    assert Execution.model_validate_json(execution.model_dump_json()) == execution
    return execution


def statuses(execution: Execution) -> list[str]:
    return [outcome.status for outcome in execution.outcomes]


async def test_outcomes_keep_the_order_of_the_task(sandbox: ForkServerSandbox) -> None:
    execution = await run(sandbox, "def double(n):\n    return n ** 2\n")
    assert [outcome.test for outcome in execution.outcomes] == ["t1", "t2", "t3", "t4"]
    assert statuses(execution) == ["failed", "passed", "passed", "not-run"]
    assert execution.outcome("t4").detail == "the test file skips this test: later"
    assert [case.label for case in TASK.tests[1:]] == [f"TestDouble.test_{name}" for name in ("zero", "two", "text")]


async def test_failures_are_told_in_the_words_of_the_test(sandbox: ForkServerSandbox) -> None:
    execution = await run(sandbox, "def double(n):\n    print('n is', n)\n    return n + 1\n")
    assert execution.outcome("t2").detail == "1 != 0"
    assert execution.outcome("t2").stdout == "n is 0\n"
    raising = (await run(sandbox, "def double(n):\n    return [][n]\n")).outcome("t3")
    assert (raising.status, raising.detail) == ("error", "raised IndexError at line 2: list index out of range")
    assert raising.exception is not None
    assert (raising.exception.line, raising.exception.function) == (2, "double")


async def test_endless_and_ended_programs(sandbox: ForkServerSandbox) -> None:
    endless = await run(sandbox, "def double(n):\n    while n == 0:\n        pass\n    return n * 2\n")
    detail = endless.outcome("t2").detail
    assert detail.startswith("no answer within 0.3 s (endless loop at line ")
    assert detail.endswith(("2?)", "3?)"))
    assert statuses(endless) == ["passed", "timeout", "passed", "not-run"]
    ended = await run(sandbox, "import os\ndef double(n):\n    os._exit(3)\n")
    assert ended.outcome("t3").detail == "the program ended its own process (exit status 3)"
    assert not ended.passed


async def test_programs_that_cannot_be_loaded(sandbox: ForkServerSandbox) -> None:
    broken = await run(sandbox, "def double(n:\n")
    assert broken.load_error is not None
    assert broken.load_error.type == "SyntaxError"
    assert statuses(broken) == ["not-run"] * 4
    raising = await run(sandbox, "x = 1 / 0\n")
    assert raising.load_error is not None
    assert (raising.load_error.type, raising.load_error.line) == ("ZeroDivisionError", 1)
    missing = await run(sandbox, "def twice(n):\n    return 2 * n\n")
    assert missing.outcome("t3").detail == "the program defines no double"


async def test_a_wrong_test_file_is_not_the_program_s_fault(sandbox: ForkServerSandbox) -> None:
    wrong = TASK.model_copy(update={"test_file": (TASK.test_file or "") + "nonsense\n"})
    outcome = (await run(sandbox, "def double(n):\n    return 2 * n\n", wrong)).outcome("t2")
    assert outcome.status == "not-run"
    assert outcome.detail.startswith("the test itself is wrong: NameError")


async def test_diagnosis_does_without_probes(sandbox: ForkServerSandbox) -> None:
    submission = Submission.of(TASK.id, "def double(n):\n    return n + 1\n")
    execution = await execute(sandbox, TASK, submission)
    diagnosis = await diagnose(sandbox, TASK, submission, execution)
    summaries = {item.id: item for item in diagnosis.evidence}
    assert summaries["test:t2"].summary == "Test t2 `TestDouble.test_zero`: 1 != 0."
    assert not summaries["test:t2"].visible
    assert diagnosis.suspicious_lines[0].line == 2
    with pytest.raises(ValueError, match="not run by probes"):
        probe_for(TASK.tests[1])
