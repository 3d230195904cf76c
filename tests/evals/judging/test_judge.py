"""A judge asks twice, keeps to what it is shown, counts what it takes, and gives no label rather than a made-up one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gradatim.errors import InputError, ModelError, StorageError
from gradatim.evals.judging import Exchange, Judge, JudgementStore, open_judge
from gradatim.evals.judging.judge import PATIENCE
from gradatim.evals.scorers.tutoring.reading import DIMENSIONS, LABELS
from gradatim.serving.client.accounting import Prices
from gradatim.testing import Reply, offline_settings, schema_of, scripted
from tests.evals.judging.replies import EXCHANGE, constant, first_label, judge, model


async def test_both_orders_are_asked_at_temperature_0_and_agree() -> None:
    chat = model(constant("Yes"))
    found = await Judge(chat).judge("actionability", EXCHANGE)
    assert (found.label, found.value, found.asks, found.agreed) == ("Yes", 1.0, ("Yes", "Yes"), True)
    orders = [schema_of(request)["properties"]["label"]["enum"] for request in chat.requests]
    assert sorted(orders) == sorted([list(LABELS), list(LABELS[::-1])])
    assert all(request.arguments["temperature"] == 0 for request in chat.requests)
    shown = [
        request.messages[0].text.index('"Yes"') < request.messages[0].text.index('"No"') for request in chat.requests
    ]
    assert sorted(shown) == [False, True]


async def test_a_judge_of_two_minds_is_in_the_middle_and_says_so() -> None:
    found = await judge(first_label).judge("coherence", EXCHANGE)
    assert (found.label, found.value, found.agreed) == ("To some extent", 0.5, False)
    assert found.asks == ("Yes", "No")
    assert "two minds" in found.why


async def test_every_dimension_has_its_own_question() -> None:
    chat = model(constant("No"))
    asking = Judge(chat)
    for dimension in DIMENSIONS:
        assert (await asking.judge(dimension, EXCHANGE)).label == "No"
    assert len({request.messages[0].text for request in chat.requests}) == 2 * len(DIMENSIONS)


async def test_what_was_judged_before_is_not_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "judgements.jsonl"
    chat = model(constant("Yes"))
    first = await Judge(chat, store=JudgementStore(path)).judge("coherence", EXCHANGE)
    with path.open("ab") as file:
        file.write(b'{"key": "half')  # a run that was killed
    again = Judge(chat, store=JudgementStore(path))
    second = await again.judge("coherence", EXCHANGE)
    assert (second.label, second.value, second.why) == (first.label, first.value, first.why)
    assert second.cached
    assert second.usage.requests == 0
    assert len(chat.requests) == 2
    await again.judge("actionability", EXCHANGE)
    assert len(JudgementStore(path)) == 2  # the half line swallowed nothing
    assert EXCHANGE.reply not in path.read_text()
    other = Judge(model(constant("No"), name="another model"), store=JudgementStore(path))
    assert (await other.judge("coherence", EXCHANGE)).label == "No"


async def test_tokens_and_cost_are_counted() -> None:
    asking = judge(constant("Yes"), prices=Prices(input=1_000_000.0, output=0.0))
    found = await asking.judge("coherence", EXCHANGE)
    assert found.usage.requests == 2
    assert found.cost == found.usage.input_tokens > 0
    await asking.judge("coherence", EXCHANGE)
    assert asking.spent.cost == found.cost
    assert (asking.spent.judged, asking.spent.cached, asking.spent.failed) == (2, 1, 0)


@pytest.mark.parametrize(
    "garbage", ["", "Yes!", '{"label": "Perhaps", "reason": "x"}', '{"label": 1}', "[]", "{" * 5000]
)
async def test_garbage_is_no_label(garbage: str) -> None:
    found = await Judge(scripted(otherwise=garbage)).judge("tutor_tone", EXCHANGE)
    assert (found.label, found.value, found.asks) == (None, None, ())
    assert "no usable answer" in found.why


async def test_one_usable_answer_is_one_label_and_is_not_kept() -> None:
    chat = scripted({"reason": "kind", "label": "Yes"}, otherwise="nonsense")
    asking = Judge(chat)
    found = await asking.judge("tutor_tone", EXCHANGE)
    assert (found.label, found.agreed) == ("Yes", None)
    assert "one of two asks" in found.why
    asked = len(chat.requests)
    await asking.judge("tutor_tone", EXCHANGE)
    assert len(chat.requests) > asked


async def test_a_model_that_is_down_is_an_error() -> None:
    with pytest.raises(ModelError):
        await Judge(scripted(otherwise=ModelError("down"))).judge("tutor_tone", EXCHANGE)


async def test_an_empty_reply_is_not_judged() -> None:
    chat = model(constant("Yes"))
    found = await Judge(chat).judge("tutor_tone", Exchange("  \n"))
    assert (found.label, found.why) == (None, "the reply is empty")
    assert chat.requests == []


def test_a_judge_needs_a_model(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a model"):
        open_judge("none", offline_settings(tmp_path))


def test_a_store_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        JudgementStore(tmp_path)
    file = tmp_path / "file"
    file.write_text("")
    asking = judge(constant("Yes"), store=JudgementStore(file / "below.jsonl"))
    with pytest.raises(StorageError, match="cannot be written"):
        asking.wait(asking.judge("coherence", EXCHANGE))
    asking.close()


def test_a_store_passes_over_what_is_no_judgement(tmp_path: Path) -> None:
    path = tmp_path / "judgements.jsonl"
    lines = [
        "[1]",
        '{"key": 1, "asks": [], "reasons": []}',
        "\x00",
        json.dumps({"key": "a", "asks": ["Yes"], "reasons": ["r"]}),
    ]
    path.write_text("\n".join(lines))
    store = JudgementStore(path)
    assert len(store) == 1
    assert store.get("a") is not None


def test_waiting_works_with_and_without_a_running_loop() -> None:
    asking = judge(constant("Yes"))
    assert asking.wait(asking.judge("coherence", EXCHANGE)).label == "Yes"
    asking.close()
    assert asking.wait(asking.judge("actionability", EXCHANGE)).label == "Yes"
    asking.close()


def test_a_judge_that_was_given_up_is_asked_nothing_more() -> None:
    chat = model(constant("Yes"))
    asking = Judge(chat)
    asking.give_up()
    with pytest.raises(ModelError, match="not asked any more"):
        asking.wait(asking.judge("coherence", EXCHANGE))
    asking.close()
    assert not chat.requests


def test_a_dead_judge_is_not_asked_for_ever_and_one_answer_revives_it() -> None:
    asking = Judge(scripted(Reply(ModelError("down"), asked="dead"), Reply({"reason": "r", "label": "Yes"})))

    def fails(number: int) -> str:
        with pytest.raises(ModelError) as found:
            asking.wait(asking.judge("coherence", replace(EXCHANGE, reply=f"dead {number}")))
        return str(found.value)

    for number in range(PATIENCE - 1):
        fails(number)
    alive = replace(EXCHANGE, reply="alive")
    assert asking.wait(asking.judge("coherence", alive)).label == "Yes"
    said = [fails(number) for number in range(PATIENCE + 2)]
    assert ["in a row" in text for text in said] == [False] * PATIENCE + [True] * 2
    assert asking.wait(asking.judge("coherence", alive)).cached  # what is known is known
    assert asking.spent.failed == 2 * PATIENCE - 1
    assert "down" in asking.spent.why
    asking.close()


async def test_waiting_within_a_loop() -> None:
    asking = judge(constant("No"))
    assert asking.wait(asking.judge("coherence", EXCHANGE)).label == "No"
    asking.close()
