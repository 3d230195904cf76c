from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gradatim.kg.drawing.layering import crossings, longest_chains, without_crossings
from gradatim.kg.drawing.measuring import text_width, wrapped
from gradatim.kg.drawing.placing import Pull, Slot, tops


def test_the_longest_chain_counts() -> None:
    edges = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d"), ("x", "d")]
    assert longest_chains(edges, "a") == {"a": 0, "b": 1, "c": 2, "d": 3}


def test_crossings_are_counted_and_taken_away() -> None:
    layers = [["a", "b", "c"], ["x", "y", "z"]]
    segments = [("a", "z"), ("b", "y"), ("c", "x")]
    assert crossings(layers, segments) == 3
    assert crossings(without_crossings(layers, segments), segments) == 0


@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=4).flatmap(
        lambda sizes: st.tuples(
            st.just(sizes), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 5), st.integers(0, 5)), max_size=20)
        )
    )
)
def test_the_order_holds_the_same_items_and_never_crosses_more(
    drawn: tuple[list[int], list[tuple[int, int, int]]],
) -> None:
    sizes, picks = drawn
    layers = [[f"{number}.{index}" for index in range(size)] for number, size in enumerate(sizes)]
    segments = [
        (layers[at][one % sizes[at]], layers[at + 1][other % sizes[at + 1]])
        for at, one, other in picks
        if at + 1 < len(layers)
    ]
    order = without_crossings(layers, segments)
    assert [sorted(layer) for layer in order] == [sorted(layer) for layer in layers]
    assert crossings(order, segments) <= crossings(layers, segments)
    assert order == without_crossings(layers, segments)
    slots = {item: Slot(20.0 + len(item), 10.0, 5.0) for layer in layers for item in layer}
    top = tops(order, slots, [Pull(*segment) for segment in segments])
    for layer in order:
        for upper, lower in pairwise(layer):
            assert top[lower] >= top[upper] + slots[upper].height + slots[upper].gap - 1e-6


def test_what_is_joined_comes_to_the_same_height() -> None:
    slots = {item: Slot(20.0, 10.0, 5.0) for item in "abcd"}
    top = tops([["a", "b"], ["c"], ["d"]], slots, [Pull("b", "c"), Pull("c", "d")])
    assert abs(top["b"] - top["c"]) < 1
    assert abs(top["c"] - top["d"]) < 1


@given(st.text(max_size=80), st.integers(1, 4))
def test_lines_fit_and_lose_nothing_but_their_end(text: str, most: int) -> None:
    lines = wrapped(text, 13.0, 100.0, most=most)
    assert 1 <= len(lines) <= most
    assert all(text_width(line, 13.0) <= 100.0 for line in lines)
    whole = "".join(text.split()).replace("\u200b", "")
    shown = "".join("".join(lines).split())
    assert shown == whole or (shown.endswith("…") and whole.startswith(shown[:-1]))
