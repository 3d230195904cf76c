"""Items that are harder for one group of equal ability, and groups that are only less able."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.memory.irt import ItemBank, Responses, differential_functioning
from tests.memory.irt.material import draw


def test_an_unfair_item_is_told_from_a_less_able_group() -> None:
    drawn = draw(3000, 20, 1)
    rng = np.random.default_rng(1)
    focal = rng.random(3000) < 0.4
    theta = drawn.theta - 0.5 * focal
    shift = np.zeros((3000, 20))
    shift[focal, 3] = 1.2
    p = 1.0 / (1.0 + np.exp(-drawn.bank.a * (theta[:, None] - drawn.bank.b - shift)))
    responses = Responses.of((rng.random(p.shape) < p).astype(float))
    found = differential_functioning(responses, drawn.bank, focal.tolist())
    unfair = found[3]
    assert unfair is not None
    assert unfair.category == "C"
    assert unfair.log_odds == pytest.approx(1.2 * drawn.bank.a[3], abs=4.0 * unfair.se)
    assert unfair.delta < -1.5
    others = [each for index, each in enumerate(found) if index != 3 and each is not None]
    assert len(others) == 19
    assert all(each.category == "A" for each in others)
    assert sum(each.p < 0.01 for each in others) <= 2


def test_the_statistics_are_those_of_their_formulas() -> None:
    """Two strata, told apart by another item; in each 20 learners of either group.

    Right answers 12 and 6 in the first, 16 and 10 in the second: α = (12·14 + 16·10)/(8·6 + 4·10) = 328/88, and the
    reference group has 28 right where 9 + 13 are expected, with variance 2.5385 + 2.3333.
    """
    rows: list[tuple[int, int, bool]] = []
    for other, (reference, focal) in enumerate(((12, 6), (16, 10))):
        rows += [(int(number < reference), other, False) for number in range(20)]
        rows += [(int(number < focal), other, True) for number in range(20)]
    matrix = np.array([(item, other, 1) for item, other, _ in rows], dtype=float)
    bank = ItemBank.from_arrays([1e-6, 2.0, 1.0], [0.0, 0.0, 0.0])
    group = [focal for _, _, focal in rows]
    found = differential_functioning(Responses.of(matrix), bank, group, strata=2)[0]
    assert found is not None
    assert found.log_odds == pytest.approx(math.log(328.0 / 88.0))
    assert found.statistic == pytest.approx(5.5**2 / (2.53846 + 2.33333), rel=1e-4)
    assert found.p == pytest.approx(0.0127, abs=2e-4)
    assert found.delta == pytest.approx(-2.35 * found.log_odds)
    # Woolf's error of two tables, pooled, is close to that of Robins, Breslow and Greenland.
    woolf = [sum(1.0 / n for n in table) for table in ((12, 8, 6, 14), (16, 4, 10, 10))]
    assert found.se == pytest.approx(math.sqrt(1.0 / sum(1.0 / each for each in woolf)), rel=0.05)


def test_what_cannot_be_compared_is_none_or_refused() -> None:
    drawn = draw(60, 4, 3)
    drawn.matrix[:, 1] = 1.0
    focal = [number % 2 == 0 for number in range(60)]
    assert differential_functioning(drawn.responses, drawn.bank, focal)[1] is None
    with pytest.raises(InputError, match="is empty"):
        differential_functioning(drawn.responses, drawn.bank, [True] * 60)
    with pytest.raises(InputError, match="60 learners, 3 group names"):
        differential_functioning(drawn.responses, drawn.bank, [True] * 3)
    with pytest.raises(InputError, match="1 strata"):
        differential_functioning(drawn.responses, drawn.bank, focal, strata=1)
    other = Responses.of(drawn.matrix, items=["a", "b", "c", "d"])
    with pytest.raises(InputError, match="in its order"):
        differential_functioning(other, drawn.bank, focal)
