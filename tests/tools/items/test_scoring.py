"""Answers: right and wrong ones of each kind, and what is told."""

from __future__ import annotations

import json

import pytest

from gradatim.errors import InputError
from gradatim.kg import ConceptGraph
from gradatim.languages import speaking
from gradatim.tools.items import Item, ItemKind
from gradatim.tools.items.corrections import corrections_of
from gradatim.tools.items.scoring import LONGEST, Score, event_of, score, shown_blocks
from gradatim.tools.sandbox import ForkServerSandbox

pytestmark = pytest.mark.asyncio(loop_scope="session")


def _order(item: Item, *, flat: bool = False) -> str:
    """The right arrangement, as block numbers."""
    shown = list(shown_blocks(item))
    own = [block for block in item.blocks if block.misconception is None]
    return json.dumps([[shown.index(block) + 1, 0 if flat else block.indent] for block in own])


@pytest.mark.parametrize("kind", ["write", "fix", "predict", "choice"])
async def test_the_answer_is_right(
    kind: ItemKind, made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    found = await score(sandbox, made[kind], made[kind].answer, corrections_of(graph))
    assert found.right
    assert found.misconception is None
    assert found.passed == found.total


async def test_blocks_in_order_are_right_and_without_indentation_wrong(
    made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    item = made["parsons"]
    assert (await score(sandbox, item, _order(item), {})).right
    assert (await score(sandbox, item, item.answer, {})).right
    assert not (await score(sandbox, item, _order(item, flat=True), {})).right


@pytest.mark.parametrize("kind", ["write", "fix"])
async def test_a_misconception_is_recognised_by_what_its_program_does(
    kind: ItemKind, made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    item, corrections = made[kind], corrections_of(graph)
    wrong = item.wrong[0]
    found = await score(sandbox, item, wrong.code + "\n# written by somebody\n", corrections)
    assert not found.right
    assert found.misconception == wrong.misconception
    assert corrections[wrong.misconception] in found.said
    assert found.passed == found.total - len(wrong.failing)


async def test_a_wrong_option_is_told_its_correction(
    made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    item, corrections = made["choice"], corrections_of(graph)
    for number, option in enumerate(item.options, start=1):
        found = await score(sandbox, item, str(number) if not option.text.isdigit() else option.text, corrections)
        assert found.right == option.right
        if not option.right:
            assert found.misconception == option.misconception
            assert corrections[option.misconception or ""] in found.said[0]


async def test_a_predicted_output_of_a_misconception_is_recognised(
    made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    item = made["predict"]
    assert not (await score(sandbox, item, "no such output", corrections_of(graph))).right
    from gradatim.domain import Submission
    from gradatim.tools.execution import execute

    for wrong in item.wrong:
        printed = (await execute(sandbox, item.task, Submission.of(item.id, wrong.code))).outcomes[0].actual
        if printed and "Error" not in printed:
            found = await score(sandbox, item, printed, corrections_of(graph))
            assert not found.right
            assert found.misconception is not None
            return
    pytest.fail("no wrong program prints anything")


@pytest.mark.parametrize("answer", ["", "def broken(:", "while True: pass", "\x00", "import os; os._exit(1)"])
async def test_any_program_is_judged(
    answer: str, made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    found = await score(sandbox, made["write"], answer, corrections_of(graph))
    assert not found.right
    assert found.said


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("choice", "99"), ("choice", "nothing of that"), ("parsons", "[99]"), ("parsons", "{}"), ("parsons", '["a"]'),
     ("parsons", "[[1, 2, 3]]"), ("write", "x" * (LONGEST + 1))],
)  # fmt: skip
async def test_what_is_no_answer_is_refused(
    kind: ItemKind, answer: str, made: dict[ItemKind, Item], sandbox: ForkServerSandbox
) -> None:
    with pytest.raises(InputError) as error:
        await score(sandbox, made[kind], answer, {})
    assert error.value.place
    assert error.value.remedy


async def test_hidden_tests_are_never_told(
    made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    item = made["write"]
    hidden = [case.call or "" for case in item.task.tests if case.hidden]
    for wrong in item.wrong:
        said = " ".join((await score(sandbox, item, wrong.code, {})).said)
        assert not any(call in said for call in hidden)


async def test_an_answer_becomes_an_event(made: dict[ItemKind, Item], graph: ConceptGraph) -> None:
    item, at = made["write"], "2026-01-01T00:00:00+00:00"
    right = event_of(item, Score(True, ()), "amy", at, graph)
    assert right.task_id == item.id
    assert right.payload["passed"] is True
    assert {seen.concept for seen in right.observations} == set(item.concepts)
    wrong = event_of(item, Score(False, (), item.wrong[0].misconception), "amy", at, graph)
    held = next(one for one in graph.misconceptions if one.id == item.wrong[0].misconception)
    assert {seen.concept for seen in wrong.observations} == set(held.concepts)
    assert not any(seen.correct for seen in wrong.observations)


async def test_chinese_answers_are_told_in_chinese(
    made: dict[ItemKind, Item], sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    with speaking("zh"):
        found = await score(sandbox, made["predict"], made["predict"].answer, {})
    assert found.said == ("正确。",)
