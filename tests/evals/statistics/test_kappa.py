"""Cohen's and Fleiss' κ give the figures of the papers, of SAS and of R's irr."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.evals.statistics import cohen_kappa, cohen_kappa_of, fleiss_kappa, fleiss_kappa_test, ratings_table
from gradatim.evals.statistics.kappa import Weights
from tests.evals.statistics.published import ANXIETY, COHEN_1968, DIAGNOSES, SAS_KAPPA

WEIGHTS: tuple[Weights | None, ...] = (None, "linear", "quadratic")


def test_as_sas_prints_it() -> None:
    """SAS PROC FREQ: κ 0.4842 [0.2137, 0.7547]; weighted 0.4701 [0.1845, 0.7558]."""
    plain, weighted = cohen_kappa_of(SAS_KAPPA), cohen_kappa_of(SAS_KAPPA, "linear")
    assert (plain.value, plain.low, plain.high) == pytest.approx((0.4842, 0.2137, 0.7547), abs=5e-5)
    assert (weighted.value, weighted.low, weighted.high) == pytest.approx((0.4701, 0.1845, 0.7558), abs=5e-5)


def test_as_cohen_reports_it() -> None:
    """Cohen (1968): κ = .492 of 200 cases."""
    found = cohen_kappa_of(COHEN_1968)
    assert found.value == pytest.approx(0.492, abs=5e-4)
    assert found.n == 200


def test_two_of_the_psychiatrists_as_irr_prints_it() -> None:
    """R irr, `kappa2(diagnoses[, 1:2])`: 0.651."""
    found = cohen_kappa([row[0] for row in DIAGNOSES], [row[1] for row in DIAGNOSES])
    assert found.value == pytest.approx(0.651, abs=5e-4)


@pytest.mark.parametrize(("weights", "value"), [(None, -0.006289308), ("linear", 0.1459075), ("quadratic", 0.2520325)])
def test_weights_as_irr_prints_them(weights: Weights | None, value: float) -> None:
    """R irr, `kappa2(anxiety[, 2:3], "equal")` and `"squared"`: distances in places of the grades that were given."""
    second, third = [row[1] for row in ANXIETY], [row[2] for row in ANXIETY]
    assert cohen_kappa(second, third, weights, categories=[1, 2, 3, 4, 6]).value == pytest.approx(value, abs=5e-8)
    # a grade 5 that nobody gave lies between, if distances are those of the numbers
    assert (cohen_kappa(second, third, weights).value == pytest.approx(value, abs=5e-8)) == (weights is None)


def test_many_raters_as_fleiss_and_irr_print_it() -> None:
    """Fleiss (1971): κ = .430; R irr, `kappam.fleiss(diagnoses)`: 0.4302445, z = 17.65183."""
    found = fleiss_kappa_test(ratings_table(DIAGNOSES))
    assert found.effect is not None
    assert found.effect.value == pytest.approx(0.4302445, abs=5e-8)
    assert found.statistic == pytest.approx(17.65183, abs=5e-6)
    assert found.n == 30


def test_standard_error_of_fleiss_kappa_agrees_with_the_jackknife() -> None:
    """No printed value: Gwet's standard error (2021) against one that needs no formula."""
    table = ratings_table(DIAGNOSES)
    found = fleiss_kappa(table)
    assert found.low is not None
    assert found.high is not None
    left = [fleiss_kappa(table[:at] + table[at + 1 :]).value or math.nan for at in range(30)]
    jackknife = math.sqrt(29 / 30 * sum((value - np.mean(left)) ** 2 for value in left))
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(jackknife, rel=0.05)


def test_interval_of_fleiss_kappa_keeps_its_level() -> None:
    draw = np.random.default_rng(7)
    hits = 0
    for _ in range(300):
        # each rating is the subject's own category with probability .6, else any of three: κ is .36
        own = draw.integers(0, 3, size=(80, 1))
        ratings = np.where(draw.random((80, 4)) < 0.6, own, draw.integers(0, 3, size=(80, 4)))
        found = fleiss_kappa(ratings_table(ratings.tolist()))
        hits += found.low is not None and found.high is not None and found.low <= 0.36 <= found.high
    assert 0.91 < hits / 300 < 0.985


def _by_hand(a: list[int], b: list[int], weights: Weights | None) -> float:
    def distance(one: int, two: int) -> float:
        return float(one != two) if weights is None else abs(one - two) ** (1 if weights == "linear" else 2)

    observed = np.mean([distance(one, two) for one, two in zip(a, b, strict=True)])
    expected = np.mean([distance(one, two) for one in a for two in b])
    return float(1 - observed / expected)


