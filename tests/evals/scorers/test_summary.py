"""Figures of many runs: the right statistic of the right numbers, with an interval."""

from __future__ import annotations

import pickle
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.evals.scorers import SCORERS, Score, ScorerInfo
from gradatim.evals.scorers.selective import coverage_at, curve
from gradatim.evals.scorers.summary import Figure, figure
from gradatim.evals.scorers.tally import MOST, Tally
from gradatim.evals.statistics import brier, calibration_error, mean, pearson, proportion, spearman


def info(summarised: Any, unit: str | None = None) -> ScorerInfo:
    """A scorer whose scores become one figure in this way."""
    return ScorerInfo("k", SCORERS["leak"].scorer, "One.", "trust", summarised, unit=unit)


def summary(scores: list[Any], summarised: Any = "mean", unit: str | None = None, **pairs: list[float]) -> Figure:
    """The figure of some scores; further lists give the metadata."""
    tally = Tally()
    for place, score in enumerate(scores):
        metadata = {name: values[place] for name, values in pairs.items()}
        tally.add([{"key": "k", "score": score, "comment": "why", "metadata": metadata}])
    return figure(tally.column("k"), info(summarised, unit))


class TestFigures:
    def test_mean(self) -> None:
        values = [0.2, 0.4, 0.9, 0.7, 0.1]
        found, expected = summary(values).estimate, mean(values)
        assert (found.value, found.low, found.n) == (expected.value, max(0.0, expected.low or 0.0), 5)
        assert found.high is not None
        assert found.high <= 1.0

    def test_share(self) -> None:
        found = summary([True, False, True, True], "share")
        assert found.measure == "share"
        assert found.estimate == proportion(3, 4)
        assert summary([1.0, 0.0, 1.0, 1.0]).estimate == proportion(3, 4)

    def test_scores_that_do_not_vary_still_have_an_interval(self) -> None:
        found = summary([0.5] * 10).estimate
        assert found.value == 0.5
        assert found.low is not None
        assert found.high is not None
        assert found.low < 0.3
        assert found.high > 0.7

    def test_what_never_happened_may_happen(self) -> None:
        found = summary([0.0] * 100, unit="errors").estimate
        assert found.high == pytest.approx(0.03688879)  # 3.688879 / n: Garwood (1936), Table

    def test_quantiles_of_times(self) -> None:
        values = [float(value) for value in range(1, 102)]
        further = summary(values, unit="seconds").further
        assert further["p50"].value == 51.0
        assert further["p90"].value == pytest.approx(91.0)
        low, high = further["p50"].low, further["p50"].high
        assert low is not None
        assert high is not None
        assert 40 <= low < 51 < high <= 62
        assert further["p99"].low is None or further["p99"].high is None  # too few for an interval

    def test_parts_of_times(self) -> None:
        tally = Tally()
        for seconds in (1.0, 3.0):
            metadata = {"nodes": {"execute": seconds, "odd": "x"}, "model": 0.5, "overhead": seconds - 0.5}
            tally.add([{"key": "k", "score": seconds, "comment": "c", "metadata": metadata}])
        further = figure(tally.column("k"), info("mean", "seconds")).further
        assert further["node execute"].value == 2.0
        assert further["node execute"].high == mean([1.0, 3.0]).high
        assert further["overhead"].value == 1.5
        assert set(further) == {"node execute", "model", "overhead"}

    def test_times_are_never_negative(self) -> None:
        assert summary([0.1, 0.1, 9.0], unit="seconds").estimate.low == 0.0

    def test_sum(self) -> None:
        found = summary([1.0, 2.0, 6.0], "sum", "tokens").estimate
        assert found.value == pytest.approx(9.0)
        assert found.high == pytest.approx((mean([1.0, 2.0, 6.0]).high or 0) * 3)

    def test_agreement(self) -> None:
        machine, people = [0.1, 0.5, 0.4, 0.9, 0.7], [0.2, 0.4, 0.5, 0.8, 0.9]
        scores = [1 - abs(x - y) for x, y in zip(machine, people, strict=True)]
        found = summary(scores, "agreement", machine=machine, people=people)
        assert found.estimate == pearson(machine, people)
        assert found.further["Spearman ρ"] == spearman(machine, people)

    def test_pairs_count_where_the_score_is_none(self) -> None:
        found = summary([None, None, None, None], "agreement", machine=[1.0, 2, 3, 4], people=[1.0, 3, 2, 5])
        assert found.estimate.n == 4
        assert found.missing == 4

    def test_calibration(self) -> None:
        stated, right = [0.9, 0.8, 0.3, 0.6, 0.7], [True, True, False, False, True]
        found = summary(right, "calibration", probability=stated)
        assert found.estimate == calibration_error(stated, [float(item) for item in right])
        assert found.further["Brier"] == brier(stated, [float(item) for item in right])
        assert found.further["share right"].value == 0.6

    def test_missing_scores(self) -> None:
        found = summary([None, None, float("nan"), 0.5])
        assert found.missing == 3
        assert found.reasons == {"why": 2, "the score is no finite number": 1}
        assert found.estimate.n == 1

    @pytest.mark.parametrize("summarised", ["mean", "share", "sum", "agreement", "calibration", "kept"])
    def test_nothing_was_judged(self, summarised: Any) -> None:
        found = summary([None], summarised)
        assert found.estimate.value is None
        assert found.estimate.method


