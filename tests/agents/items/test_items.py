"""Agents that make items and judge answers: templates, a scripted model, and what a model may not get through."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gradatim.agents.items import ItemMaker, ItemProposer, ItemScorer
from gradatim.agents.items.proposal import Proposal, refusal
from gradatim.domain import LearnerState, Mastery
from gradatim.errors import InputError, ModelError
from gradatim.graphs.workflow.kinds.items import KINDS, ItemScore
from gradatim.kg import ConceptGraph, EmbeddedStore, packaged_curriculum
from gradatim.memory import parameters_of
from gradatim.serving.scripted import ScriptedChat
from gradatim.settings import Settings
from gradatim.tools.items import Item
from gradatim.tools.items.bank import Bank
from gradatim.tools.items.checking import problems_of
from gradatim.tools.items.maker import Maker
from gradatim.tools.items.target import Target
from gradatim.tools.sandbox import ForkServerSandbox, open_sandbox

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODE = """def late_trains(delays, limit):
    late = 0
    for delay in delays:
        if delay > limit:
            late += delay - limit
    return late
"""
GOOD = {
    "title": "Late trains",
    "name": "late_trains",
    "parameters": [{"name": "delays", "type": "list[int]"}, {"name": "limit", "type": "int"}],
    "code": CODE,
    "does": "It gets delays of trains and a limit, and returns by how much all delays together exceed the limit.",
}
SOLVED = {"code": "def late_trains(delays, limit):\n    return sum(d - limit for d in delays if d > limit)\n"}
WRONGLY = {"code": "def late_trains(delays, limit):\n    return len(delays)\n"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[ForkServerSandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened


@pytest.fixture(scope="module")
def graph() -> ConceptGraph:
    return packaged_curriculum()


def _target() -> Target:
    return Target(0.0, {"for-loop": 1.0}, frozenset({"for-loop"}))


async def test_a_proposal_that_holds_becomes_an_item(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    model = ScriptedChat(script=[GOOD, SOLVED, WRONGLY])
    made = await ItemProposer(model, Maker(sandbox, graph)).propose(_target(), ("write",), seed=1)
    assert made.item.template == "model"
    assert made.item.status == "draft"
    assert "for-loop" in made.item.concepts
    assert "late_trains" in made.item.prompt
    assert await problems_of(sandbox, made.item, graph) == []
    asked = model.requests[0].text
    assert "for loop" in asked.lower()
    assert CODE.splitlines()[1] not in model.requests[1].text  # whoever solves it sees the words alone


async def test_words_that_do_not_lead_to_the_function_are_refused(
    sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    model = ScriptedChat(script=[GOOD, WRONGLY, WRONGLY] * 4)
    with pytest.raises(InputError, match="does not lead to this function"):
        await ItemProposer(model, Maker(sandbox, graph)).propose(_target(), ("write",), seed=1)
    assert "does not lead to this function" in model.requests[2].text  # the next attempt is told why


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"code": "def late_trains(delays, limit) return 1 + 1"}, "no Python"),
        ({"code": "import os\n\ndef late_trains(delays, limit):\n    return 1\n"}, "alone"),
        ({"code": "def other(delays, limit):\n    return 1 + limit\n"}, "alone"),
        ({"code": "def late_trains(delays):\n    return 1 + delays[0]\n"}, "parameters"),
        ({"code": "def late_trains(delays, limit):\n    print(limit)\n    return 1\n"}, "print"),
        ({"code": "def late_trains(delays, limit):\n    return eval('1')\n"}, "eval"),
        ({"does": "It returns late after `for delay in delays:` has run through."}, "quotes the code"),
        ({"parameters": [{"name": "delays", "type": "socket"}, {"name": "limit", "type": "int"}]}, "types"),
    ],
)
async def test_what_cannot_be_used_is_told(change: dict[str, Any], reason: str) -> None:
    assert reason in (refusal(Proposal.model_validate({**GOOD, **change})) or "")
    assert refusal(Proposal.model_validate(GOOD)) is None


@pytest.mark.parametrize("written", [CODE.replace("\n", "\\n"), f"```python\n{CODE}```", textwrap.indent(CODE, "  ")])
async def test_code_is_read_as_small_models_write_it(written: str) -> None:
    assert refusal(Proposal.model_validate({**GOOD, "code": written})) is None


async def test_garbage_leads_to_a_template(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    store, parameters = EmbeddedStore(graph), parameters_of(Settings())
    for script in (["no JSON at all"] * 12, [ModelError("away")]):
        agent = ItemMaker(sandbox, store, parameters, model=ScriptedChat(script=script), kinds=("predict",), seed=3)
        update = await agent({})
        assert Item.model_validate(update["item"]).template != "model"
        assert update["degradations"][0]["node"] == "make_item"


async def test_made_items_are_kept_and_do_not_come_again(
    sandbox: ForkServerSandbox, graph: ConceptGraph, tmp_path: Path
) -> None:
    bank, parameters = Bank(tmp_path / "items.sqlite3"), parameters_of(Settings())
    ids = [
        (await ItemMaker(sandbox, EmbeddedStore(graph), parameters, kinds=("predict",), seed=4, bank=bank)({}))["item"][
            "id"
        ]
        for _ in range(2)
    ]
    assert [item.id for item in bank.items()] == ids
    assert ids[0] != ids[1]


async def test_the_maker_follows_the_learner_and_repeats_nothing(
    sandbox: ForkServerSandbox, graph: ConceptGraph
) -> None:
    agent = ItemMaker(sandbox, EmbeddedStore(graph), parameters_of(Settings()), kinds=("write",), seed=1)
    names = [concept.id for concept in graph.concepts[:150]]

    def state(probability: float) -> dict[str, Any]:
        beliefs = tuple(Mastery(concept=name, probability=probability, observations=9) for name in names)
        return {"learner": LearnerState(learner_id="amy", events=9, mastery=beliefs).plain()}

    able, weak = [Item.model_validate((await agent(state(value)))["item"]) for value in (0.98, 0.02)]
    assert able.id != weak.id
    assert able.difficulty.value > weak.difficulty.value


class _Memory:
    """Keeps what is recorded."""

    def __init__(self) -> None:
        self.events: list[Any] = []

    async def record(self, event: Any) -> tuple[()]:
        self.events.append(event)
        return ()


async def test_the_scorer_judges_and_records(sandbox: ForkServerSandbox, graph: ConceptGraph) -> None:
    store, memory = EmbeddedStore(graph), _Memory()
    item = (await ItemMaker(sandbox, store, parameters_of(Settings()), kinds=("choice",), seed=2)({}))["item"]
    scorer = ItemScorer(sandbox, store, memory)  # type: ignore[arg-type]
    right = await scorer({"item": item, "answer": item["answer"], "learner_id": "amy", "at": "2026-01-01T00:00:00Z"})
    assert ItemScore.model_validate(right["score"]).right
    assert [event.task_id for event in memory.events] == [item["id"]]
    wrong = next(option["text"] for option in item["options"] if not option["right"])
    assert not (await scorer({"item": item, "answer": wrong}))["score"]["right"]
    assert len(memory.events) == 1
    with pytest.raises(InputError, match="no answer"):
        await scorer({"item": item})


async def test_the_kinds_are_complete() -> None:
    assert {kind.key for kind in KINDS} == {"make_item", "score_item"}
    assert all(kind.summary.endswith(".") and kind.writes for kind in KINDS)
