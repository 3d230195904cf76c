"""Oral questions: their answers are what running shows, and they are the same whoever hands the program in."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gradatim.agents.classroom.oral import OralExaminer, OralSheet
from gradatim.domain import Submission, Task, TestCase
from gradatim.languages import speaking
from gradatim.testing import BROKEN, CORRECT, TASK, WRONG, offline_settings
from gradatim.tools.sandbox import Sandbox, open_sandbox
from gradatim.tools.tracing import trace_values, value_after

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    async with open_sandbox(offline_settings(tmp_path_factory.mktemp("data"))) as opened:
        yield opened


async def prepared(
    sandbox: Sandbox, code: str, task: Task = TASK, count: int = 8, learner: str | None = None
) -> OralSheet:
    return await OralExaminer(sandbox, count).prepare(task, Submission.of(task.id, code, "largest.py", learner))


async def test_kinds_take_turns_and_lines_exist(sandbox: Sandbox) -> None:
    sheet = await prepared(sandbox, CORRECT)
    assert {item.kind for item in sheet.questions} == {"purpose", "value", "change", "rounds", "result"}
    assert [item.kind for item in sheet.questions][:4] == ["purpose", "value", "change", "rounds"]
    lines = CORRECT.splitlines()
    for item in sheet.questions:
        for line in item.lines:
            assert lines[line - 1].strip() in item.text
    assert "who wrote it" in sheet.note


async def test_answers_are_what_running_shows(sandbox: Sandbox) -> None:
    for code in (CORRECT, WRONG):
        sheet = await prepared(sandbox, code)
        value = next(item for item in sheet.questions if item.kind == "value")
        match = re.search(
            r"When `(.+?)` runs: what does `(\w+)` hold after line (\d+), .* has run (\d+) times", value.text
        )
        assert match, value.text
        trace = await trace_values(sandbox, TASK, code, match[1])
        truth = value_after(trace, int(match[3]), match[2], int(match[4]))
        assert value.answer == f"`{match[2]}` holds `{truth}` (executed)."
        rounds = next(item for item in sheet.questions if item.kind == "rounds")
        match = re.search(r"When `(.+?)` runs: how often does line (\d+)", rounds.text)
        assert match
        trace = await trace_values(sandbox, TASK, code, match[1])
        assert rounds.answer.startswith(f"{trace.hits[int(match[2])]} times")
        change = next(item for item in sheet.questions if item.kind == "change")
        match = re.search(r"Suppose line (\d+) were `(.+)` instead of `(.+)`\. .* when `(.+?)` runs", change.text)
        assert match
        changed = code.splitlines()
        changed[int(match[1]) - 1] = changed[int(match[1]) - 1].replace(match[3], match[2])
        after = await trace_values(sandbox, TASK, "\n".join(changed), match[4])
        before = await trace_values(sandbox, TASK, code, match[4])
        assert change.answer == f"`{after.result}` instead of `{before.result}` (executed)."


async def test_the_same_program_gives_the_same_questions_to_everybody(sandbox: Sandbox) -> None:
    assert await prepared(sandbox, WRONG, learner="ada") == await prepared(sandbox, WRONG)


async def test_hidden_tests_are_not_used(sandbox: Sandbox) -> None:
    secret = TestCase(id="t9", call="largest([-1234, -4321])", expect="-1234", hidden=True)
    task = TASK.model_copy(update={"tests": (*TASK.tests, secret)})
    sheet = await prepared(sandbox, WRONG, task)
    everything = sheet.model_dump_json()
    assert not re.search(r"-1234|-4321|-40|-31", everything)
    only_hidden = TASK.model_copy(update={"tests": (secret,), "reference": None})
    assert "-1234" not in (await prepared(sandbox, WRONG, only_hidden)).model_dump_json()


@pytest.mark.parametrize(
    "code", ["", "x", "def largest(n):\n    while True:\n        pass\n", "import os\nos._exit(1)\n", "\x00"]
)
async def test_any_program_will_do(sandbox: Sandbox, code: str) -> None:
    assert len((await prepared(sandbox, code)).questions) <= 8


async def test_a_program_that_cannot_be_read(sandbox: Sandbox) -> None:
    sheet = await prepared(sandbox, BROKEN)
    assert [item.kind for item in sheet.questions] == ["reading"]
    assert "line 1" in sheet.questions[0].text
    assert sheet.questions[0].answer == "SyntaxError in line 1."


async def test_in_chinese(sandbox: Sandbox) -> None:
    with speaking("zh"):
        sheet = await prepared(sandbox, CORRECT)
    assert all(re.search(r"[一-鿿]", item.text) for item in sheet.questions)
