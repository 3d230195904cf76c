"""What the tutor must not tell, worked examples that really run, and sessions that stay short."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio

from gradatim.agents.retriever import Retriever
from gradatim.agents.tutoring.checking import Secrets, Speaker
from gradatim.agents.tutoring.composing import Composer
from gradatim.agents.tutoring.examiner import Examiner
from gradatim.agents.tutoring.planning import Planner
from gradatim.agents.tutoring.rememberer import Rememberer
from gradatim.agents.tutoring.understanding import Listener
from gradatim.agents.tutoring.worked import families, worked_example
from gradatim.domain import CallResultClaim, Diagnosis, Edit, Execution, Repair, Statement
from gradatim.graphs import Services, open_services
from gradatim.serving.realiser import GroundedRealiser
from gradatim.settings import Settings
from gradatim.tools.claims import Case, ClaimChecker
from gradatim.tools.execution import execute
from tests.cases import OFF_BY_ONE, TASK, submission

pytestmark = pytest.mark.asyncio(loop_scope="module")
FIXED = OFF_BY_ONE.replace("range(n)", "range(n + 1)")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Services]:
    used = Settings(data_dir=tmp_path_factory.mktemp("data"), workers=1, model="none")
    async with open_services(used, model=GroundedRealiser()) as opened:
        yield opened


def case(execution: Execution | None = None) -> Case:
    edit = Edit(line=3, last_line=3, replacement="    for i in range(n + 1):", operator="loop-bound")
    repair = Repair(
        code=FIXED, edits=(edit,), place="the range in line 3", change="…", origin="search", weight=0.9
    )  # fmt: skip
    diagnosis = Diagnosis(submission="s", verdict="incorrect", repairs=(repair,))
    ran = execution or Execution(submission="s", task=TASK.id, outcomes=(), tier="landlock")
    return Case.of(TASK, submission(), ran, diagnosis)


@pytest.mark.parametrize(
    "text",
    [
        "Try `range(n + 1)`.",
        "It has to read `for i in range(n+1):` there.",
        "Write for i in range(n + 1) instead.",
        "`n * (n + 1) // 2` gives it at once.",
        "With range(n + 1) the end is n.",
        "循环应该写成 `range(n + 1)`。",
        "```python\nfor i in range(n + 1):\n    total += i\n```",
    ],
)
async def test_what_gives_the_solution_away_is_refused(text: str) -> None:
    assert Secrets.of(case()).told_by(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Look closely at line 3: `for i in range(n):`.",
        "For `sum_up_to(2)` your program gives `1`, but the task needs `3`.",
        "A range ends before its stop value: the stop itself is never reached.",
        "What is the value of `total` right after line 4?",
    ],
)
async def test_facts_about_the_learners_own_program_are_no_secret(text: str) -> None:
    assert Secrets.of(case()).told_by(text) is None


async def test_pieces_add_up_over_turns() -> None:
    program = "def mean(items):\n    total = sum(items)\n    return total\n"
    task = TASK.model_copy(update={"statement": "Write mean(items).", "reference": None})
    edit = Edit(line=3, last_line=3, replacement="    return total / len(items)", operator="return-value")
    repair = Repair(
        code=program.replace("return total", "return total / len(items)"), edits=(edit,), place="line 3", change="…",
        origin="search", weight=0.9,
    )  # fmt: skip
    diagnosis = Diagnosis(submission="s", verdict="incorrect", repairs=(repair,))
    ran = Execution(submission="s", task=task.id, outcomes=(), tier="landlock")
    secrets = Secrets.of(Case.of(task, submission(program), ran, diagnosis))
    first, second = "The sign `/` stands for a division.", "How many there are is known to `len`."
    assert secrets.told_by(first) is None
    assert secrets.told_by(second) is None
    assert secrets.told_by(second, secrets.quoted(first)) is not None


async def test_the_solution_stays_secret_until_its_turn_also_where_the_task_shows_it() -> None:
    shown = case()
    open_task = TASK.model_copy(update={"reveal_solution": True})
    told = Case.of(open_task, shown.submission, shown.execution, shown.diagnosis)
    assert Secrets.of(told).told_by("Try `range(n + 1)`.") is not None
    assert Secrets(None).told_by("Try `range(n + 1)`.") is None


async def test_false_and_undecided_sentences_are_not_said(services: Services) -> None:
    execution = await execute(services.sandbox, TASK, submission())
    known, speaker = case(execution), Speaker(ClaimChecker(services.sandbox, services.concepts))
    secrets = Secrets.of(known)

    def gives(result: str) -> Statement:
        claim = CallResultClaim(call="sum_up_to(2)", result=result)
        return Statement(text=f"For `sum_up_to(2)` your program gives `{result}`.", claims=(claim,))

    kept = await speaker.checked(gives("1"), known, secrets, ())
    assert kept is not None
    assert kept.checks[0].verdict == "supported"
    assert await speaker.checked(gives("3"), known, secrets, ()) is None
    assert await speaker.checked(Statement(text="All 5 tests pass."), known, secrets, ()) is None


async def test_every_worked_example_runs_and_shows_a_difference(services: Services) -> None:
    for name, family in families().items():
        example = await worked_example(services.sandbox, name)
        assert example is not None, name
        assert example.gives != example.needed or example.raised, name
        assert family.wrong != family.right
    renamed = await worked_example(services.sandbox, "loop-bound", "seats = 3\nplace = 2\n")
    assert renamed is not None
    assert "seats[" not in renamed.right
    assert renamed.needed == "A\nB\nC"
    assert await worked_example(services.sandbox, None) is None


async def test_two_hundred_turns_stay_small(services: Services) -> None:
    listener, planner = Listener(services.concepts), Planner(concepts=services.concepts)
    composer, speaker = (
        Composer(services.sandbox, services.concepts),
        Speaker(ClaimChecker(services.sandbox, services.concepts)),
    )
    rememberer = Rememberer(services.memory, services.concepts)
    examiner = Examiner(services.sandbox, Retriever(services.concepts), repair_seconds=0.0)
    state: dict[str, Any] = {
        "session": "s",
        "task": TASK.plain(),
        "began": "2026-01-01T00:00:00+00:00",
        "language": "en",
    }
    messages = ["do you like football?", "hello", "nice weather today", "thanks", "because the loop ends too early"]
    sizes: list[int] = []
    for number in range(201):
        message = messages[number % 5] if number % 20 else "I have no idea"
        state |= {"number": number, "heard": {"message": message, "code": OFF_BY_ONE if not number else None,
                                              "at": "2026-01-01T00:00:00+00:00"}}  # fmt: skip
        # the tutor's words are made anew now and then: what is kept of a turn is what might grow
        saying = (composer, speaker) if number < 12 or number % 20 == 0 else ()
        for agent in (listener, *((examiner,) if not number else ()), planner, *saying):
            state |= await agent(state)
        if not saying:
            state["turn"] = state["turn"] | {"number": number, "understood": state["understood"]["intent"]}
        state |= await rememberer(state)
        if number in (60, 200):
            sizes.append(len(json.dumps(state)))
    assert sizes[1] < sizes[0] + 2_000
    assert sizes[1] < 60_000
    assert state["digest"]["turns"] + len(state["exchanges"]) == 201
    assert len(state["exchanges"]) <= 6
    assert "ends too early" in " ".join(state["digest"]["points"])
    assert "201" not in state["turn"]["text"]
