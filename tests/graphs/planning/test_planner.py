"""The planner with scripted models: what it asks them, what it takes from them, and what it does without."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest

from gradatim.errors import InputError, ModelError
from gradatim.graphs.planning import Plan, Planner, asked, told
from gradatim.graphs.planning.likeness import Likeness
from gradatim.graphs.workflow.kinds.registry import KindRegistry, known_kinds
from gradatim.languages import speaking
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.scripted import ScriptedChat

ODD = "the dean of studies wants to countersign it"
"""Words that no cue names."""


class _Alike:
    """An embedder for which all texts are alike, so that the model decides."""

    name = "alike"
    dimensions = 2

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        return [[0.6, 0.8] if "dean" in text else [1.0, 0.0] for text in texts]


def _planner(*script: Any, kinds: KindRegistry | None = None) -> tuple[Planner, ScriptedChat]:
    model = ScriptedChat(script=list(script))
    return Planner(model, likeness=Likeness(_Alike()), kinds=kinds), model


def _chosen(plan: Plan) -> dict[str, str]:
    return {step.pattern: step.found_by for step in plan.steps}


async def test_clear_words_need_no_model() -> None:
    planner, model = _planner()
    plan = await planner.plan("assess a loop exercise, two hint rounds, ask me before grades go out")
    assert plan.sound
    assert plan.questions == ()
    assert model.requests == []
    assert set(_chosen(plan)) == {"feedback", "hint_rounds", "person_before", "grading"}


async def test_a_model_is_asked_about_what_the_words_leave_open() -> None:
    planner, model = _planner({"1": {"words": ODD, "step": "grading"}})
    plan = await planner.plan(f"assess; {ODD}")
    (request,) = model.requests
    schema = request.arguments["response_format"]["json_schema"]["schema"]
    step = schema["properties"]["1"]["properties"]["step"]
    assert "grading" in step["enum"]
    assert step["enum"][-1] == "none"
    assert ODD in request.text
    assert _chosen(plan)["grading"] == "model"
    assert plan.questions == ()
    assert plan.model == "scripted"


@pytest.mark.parametrize(
    "answer",
    [
        {"1": {"words": "please give points", "step": "grading"}},
        {"1": {"words": ODD, "step": "none"}},
        {"1": {"words": ODD, "step": "execution"}},
    ],
    ids=["words that are not there", "no step", "what is done in any case"],
)
async def test_what_the_instruction_does_not_bear_out_is_dropped_and_asked_back(answer: dict[str, Any]) -> None:
    planner, _ = _planner(answer, answer)  # the second one after a complaint, where it does not fit the grammar
    plan = await planner.plan(f"assess; {ODD}")
    assert [(item.kind, item.words) for item in plan.questions] == [("unknown", ODD)]
    assert set(_chosen(plan)) == {"feedback"}
    assert plan.sound


@pytest.mark.parametrize(
    "answers", [("garbage", "more of it"), ("[]", "{}"), ('{"1": 7}', '{"1": {"step": "grading"}}')]
)
async def test_a_model_that_answers_garbage_costs_nothing_but_a_question(answers: tuple[str, str]) -> None:
    planner, _ = _planner(*answers)
    plan = await planner.plan(f"assess; {ODD}")
    assert plan.sound
    assert [item.words for item in plan.questions] == [ODD]


async def test_a_model_that_is_down_is_told_and_done_without() -> None:
    planner, _ = _planner(ModelError("no answer from it"))
    plan = await planner.plan(f"assess; {ODD}")
    assert plan.sound
    assert plan.model == "none"
    assert "no answer from it" in plan.notes[0]
    assert [item.words for item in plan.questions] == [ODD]


async def test_the_realiser_is_no_model_to_ask() -> None:
    planner = Planner(GroundedRealiser(), likeness=Likeness(_Alike()))
    assert planner.model is None
    plan = await planner.plan(f"assess; {ODD}")
    assert [item.words for item in plan.questions] == [ODD]


async def test_meaning_alone_is_enough_where_it_is_clear() -> None:
    plan = await Planner().plan("assess; the author gets another go after reading it")
    assert _chosen(plan)["hint_rounds"] == "likeness"


def _without(*keys: str) -> KindRegistry:
    known = known_kinds()
    return KindRegistry({key: kind for key, kind in known.kinds.items() if key not in keys}, known.origins)


async def test_the_checkers_messages_go_to_the_model() -> None:
    planner, model = _planner({"leave_out": "double_marking", "because": "no kind"}, kinds=_without("compare"))
    plan = await planner.plan("assess, grade twice, two hint rounds")
    assert "there is no kind 'compare'" in model.requests[0].text
    assert plan.sound
    assert plan.left_out == ("double_marking",)
    assert [item.kind for item in plan.questions] == ["impossible"]
    assert {"feedback", "grading", "hint_rounds"} <= set(_chosen(plan))


async def test_a_model_that_repairs_nothing_is_overruled() -> None:
    useless = {"leave_out": "hint_rounds", "because": "why not"}
    planner, model = _planner(useless, useless, useless, kinds=_without("compare"))
    plan = await planner.plan("assess, grade twice, two hint rounds")
    assert len(model.requests) <= 2
    assert plan.sound
    assert "hint_rounds" in _chosen(plan)
    assert plan.left_out == ("double_marking",)


async def test_what_a_workflow_is_for_is_never_left_out_in_silence() -> None:
    plan = await Planner(kinds=_without("generate")).plan("give feedback")
    assert not plan.sound
    assert "generate" in plan.problems[0]


@pytest.mark.parametrize("text", ["make me a sandwich", "运行天气预报服务器", "What can you do?"])
async def test_an_instruction_of_which_nothing_is_known_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(InputError) as caught:
        await Planner().plan(text)
    assert caught.value.remedy
    assert ("反馈" if "运" in text else "feedback") in caught.value.remedy


async def test_a_change_keeps_what_it_does_not_speak_of() -> None:
    planner = Planner()
    first = await planner.plan("assess, two hint rounds")
    second = await planner.plan("three hint rounds, ask me before grades go out", previous=first)
    assert second.instructions == (*first.instructions, "three hint rounds, ask me before grades go out")
    steps = {step.pattern: step for step in second.steps}
    assert steps["hint_rounds"].numbers == {"rounds": 3}
    assert {"feedback", "grading", "person_before"} <= set(steps)


async def test_practice_is_about_the_concepts_that_are_mentioned() -> None:
    async def mentioned(text: str) -> tuple[str, ...]:
        return ("recursion",) if "recursion" in text else ()

    plan = await Planner(concepts=mentioned).plan("make two practice exercises on recursion")
    assert plan.sound
    assert "concepts: [recursion]" in plan.files[plan.main]


async def test_any_text_is_planned_or_refused() -> None:
    chance = random.Random(5)
    said = (
        "assess grade no without ask me before if otherwise , . ; ( ) 3 0.5 % twice hints 不 三 给反馈 提示 最多 老师"
    )
    words = said.split()
    words += ["1.2.3", "99999999999", "½", "\u200b", "\ud83d", "'", '"', "->", "n't", "：", "百分之", "#", "- x: {"]
    planner = Planner(likeness=Likeness(_Alike()))
    planned = 0
    for _ in range(40):
        text = " ".join(chance.choice(words) for _ in range(chance.randint(1, 12)))
        try:
            plan = await planner.plan(text)
        except InputError:  # nothing in it asks for anything
            continue
        planned += 1
        assert plan.sound, text
    assert planned > 15


async def test_plans_are_plain_and_come_back() -> None:
    plan = await Planner().plan("assess all submissions, two hint rounds, the teacher approves the grades")
    assert Plan.model_validate(plan.plain()) == plan


async def test_people_are_told_in_their_language() -> None:
    plan = await Planner().plan("评估作业，四十轮提示，完事后给家长打电话")
    assert plan.language == "zh"
    with speaking("zh"):
        assert any("评估" in told(step) for step in plan.steps)
        sentences = [asked(question) for question in plan.questions]
    assert any("家长" in sentence for sentence in sentences)
    assert any("40" in sentence and "20" in sentence for sentence in sentences)
