"""Agreement of raters: what was made comes out, and what follows from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from gradatim.evals.protocol import Collected, Simulated, Study, agreement, agreements, collect, discussed, rehearse
from gradatim.evals.protocol.agreement import quadratic_kappa
from gradatim.evals.protocol.study import Work
from gradatim.evals.statistics import Estimate, cohen_kappa
from tests.evals.protocol.conftest import Rated


def _value(estimate: Estimate | None) -> float:
    assert estimate is not None
    assert estimate.value is not None
    return estimate.value


def _study(works: int, raters: int = 3) -> Study:
    codes = [f"W{at}" for at in range(works)]
    return Study(
        title="t",
        data="examples",
        works={code: Work(sample=code, phase="main") for code in codes},
        raters={f"R{at}": tuple(codes) for at in range(1, raters + 1)},
        dimensions=("correctness",),
    )


def _collected(levels: list[list[float | None]]) -> Collected:
    """One row a work, one column a rater."""
    study = _study(len(levels), len(levels[0]))
    scores = {
        (rater, f"W{at}", "correctness"): level
        for at, row in enumerate(levels)
        for rater, level in zip(study.raters, row, strict=True)
        if level is not None
    }
    return Collected(study, scores)


def test_reliability_comes_out_as_it_was_made(rated: Rated) -> None:
    """Rounding to whole levels adds 1/12 of a level² to the error (Sheppard 1898): ICC(2,1) = .7 / (1 + 1/12)."""
    expected = 0.7 / (1 + 1 / 12)
    *parts, _ = agreements(collect(rated.study, rated.folder), "main")
    assert sum(_value(item.icc_one) for item in parts) / 5 == pytest.approx(expected, abs=0.04)
    assert sum(_value(item.icc_mean) for item in parts) / 5 == pytest.approx(
        3 * expected / (1 + 2 * expected), abs=0.03
    )
    for item in parts:
        assert item.works == item.complete == 200
        assert _value(item.icc_one) == pytest.approx(expected, abs=0.1)
        # With quadratic weights κ is an intraclass correlation (Fleiss and Cohen 1973).
        assert _value(item.weighted) == pytest.approx(_value(item.icc_one), abs=0.01)
        assert _value(item.alpha) == pytest.approx(_value(item.icc_one), abs=0.05)
        assert item.sufficiency in ("tentative", "consensus-only")
        assert item.alpha.low is not None
        assert item.alpha.high is not None
        assert item.alpha.low < _value(item.alpha) < item.alpha.high


def test_the_composite_is_more_reliable_than_its_parts(rated: Rated) -> None:
    *parts, whole = agreements(collect(rated.study, rated.folder), "main")
    assert whole.dimension == "composite"
    assert _value(whole.icc_one) > max(_value(part.icc_one) for part in parts)
    assert whole.fleiss is None
    assert whole.sufficiency == "reliable"


@pytest.mark.parametrize(
    ("reliability", "expected"),
    [(0.97, {"reliable"}), (0.75, {"tentative", "consensus-only"}), (0.2, {"insufficient"})],
)
def test_what_follows_goes_with_reliability(
    rated: Rated, tmp_path: Path, reliability: float, expected: set[str]
) -> None:
    rehearse(rated.study, tmp_path, Simulated(reliability=reliability, halo=0.0))
    found = collect(rated.study, tmp_path)
    assert {agreement(found, "main", name).sufficiency for name in rated.study.dimensions} <= expected


def test_missing_ratings_are_allowed_for_and_never_filled_in(rated: Rated, tmp_path: Path) -> None:
    rehearse(rated.study, tmp_path, Simulated(reliability=0.7, missing=0.2, seed=11))
    found = collect(rated.study, tmp_path)
    item = agreement(found, "main", "correctness")
    rows = [found.ratings(code, "correctness") for code in found.study.codes("main")]
    assert item.works == sum(len(row) > 1 for row in rows)
    assert item.complete == sum(len(row) == 3 for row in rows) < item.works < 200
    assert item.alpha.n == item.works
    assert item.icc_one.n == item.complete
    assert _value(item.alpha) == pytest.approx(0.7 / (1 + 1 / 12), abs=0.08)


def test_full_agreement_and_one_level_throughout() -> None:
    same = agreement(_collected([[float(1 + at % 5)] * 3 for at in range(20)]), "main", "correctness")
    assert _value(same.alpha) == _value(same.fleiss) == _value(same.icc_mean) == 1.0
    assert same.sufficiency == "reliable"
    flat = agreement(_collected([[4.0] * 3] * 20), "main", "correctness")
    assert flat.weighted is not None
    assert flat.alpha.value is None
    assert flat.weighted.value is None
    assert flat.sufficiency == "unknown"
    assert all(pair.exact == 1.0 for pair in flat.pairs)


def test_too_little_to_say_anything() -> None:
    few = agreement(_collected([[1.0, 2.0], [3.0, 3.0], [5.0, 4.0]]), "main", "correctness")
    assert few.sufficiency == "unknown"
    assert "3 works" in few.says
    alone = agreement(_collected([[3.0], [4.0]]), "main", "correctness")
    assert alone.works == 0
    assert alone.sufficiency == "unknown"


def test_without_works_that_all_rated_alpha_alone_decides() -> None:
    levels: list[list[float | None]] = []
    for at in range(30):
        row: list[float | None] = [float(1 + at % 5)] * 3
        row[at % 3] = None
        levels.append(row)
    item = agreement(_collected(levels), "main", "correctness")
    assert (item.works, item.complete, item.sufficiency) == (30, 0, "reliable")
    assert "α alone" in item.says
    assert "one level throughout" in agreement(_collected([[4.0, 4.0]] * 20), "main", "correctness").says


def test_works_to_discuss_come_with_the_widest_first(rated: Rated) -> None:
    found = collect(rated.study, rated.folder)
    apart = discussed(found, "main", 2)
    assert apart
    for work in apart:
        for dimension, given_levels in work.levels.items():
            assert given_levels == found.ratings(work.work, dimension)
            assert max(given_levels.values()) - min(given_levels.values()) >= 2
    assert [len(work.levels) for work in apart] == sorted((len(work.levels) for work in apart), reverse=True)
    assert len(discussed(found, "main", 3)) < len(apart)
    assert not discussed(found, "main", 5)


@given(some.lists(some.tuples(some.integers(1, 5), some.integers(1, 5)), min_size=3, max_size=40))
def test_the_short_form_of_weighted_kappa_is_the_long_one(pairs: list[tuple[int, int]]) -> None:
    first, second = [a for a, _ in pairs], [b for _, b in pairs]
    known = cohen_kappa(first, second, "quadratic").value
    short = float(quadratic_kappa(np.array(first, float), np.array(second, float)))
    assert short == pytest.approx(0.0 if known is None else known, abs=1e-9)
