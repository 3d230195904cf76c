"""Nearness of values: 1 for equal ones, and growing as more of a value is right."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.tools.repair.closeness import closeness

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain, plain)
def test_it_is_a_share(one: Any, other: Any) -> None:
    assert 0 <= closeness(one, other) <= 1


@given(plain.filter(lambda value: value == value))
def test_equal_values_are_nearest(value: Any) -> None:
    assert closeness(value, value) == 1


@pytest.mark.parametrize(
    ("wanted", "nearer", "farther"),
    [
        (10, 11, 20),
        (10, 20, "10"),
        ([1, 2, 3], [1, 2, 4], [1, 5, 4]),
        ([1, 2, 3], [1, 2, 3, 4], [9, 9, 9, 9]),
        ([1, 2], (1, 2), None),
        ("hello", "hallo", "xyz"),
        (True, False, None),
        ({"a": 1}, {"a": 2}, {}),
        ({1, 2}, {1}, {5}),
    ],
)
def test_what_has_more_of_the_value_is_nearer(wanted: Any, nearer: Any, farther: Any) -> None:
    assert closeness(wanted, nearer) > closeness(wanted, farther)
