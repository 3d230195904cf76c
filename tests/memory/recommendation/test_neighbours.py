from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.recommendation import Neighbours

records = st.lists(st.dictionaries(st.sampled_from("abcdef"), st.floats(0.0, 1.0)), max_size=8)


@given(records, st.dictionaries(st.sampled_from("abcdefg"), st.floats(0.0, 1.0)))
@settings(max_examples=60)
def test_bounded_whatever_the_records(others: list[dict[str, float]], own: dict[str, float]) -> None:
    found = Neighbours(others).predict(own, "abcdefg")
    assert set(found) == {concept for record in others for concept in record}
    for item in found.values():
        assert 0.0 <= item.score <= 1.0
        assert 0.0 <= item.confidence < 1.0
        assert (item.neighbours == 0) == (item.confidence == 0.0)


def test_a_cold_start_gets_the_mean_without_confidence() -> None:
    found = Neighbours([{"a": 1.0}, {"a": 1.0}, {"a": 0.0}]).predict({}, ["a"])["a"]
    assert (found.confidence, found.neighbours) == (0.0, 0)
    assert found.score == pytest.approx(2 / 3)
    assert Neighbours([]).predict({"a": 1.0}, ["a"]) == {}
    assert len(Neighbours([{}, {"a": 1.0}])) == 1


def test_learners_alike_decide() -> None:
    """Two sorts of learners, good at opposite things: what one will do on a new concept follows the own sort."""
    first = [{"a": 0.9, "b": 0.9, "c": 0.1, "d": 0.1, "new": 0.9} for _ in range(6)]
    second = [{"a": 0.1, "b": 0.1, "c": 0.9, "d": 0.9, "new": 0.1} for _ in range(6)]
    peers = Neighbours([*first, *second])
    like_first = peers.predict({"a": 0.9, "b": 0.8, "c": 0.2}, ["new"])["new"]
    like_second = peers.predict({"a": 0.2, "c": 0.9, "d": 0.9}, ["new"])["new"]
    assert like_first.score > 0.65
    assert like_second.score < 0.35
    assert like_first.neighbours == 6


def test_who_shares_more_concepts_counts_more() -> None:
    good, bad = dict.fromkeys("abcd", 0.9), dict.fromkeys("abcd", 0.1)
    peers = Neighbours([{**good, "new": 0.9}, {**bad, "new": 0.1}])
    confidence = [peers.predict(dict.fromkeys(shared, 0.9), ["new"])["new"].confidence for shared in ("a", "abcd")]
    assert 0.0 < confidence[0] < 0.6 * confidence[1]


def test_better_than_the_mean_on_learners_with_a_hidden_trait() -> None:
    """Recovers what is left out of records that two hidden traits decide."""
    chance = random.Random(3)
    loadings = [(chance.gauss(0, 1), chance.gauss(0, 1)) for _ in range(20)]

    def record() -> dict[str, float]:
        traits = chance.gauss(0, 1), chance.gauss(0, 1)
        return {
            f"c{number}": 1.0 / (1.0 + math.exp(-(traits[0] * x + traits[1] * y)))
            for number, (x, y) in enumerate(loadings)
        }

    peers = Neighbours([record() for _ in range(120)])
    by_mean: list[float] = []
    by_peers: list[float] = []
    for _ in range(40):
        whole = record()
        hidden = {f"c{number}" for number in range(15, 20)}
        known = {concept: value for concept, value in whole.items() if concept not in hidden}
        predicted, cold = peers.predict(known, hidden), peers.predict({}, hidden)
        by_peers += [(predicted[concept].score - whole[concept]) ** 2 for concept in hidden]
        by_mean += [(cold[concept].score - whole[concept]) ** 2 for concept in hidden]
    assert sum(by_peers) < 0.5 * sum(by_mean)


@pytest.mark.parametrize("value", [-0.5, 2.0, math.nan])
def test_values_outside_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="'a'"):
        Neighbours([{"a": value}])
    with pytest.raises(InputError, match="'a'"):
        Neighbours([{"a": 0.5}]).predict({"a": value}, ["a"])
