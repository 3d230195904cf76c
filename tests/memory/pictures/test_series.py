"""Beliefs over time are those of the memory, whatever the order in which events come."""

from __future__ import annotations

import random

import pytest

from gradatim.memory.pictures import marked, mastery_series, predictions
from gradatim.memory.tracing import BKTParameters, ConceptParameters, predict_correct, update
from tests.memory.material import event

SOURCE = ConceptParameters({"loops": BKTParameters(prior=0.4)})


def test_one_point_an_observation_in_the_order_of_time() -> None:
    events = [event(1, ("loops", True), ("names", False)), event(2, ("loops", False)), event(3, ("names", True))]
    shuffled = events[:]
    random.Random(1).shuffle(shuffled)
    loops, names = mastery_series(shuffled, SOURCE)
    first = update(0.4, True, SOURCE.parameters("loops"))
    second = update(first, False, SOURCE.parameters("loops"))
    assert [point.mastery for point in loops.points] == [first, second]
    assert [point.correct for point in loops.points] == [True, False]
    assert [len(loops.points), len(names.points)] == [2, 2]
    assert loops.points[0].at < loops.points[1].at
    for point in (*loops.points, *names.points):
        assert 0 <= point.low <= point.mastery <= point.high <= 1


def test_the_band_narrows_with_answers_that_agree() -> None:
    (loops,) = mastery_series([event(n, ("loops", True)) for n in range(40)], SOURCE)
    widths = [point.high - point.low for point in loops.points]
    assert widths[-1] < widths[10] < widths[1]


def test_self_assessments_are_marked_and_no_evidence() -> None:
    events = [event(1, ("loops", True)), event(2, ("loops", False), kind="self_assessment"), event(3, kind="review")]
    assert len(mastery_series(events, SOURCE)[0].points) == 1
    assert [item.kind for item in marked(events)] == ["self_assessment", "review"]
    assert len(predictions(events, SOURCE)) == 1


def test_predictions_are_made_before_the_answer_is_seen() -> None:
    events = [event(1, ("loops", True), ("loops", False)), event(2, ("loops", False))]
    parameters = SOURCE.parameters("loops")
    after = update(update(0.4, True, parameters), False, parameters)
    found = predictions(reversed(events), SOURCE)
    assert [item.correct for item in found] == [True, False, False]
    before = predict_correct(0.4, parameters)
    assert [item.probability for item in found] == [before, before, pytest.approx(predict_correct(after, parameters))]
