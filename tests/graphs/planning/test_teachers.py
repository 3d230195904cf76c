"""Instructions as teachers say them: every asked-for step is in the plan, or is asked back."""

from __future__ import annotations

import pytest
import yaml

from gradatim.graphs.planning import Plan, Planner


async def planned(say: str) -> Plan:
    plan = await Planner().plan(say)
    assert plan.sound, plan.problems
    return plan


def nodes(plan: Plan) -> dict[str, dict[str, object]]:
    """Nodes of the innermost workflow with what their kinds are given."""
    text = list(plan.files.values())[-1]
    return {name: (spec or {}).get("with", {}) for name, spec in yaml.safe_load(text)["nodes"].items()}


@pytest.mark.parametrize(
    ("say", "patterns"),
    [
        ("score their short answers by keywords, unclear ones come to me", {"short_answers", "person_unsure"}),
        ("watch mastery and trigger a small formative quiz when it is due", {"formative_trigger", "items"}),
        ("a letter for each learner and an overview for the whole group", {"learner_report", "each", "class_report"}),
        ("find out where a new student belongs with at most ten questions", {"placement"}),
        ("students review each other's work before the teacher sees it", {"peer_review", "feedback", "person_before"}),
        ("if you are less than 80% certain send it to me", {"person_unsure", "feedback"}),
        ("分析掌握度是否下降，需要时出三道练习题", {"formative_trigger", "items"}),
        ("给简答题评分，拿不准的交给我", {"short_answers", "grading", "person_unsure"}),
    ],
)
async def test_what_is_asked_for_is_there(say: str, patterns: set[str]) -> None:
    plan = await planned(say)
    assert patterns <= {step.pattern for step in plan.steps}
    assert not plan.left_out


async def test_a_person_sees_short_answers_that_are_uncertain() -> None:
    plan = await planned("mark the short answers of the whole class, unclear ones come to me, four at a time")
    assert set(nodes(plan)) == {"mark_short_answer", "see_marks"}
    outer = yaml.safe_load(plan.files[plan.main])
    assert outer["inputs"] == ["question", "answers"]
    assert outer["nodes"]["each_one"]["at_once"] == 4


@pytest.mark.parametrize(("level", "theta"), [("easy", -1), ("medium difficulty", 0), ("challenging", 1)])
async def test_difficulty_in_words_reaches_the_items(level: str, theta: int) -> None:
    made = nodes(await planned(f"make two practice items, {level}"))
    assert made["make_item_2"] == {"theta": theta}


async def test_a_lack_denies_nothing() -> None:
    plan = await planned("chat with the learner; after five turns without progress pass them on to a colleague")
    assert nodes(plan)["tutor_plan"]["stuck_attempts"] == 5
    assert not plan.denied


async def test_contradictory_words_are_shown_with_their_denial() -> None:
    plan = await planned("Never give the students hints. Give them hints twice.")
    (question,) = plan.questions
    assert (question.kind, question.words) == ("contradiction", "Never give the students hints")
    assert [step.pattern for step in plan.denied] == ["hint_rounds"]


@pytest.mark.parametrize(
    "say",
    [
        "grade it, and compare it against the pool of older solutions",
        "give feedback - don't accuse anybody",
        "grade it, and look for students who copied",
    ],
)
async def test_what_nothing_here_does_is_asked_back(say: str) -> None:
    plan = await planned(say)
    assert [question.kind for question in plan.questions] == ["unknown"]


async def test_a_step_that_no_node_does_is_told() -> None:
    plan = await planned("a placement test, and remember the result in the profile")
    assert plan.left_out == ("memory",)
    assert "memory" not in plan.files[plan.main].replace("remember", "")
    assert [question.kind for question in plan.questions] == ["impossible"]
