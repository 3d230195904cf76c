"""What is learned from values: containers, lengths, order, ranges, letters."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.tools.inputs.relations import Relations
from gradatim.tools.inputs.shapes import learn
from gradatim.tools.inputs.texts import pieces

PLAIN = st.recursive(
    st.integers() | st.text(max_size=6) | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip


def draws(values: list[Any], count: int = 300) -> list[Any]:
    shape, rng = learn(values), random.Random(3)
    return [shape.draw(rng) for _ in range(count)]


def kind_tree(value: Any) -> Any:
    """The types that a value is made of, whatever their number."""
    if isinstance(value, list | tuple):
        return (type(value), frozenset(map(kind_tree, value)))
    return type(value)


@given(st.lists(PLAIN, min_size=1, max_size=4), st.integers())
def test_anything_plain_can_be_learned_and_drawn(values: list[Any], seed: int) -> None:
    shape = learn(values)
    for _ in range(3):
        drawn = shape.draw(random.Random(seed))
        assert drawn == shape.draw(random.Random(seed)) or drawn != drawn
        assert eval(repr(drawn)) == drawn
        assert type(drawn) in {type(value) for value in values}


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [([0, 10], 0, 12), ([1, 9], 1, 11), ([5, 9], 4, 10), ([-4, 4], -6, 6), ([7], 4, 10), ([-9, -1], -11, -1)],
)
def test_numbers_stay_near_what_was_seen_and_keep_its_sign(values: list[int], low: int, high: int) -> None:
    found = draws(values)
    assert (min(found), max(found)) == (low, high)


def test_decimals_have_as_many_places_as_those_seen() -> None:
    assert all(round(value, 2) == value and 0 <= value <= 3 for value in draws([0.25, 2.5]))


def test_sorted_sequences_stay_sorted_and_keep_their_types() -> None:
    found = draws([[1, 4, 9], (2, 3), [5]])
    assert all(list(value) == sorted(set(value)) for value in found)
    assert {type(value) for value in found} == {list, tuple}
    assert all(found)
    assert {len(value) for value in found} >= {1, 2, 3, 4}
    repeated = draws([[1, 1, 9], [2, 3, 3]])
    assert any(len(set(value)) < len(value) for value in repeated)
    assert all(value == sorted(value) for value in repeated)
    assert all(value == sorted(value, reverse=True) for value in draws([[9, 4], [3, 2, 1]]))


def test_empty_sequences_only_where_the_tests_have_one() -> None:
    assert [] in draws([[1, 2], []])
    assert [] not in draws([[1, 2], [3]])
    assert draws([[]]) == [[]] * 300


def test_kinds_of_items_are_not_mixed_where_the_tests_keep_them_apart() -> None:
    assert {kind_tree(value) for value in draws([[1, 2, 3], ["a", "b"]])} == {kind_tree([1]), kind_tree(["a"])}
    assert kind_tree([1, "a"]) in {kind_tree(value) for value in draws([[1, "a", 2], [3]])}


def test_records_keep_their_places() -> None:
    found = draws([[("Ann", 3), ("Bo", 5)], [("Cy", 4)]])
    assert all(isinstance(name, str) and isinstance(number, int) for value in found for name, number in value)
    assert draws([("x", 1), ("y", 2)])[0][0].isalpha()


def test_tables_stay_rectangular_and_squares_square() -> None:
    assert all(len({len(row) for row in value}) == 1 for value in draws([[[1, 2], [3, 4]], [[1, 2, 3]]]))
    squares = draws([[[1, 2], [3, 4]], [[1]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]])
    assert all(len(row) == len(value) for value in squares for row in value)


def test_dictionaries_with_fixed_keys_keep_them() -> None:
    found = draws([{"a": 1, "b": 2}, {"a": 3, "b": 4}, {"a": 5, "b": 6}])
    assert all(set(value) == {"a", "b"} for value in found)
    assert len({len(value) for value in draws([{"Ann": 1}, {"Bo": 2, "Cy": 3}])}) > 1


def test_sets_stay_sets() -> None:
    assert all(isinstance(value, set) for value in draws([{1, 2}, {3}]))


def test_texts_are_made_of_the_signs_and_words_seen() -> None:
    assert {sign for text in draws(["ACGT", "GATTACA"]) for sign in text} == set("ACGT")
    assert all(len(text) == 1 for text in draws(["a", "b", "q"]))
    assert all(text.count(":") == 1 for text in draws(["12:30", "00:05"]))
    assert all(set(text) <= set("01") for text in draws(["101", "0110"]))
    assert sum(text == text[::-1] for text in draws(["anna", "otto", "anton"])) > 60
    long = "the quick brown fox jumps"
    assert {sign for text in draws([long]) for sign in text} - set(long)


@given(st.text())
def test_pieces_lose_nothing(text: str) -> None:
    assert "".join(pieces(text)) == text


def related(calls: list[tuple[Any, ...]], drawn: list[Any], count: int = 200) -> list[list[Any]]:
    relations, rng, found = Relations.learn(calls), random.Random(1), []
    for _ in range(count):
        values = [list(value) if isinstance(value, list) else value for value in drawn]
        relations.impose(values, rng)
        found.append(values)
    return found


def test_what_occurs_in_a_sequence_often_occurs_there_again() -> None:
    found = related([(1, [1, 2]), (9, [3, 4]), (5, [5])], [77, [10, 20]])
    share = sum(value in items for value, items in found) / len(found)
    assert 0.4 < share < 0.7
    assert all(v in items for v, items in related([(1, [1]), (2, [3, 2]), (5, [5, 6])], [77, [10, 20]]))


def test_what_occurs_among_records_occurs_at_its_place() -> None:
    found = related([("a", (("a", "b"), ("c", "d"))), ("x", (("x", "y"),)), ("m", (("m", "n"),))], ["q", (("1", "2"),)])
    assert {value for value, _ in found} == {"1"}


def test_indices_lengths_and_order_are_kept() -> None:
    assert {i for i, _ in related([(0, [5, 6]), (2, [5, 6, 7])], [99, [1, 2, 3]])} == {0, 1, 2}
    assert all(len(a) == len(b) for a, b in related([([1], [2]), ([1, 2], [3, 4])], [[1, 2, 3], [4]]))
    assert all(a <= b for a, b in related([(1, 2), (3, 9), (4, 4)], [8, 5]))
