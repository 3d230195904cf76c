"""Values survive the way out of the sandbox exactly, and what is not plain data stays opaque."""

from __future__ import annotations

import collections
import json
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.tools.sandbox.inner.encode import MAX_DEPTH, Encoder
from gradatim.tools.sandbox.values import Opaque, Unreadable, comparable, decode, equal, is_opaque, literal, shorten


def through(value: object) -> Any:
    return decode(json.loads(json.dumps(Encoder().encode(value))))


hashable = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.binary()
    | st.complex_numbers(),
    lambda inner: st.tuples(inner, inner) | st.frozensets(inner, max_size=3),
    max_leaves=8,
)
plain = st.recursive(
    hashable,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(hashable, inner, max_size=4) | st.sets(hashable, max_size=4)
    ),
    max_leaves=12,
)


def kinds(value: Any) -> Any:
    """The value with its types, so that `1`, `1.0` and `True` differ and nan equals nan."""
    if isinstance(value, dict):
        return dict, sorted((repr(kinds(k)), repr(kinds(v))) for k, v in value.items())
    if isinstance(value, set | frozenset):
        return type(value), sorted(repr(kinds(item)) for item in value)
    if isinstance(value, list | tuple):
        return type(value), [kinds(item) for item in value]
    return type(value), repr(value)


@given(plain)
def test_plain_data_come_out_with_their_exact_types(value: Any) -> None:
    assert kinds(through(value)) == kinds(value)


@given(st.text(st.characters(categories=["Cs", "Lu"])))
def test_lone_surrogates_keep_their_places(text: str) -> None:
    assert through(text) == text


@pytest.mark.parametrize(
    "value",
    [
        2**255, -(2**300), 10**5000, math.inf, -0.0, range(3, 9, 2), bytearray(b"ab"), Decimal("1.50"), Fraction(2, 3),
        collections.deque([1, 2]), [[]], {(): set()}, "\ud83d" + "\ude00",
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_other_exact_types(value: Any) -> None:
    came = through(value)
    assert came == value
    assert type(came) is type(value)


def test_subclasses_compare_like_their_base_unless_they_define_equality() -> None:
    class Points(int):
        pass

    class Liar(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

    pair = collections.namedtuple("pair", "a b")
    assert through(Points(5)) == 5
    assert type(through(Points(5))) is int
    assert through(pair(1, 2)) == (1, 2)
    assert through(collections.Counter("aab")) == {"a": 2, "b": 1}
    assert through(collections.defaultdict(list, {1: [2]})) == {1: [2]}
    lie = through(Liar(5))
    assert isinstance(lie, Opaque)
    assert not equal(lie, 5)
    assert "int" in lie.bases


def test_an_opaque_object_equals_nothing_and_shows_no_address() -> None:
    class Thing:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = None  # type: ignore[assignment]

    came = through([Thing()])
    assert is_opaque(came)
    assert came != [1]
    assert not equal(came[0], 1)
    assert "0x" not in literal(came)


def test_a_repr_that_raises_or_never_ends_in_text_is_survived() -> None:
    class Rude:
        def __repr__(self) -> str:
            raise SystemExit

    class Long:
        def __repr__(self) -> str:
            return "x" * 10**6

    assert "SystemExit" in through(Rude()).text
    assert len(through(Long()).text) <= 300


def test_too_deep_too_large_and_recursive_values() -> None:
    deep: list[Any] = []
    for _ in range(MAX_DEPTH + 5):
        deep = [deep]
    assert "deep" in through(deep).text
    assert "parts" in through([0] * 200_000).text
    assert "keys" in through(set(range(20_000))).text
    assert "characters" in through("x" * 2_000_000).text
    loop: list[Any] = [1]
    loop.append(loop)
    assert literal(through(loop)) == "[1, ...]"


@pytest.mark.parametrize(
    "data",
    [
        {}, {"t": 1}, {"nonsense": []}, {"i": "zz"}, {"d": [[[], 1]]}, {"o": ["a"]}, {"c": ["x", "y"]},
        {"a": 1, "b": 2}, {"n": "many"}, {"f": [1, 0]}, {"S": [{"d": []}]}, {"s": [-1]}, {"r": [1, 2, 0]}, {"b": "xyz"},
        {"S": [n * (2**61 - 1) for n in range(5_000)]},
        {"d": [[n * (2**61 - 1), 1] for n in range(5_000)]},
        {"f": [2**20_000, 3]}, [0] * 500_000,
    ],
    ids=lambda data: next(iter(data), "empty") if isinstance(data, dict) else "long",
)  # fmt: skip
def test_whatever_a_hostile_process_writes_is_refused_quickly(data: Any) -> None:
    with pytest.raises(Unreadable):
        decode(data)


def test_a_hostile_nesting_is_refused() -> None:
    nested: Any = 1
    for _ in range(500):
        nested = [nested]
    with pytest.raises(Unreadable):
        decode(nested)


def test_literals_read_back_and_sets_have_one_order() -> None:
    assert literal({"b", "a", "c"}) == "{'a', 'b', 'c'}"
    assert literal({1: (2,), "k": [None, set(), frozenset()]}) == "{1: (2,), 'k': [None, set(), frozenset()]}"
    assert "bits" in literal(10**100_000)
    assert shorten("x" * 50 + "y" * 50, 21) == "x" * 13 + "…" + "y" * 7


def test_a_decimal_is_not_compared_with_a_very_large_int() -> None:
    """Python turns the int into a Decimal first, in time that grows with the square of its size."""
    large, small = 16**900_000 - 1, 16**100
    for one, other in ((Decimal("1.5"), large), ([large], [Decimal("1.5")]), ({"a": (large,)}, {"a": Decimal(1)})):
        assert not comparable(one, other)
        assert not equal(one, other)
    assert comparable(Decimal("1.5"), small)
    assert equal(Decimal(small), small)
    assert equal([large], [large])
    assert equal(Decimal(2), 2)


def test_keys_that_take_for_ever_to_compare_are_refused() -> None:
    alike = f"{5 + (2**61 - 1) * 2**3_900_000:x}"
    with pytest.raises(Unreadable):
        decode({"d": [[{"n": "5"}, 0], [{"i": alike}, 0]]})
    with pytest.raises(Unreadable):
        decode({"S": [{"n": "5"}, {"i": alike}]})
    with pytest.raises(Unreadable):
        decode({"i": "f" * 7_000_000})