@given(st.lists(st.tuples(st.sampled_from([1, 2, 4, 5]), st.sampled_from([1, 2, 4, 5])), min_size=4, max_size=30))
@settings(max_examples=25, deadline=None)
def test_definition_symmetry_and_a_grade_that_nobody_gave(pairs: list[tuple[int, int]]) -> None:
    a, b = [one for one, _ in pairs], [two for _, two in pairs]
    for weights in WEIGHTS:
        found = cohen_kappa(a, b, weights)
        if found.value is None:
            assert set(a) == set(b)
            assert len(set(a)) == 1
            continue
        assert found.value == pytest.approx(_by_hand(a, b, weights), abs=1e-9)
        assert cohen_kappa(b, a, weights).value == pytest.approx(found.value, abs=1e-9)
        assert cohen_kappa(a, b, weights, categories=[1, 2, 3, 4, 5]).value == pytest.approx(found.value, abs=1e-9)
        assert cohen_kappa([-3 * x for x in a], [-3 * x for x in b], weights).value == pytest.approx(
            found.value, abs=1e-9
        )
        if found.low is not None and found.high is not None:
            assert -1 <= found.low <= found.value <= found.high <= 1


def test_two_raters_of_fleiss_are_scotts_pi() -> None:
    """Scott (1955): chance from the mean shares of both raters, by hand for a 2 × 2 table 45, 15, 25, 15."""
    a = [1] * 60 + [0] * 40
    b = [1] * 45 + [0] * 15 + [1] * 25 + [0] * 15
    share = (60 + 70) / 200
    chance = share**2 + (1 - share) ** 2
    found = fleiss_kappa(ratings_table(list(zip(a, b, strict=True))))
    assert found.value == pytest.approx((0.60 - chance) / (1 - chance), abs=1e-12)


@pytest.mark.parametrize("unit", [1e300, 1e-300])
def test_labels_of_any_size(unit: float) -> None:
    a, b = [1, 2, 2, 1, 0], [1, 2, 1, 0, 0]
    for weights in WEIGHTS:
        expected = cohen_kappa(a, b, weights)
        found = cohen_kappa([unit * x for x in a], [unit * x for x in b], weights)
        assert (found.value, found.low) == pytest.approx((expected.value, expected.low), abs=1e-12)


def test_words_as_labels() -> None:
    a, b = ["good", "fair", "poor", "good", "poor"], ["good", "poor", "poor", "fair", "poor"]
    order = ["poor", "fair", "good"]
    assert cohen_kappa(a, b, "linear", categories=order).value == pytest.approx(
        _by_hand([order.index(x) for x in a], [order.index(x) for x in b], "linear")
    )
    with pytest.raises(InputError, match="weights need an order"):
        cohen_kappa(a, b, "linear")
    with pytest.raises(InputError, match=r"b\[0\]: is 'good', not among the categories"):
        cohen_kappa(["fair"], ["good"], categories=["fair"])


def test_what_data_do_not_give() -> None:
    assert cohen_kappa([1, 1, 1], [1, 1, 1]).value is None
    assert cohen_kappa([], []).value is None
    perfect = cohen_kappa([1, 2, 3], [1, 2, 3])
    assert (perfect.value, perfect.low) == (1.0, None)
    constant = cohen_kappa([1, 1, 1, 1], [1, 2, 1, 2])
    assert constant.value == pytest.approx(0.0)
    assert "variance is 0" in constant.method
    assert fleiss_kappa([]).value is None
    assert fleiss_kappa([[3, 0], [3, 0]]).value is None
    assert fleiss_kappa_test([[3, 0], [3, 0]]).p is None
    assert fleiss_kappa([[3, 0], [0, 3]]).value == pytest.approx(1.0)
    with pytest.raises(InputError, match=r"table\[1\]: has 4 ratings.*krippendorff_alpha"):
        fleiss_kappa([[2, 1], [2, 2]])
    with pytest.raises(InputError, match=r"table\[0\]\[1\]: is 0.5, no count"):
        fleiss_kappa([[2, 0.5]])
    with pytest.raises(InputError, match=r"b\[1\]: is None: a rating is missing"):
        cohen_kappa([1, 2], [1, None])
    with pytest.raises(InputError, match="a has 2 values and b has 1"):
        cohen_kappa([1, 2], [1])
    with pytest.raises(InputError, match=r"a\[0\]: is list, not a label"):
        cohen_kappa([[1]], [1])
    with pytest.raises(InputError, match="2500 different labels"):
        cohen_kappa(range(2500), range(2500))
    with pytest.raises(InputError, match="not square"):
        cohen_kappa_of([[1, 2, 3], [1, 2, 3]])
