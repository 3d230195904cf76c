from __future__ import annotations

import random

import pytest

from gradatim.testing.learners import MAIN, Fault, Parameters, Traits
from gradatim.testing.learners.understanding import Understanding


def test_understanding_moves_to_what_is_spoken_of(fault: Fault) -> None:
    state = Understanding(fault, Parameters(), Traits())
    before = state.places()[3]
    assert before == min(state.places()[line] for line in (2, 3, 4, 5))
    state.conflict([3], telling=True)
    assert state.places()[3] > 0.5
    assert state.kinds(3)["loop-bounds"] > 0.4
    assert abs(sum(state.places().values()) - 1) < 1e-9
    assert abs(sum(state.kinds(3).values()) - 1) < 1e-9


@pytest.mark.parametrize("name", MAIN)
def test_main_parameters_can_be_halved_and_raised(name: str) -> None:
    plain = Parameters()
    assert getattr(plain.scaled(name, 0.5), name) == pytest.approx(0.5 * getattr(plain, name))
    assert getattr(plain.scaled(name, 1.5), name) > getattr(plain, name)


def test_unknown_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match="no parameter"):
        Parameters().scaled("charm", 2.0)


def test_traits_of_a_group_differ_and_stay_in_range() -> None:
    drawn = [Traits.drawn(random.Random(seed)) for seed in range(50)]
    assert len({item.reading for item in drawn}) == 50
    assert all(0 <= value <= 1 for item in drawn for value in (item.reading, item.tracing, item.skill, item.eagerness))
