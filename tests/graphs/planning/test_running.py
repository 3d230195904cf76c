"""A planned workflow at work: hints, a new program, points, a person before they go out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.memory import MemorySaver
from langgraph.types import Command

from gradatim.agents.tutoring.turn import Turn
from gradatim.domain import Submission, Task, TestCase
from gradatim.errors import InputError, ReviewError
from gradatim.graphs import open_services
from gradatim.graphs.planning import Planner
from gradatim.graphs.workflow import build_workflow, load_workflow
from gradatim.graphs.workflow.kinds.rounds import failing_share, next_attempt, peer_view, program_in
from gradatim.graphs.workflow.kinds.talking import message_in, tutor_listen, tutor_open
from gradatim.settings import Settings

TASK = Task(
    id="total",
    title="Total",
    statement="Write `total(values)`, the sum of a list.",
    entry_point="total",
    tests=(
        TestCase(id="t1", call="total([1, 2])", expect="3"),
        TestCase(id="t2", call="total([5])", expect="5", hidden=True),
    ),
    reference="def total(values):\n    return sum(values)\n",
)
WRONG = "def total(values):\n    result = 0\n    for value in values:\n        result = value\n    return result\n"
RIGHT = "def total(values):\n    return sum(values)\n"


def _answer(kind: str, **more: Any) -> dict[str, Any]:
    return {"decisions": [{"type": kind, **more}], "reviewer": "a teacher"}


async def test_the_example_runs_from_hint_to_grade(tmp_path: Path) -> None:
    plan = await Planner().plan("assess a loop exercise, two hint rounds, ask me before grades go out")
    path = tmp_path / plan.main
    path.write_text(plan.files[plan.main], encoding="utf-8")
    settings = Settings(data_dir=tmp_path / "data", model="none", workers=1, repair_seconds=0.0)
    async with open_services(settings) as services:
        graph: Any = build_workflow(load_workflow(path), services).compile(checkpointer=MemorySaver())
        run = {"configurable": {"thread_id": "r"}}
        given = {"id": "r", "task": TASK.plain(), "submission": Submission.of("total", WRONG).plain()}

        async def go_on(with_: Any) -> tuple[str, dict[str, Any]]:
            """Goes on, approving feedback that the policy holds back; gives what it waits with then, and the state."""
            state = await graph.ainvoke(with_, run)
            while "__interrupt__" in state:
                name = state["__interrupt__"][0].value["action_requests"][0]["name"]
                if name != "deliver_feedback":
                    return name, state
                state = await graph.ainvoke(Command(resume=_answer("approve")), run)
            return "", state

        waits, state = await go_on(given)
        assert waits == "hand_in"
        assert state["outcome"]["delivered"] is True

        waits, state = await go_on(Command(resume=_answer("respond", message=f"```python\n{RIGHT}```")))
        assert waits == "ask_person"
        assert state["__interrupt__"][0].value["action_requests"][0]["args"]["grade"]["points"] == 100
        assert "grades_out" not in state

        waits, state = await go_on(Command(resume=_answer("approve")))
        assert waits == ""
        assert state["grades_out"]["reviewer"] == "a teacher"
        assert state["submission"]["code"].strip() == RIGHT.strip()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (_answer("respond", message="x = 1"), "x = 1"),
        (_answer("respond", message="```py\nx = 1\n```"), "x = 1\n"),
        (_answer("edit", edited_action={"name": "hand_in", "args": {"code": "y = 2"}}), "y = 2"),
        (_answer("reject"), None),
    ],
)
def test_a_program_is_taken_from_any_answer(answer: Any, code: str | None) -> None:
    assert program_in(answer) == code


@pytest.mark.parametrize(
    "answer",
    [
        {"decisions": []},
        {},
        _answer("approve"),
        _answer("respond", message="  "),
        _answer("edit", edited_action={"name": "hand_in", "args": {"code": 7}}),
    ],
)
def test_an_answer_without_a_program_is_refused(answer: Any) -> None:
    with pytest.raises(ReviewError, match="no program") as caught:
        program_in(answer)
    assert caught.value.remedy


async def test_a_new_round_forgets_what_the_last_one_led_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradatim.graphs.workflow.kinds.rounds.interrupt", lambda _: _answer("respond", message=RIGHT))
    state = {"task": TASK.plain(), "submission": Submission.of("total", WRONG, learner_id="ana").plain()}
    update = await next_attempt({**state, "revisions": 2, "realise": True, "decision": _answer("approve")})
    assert update["handed_in"] is True
    assert update["submission"]["learner_id"] == "ana"
    assert (update["revisions"], update["refutations"], update["realise"], update["decision"]) == (0, [], False, {})


async def test_a_peer_sees_no_name_and_nothing_hidden() -> None:
    state = {"task": TASK.plain(), "submission": Submission.of("total", WRONG, learner_id="ana").plain()}
    view = (await peer_view(state))["peer_view"]
    assert "ana" not in str(view)
    assert "sum(values)" not in str(view)
    assert len(view["tests"]) == 1


async def test_the_share_of_failing_tests_is_counted() -> None:
    outcomes = [{"test": "t1", "status": "passed"}, {"test": "t2", "status": "failed"}]
    execution = {"submission": "s", "task": "total", "outcomes": outcomes, "tier": "bubblewrap"}
    assert await failing_share({"execution": execution}) == {"failed_share": 0.5}


async def test_a_session_is_named_after_the_run() -> None:
    opened = await tutor_open({"id": "r7"})
    assert (opened["session"], opened["number"]) == ("r7", 0)
    with pytest.raises(InputError, match="id of the run"):
        await tutor_open({})


async def test_listening_counts_the_learners_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []

    def interrupted(request: Any) -> Any:
        shown.append(request)
        return _answer("respond", message="it is 3")

    monkeypatch.setattr("gradatim.graphs.workflow.kinds.talking.interrupt", interrupted)
    turn = Turn(session="s", number=2, move="ask", text="What does it give?")
    update = await tutor_listen({"turn": turn.plain(), "number": 2})
    assert (update["number"], update["heard"]["message"]) == (3, "it is 3")
    assert shown[0]["action_requests"][0]["description"] == "What does it give?"


@pytest.mark.parametrize("answer", [{"decisions": []}, {}, _answer("approve"), _answer("respond", message=" ")])
def test_an_answer_that_says_nothing_is_refused(answer: Any) -> None:
    with pytest.raises(ReviewError, match="says nothing"):
        message_in(answer)


def test_who_rejects_says_goodbye() -> None:
    assert message_in(_answer("reject")) == "Goodbye"