class TestKept:
    def test_coverage_by_hand(self) -> None:
        stated, right = [0.9, 0.8, 0.7, 0.6, 0.5], [1.0, 1.0, 0.0, 1.0, 0.0]
        assert coverage_at(stated, right, 1.0).value == pytest.approx(0.4)
        assert coverage_at(stated, right, 0.75).value == pytest.approx(0.8)
        assert coverage_at(stated, right, 0.6).value == pytest.approx(1.0)

    def test_ties_cannot_be_parted(self) -> None:
        assert coverage_at([0.9, 0.9, 0.5], [1.0, 0.0, 1.0], 1.0).value == 0.0

    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(
            st.tuples(st.sampled_from([0.1, 0.3, 0.5, 0.9]), st.sampled_from([0.0, 1.0])), min_size=1, max_size=12
        ),
        st.sampled_from([0.5, 0.8, 1.0]),
    )
    def test_against_every_threshold(self, pairs: list[tuple[float, float]], wanted: float) -> None:
        best = 0.0
        for threshold in {stated for stated, _ in pairs}:
            kept = [right for stated, right in pairs if stated >= threshold]
            if sum(kept) >= wanted * len(kept) - 1e-9:
                best = max(best, len(kept) / len(pairs))
        found = coverage_at([stated for stated, _ in pairs], [right for _, right in pairs], wanted, resamples=50)
        assert found.value == pytest.approx(best)
        assert found.low is None or found.high is None or found.low <= best <= found.high

    def test_interval_covers_the_truth(self) -> None:
        # confident ones are right with .95, the others with .5; at precision .9 the first half can be kept, and a few
        # of the others: .5·(.95 - .9) / (.9 - .5) of all
        draw = random.Random(3)
        truth = 0.5 + 0.5 * 0.05 / 0.4
        hits = 0
        for _ in range(40):
            stated = [draw.random() for _ in range(400)]
            right = [float(draw.random() < (0.95 if item > 0.5 else 0.5)) for item in stated]
            found = coverage_at(stated, right, 0.9, resamples=200)
            assert found.low is not None
            assert found.high is not None
            hits += found.low <= truth <= found.high
        assert hits >= 32

    def test_resamples_that_are_all_alike_give_no_interval(self) -> None:
        found = coverage_at([0.9, 0.8, 0.7], [1.0, 1.0, 1.0], 0.9)
        assert (found.value, found.low, found.high) == (1.0, None, None)

    def test_curve(self) -> None:
        points = curve([0.9, 0.8, 0.7, 0.6], [1.0, 1.0, 0.0, 1.0])
        assert [(point.threshold, point.coverage, point.precision.value) for point in points] == [
            (0.9, 0.25, 1.0), (0.8, 0.5, 1.0), (0.7, 0.75, pytest.approx(2 / 3)), (0.6, 1.0, 0.75),
        ]  # fmt: skip
        draw = random.Random(1)
        many = [draw.random() for _ in range(1000)]
        assert len(curve(many, [1.0] * 1000)) == 20
        assert curve([], []) == []


class TestTally:
    def scores(self, draw: random.Random) -> list[Score]:
        value = draw.choice([None, True, 0.3])
        return [{"key": draw.choice("ab"), "score": value, "comment": "c", "metadata": {"probability": 0.5}}]

    def test_parts_make_the_whole(self) -> None:
        draw = random.Random(0)
        rows = [self.scores(draw) for _ in range(50)]
        whole, joined = Tally(), Tally()
        for start in range(0, 50, 10):
            part = Tally()
            for row in rows[start : start + 10]:
                whole.add(row)
                part.add(row)
            joined.merge(pickle.loads(pickle.dumps(part)))
        assert joined == whole

    def test_reasons_are_bounded(self) -> None:
        tally = Tally()
        for number in range(10 * MOST):
            tally.add([{"key": "a", "score": None, "comment": f"reason {number} " + "x" * 10_000}])
        missing = tally.column("a").missing
        assert len(missing) <= MOST + 1
        assert missing.total() == 10 * MOST
        assert max(map(len, missing)) <= 160
