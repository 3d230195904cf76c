"""Pairs: runs of the same example belong together, whatever their seeds."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.evals.reports.gathering import Cell
from gradatim.evals.reports.matching import match

CELLS = st.lists(st.builds(Cell, st.sampled_from("abcdef"), st.sampled_from("mn"), st.integers(1, 3)), max_size=20)


def test_the_same_seed_and_model_are_pairs() -> None:
    old = [Cell("a", "m", 1), Cell("a", "m", 2), Cell("b", "m", 1), Cell("c", "m", 1)]
    new = [Cell("a", "m", 1), Cell("b", "m", 1), Cell("d", "m", 1)]
    found = match(old, new)
    assert (found.samples, found.level, found.runs, found.single) == (("a", "b"), "sample × seed × model", 2, True)
    assert (found.alone_old, found.alone_new) == (2, 1)


def test_where_seeds_differ_the_means_of_an_example_are() -> None:
    old, new = [Cell("a", "m", 1), Cell("a", "m", 2)], [Cell("a", "m", 3), Cell("b", "m", 3)]
    found = match(old, new)
    assert (found.samples, found.level, found.single) == (("a",), "sample × model", False)
    before, after = found.means({old[0]: 0.0, old[1]: 1.0}, {new[0]: 0.25, new[1]: 9.0})
    assert (before.tolist(), after.tolist()) == ([0.5], [0.25])


def test_where_models_differ_too_the_means_over_models_are() -> None:
    found = match([Cell("a", "m", 1)], [Cell("a", "n", 2), Cell("a", "n", 3)])
    assert (found.samples, found.level, found.runs) == (("a",), "sample", 1)


@settings(max_examples=60, deadline=None)
@given(CELLS, CELLS)
def test_every_run_is_paired_or_counted(old: list[Cell], new: list[Cell]) -> None:
    found = match(old, new)
    for side, cells, alone in ((found.old, old, found.alone_old), (found.new, new, found.alone_new)):
        used = [cell for group in side for cell in group]
        assert len(used) == len(set(used))
        assert set(used) <= set(cells)
        assert len(used) + alone == len(set(cells))
    assert all(cell.sample == sample for sample, group in zip(found.samples, found.old, strict=True) for cell in group)
