from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import Task
from gradatim.testing.learners import KINDS, Draft, Fault, Patch, kind_of, patches_between
from tests.testing.learners.conftest import RIGHT, WRONG

LINES = st.lists(st.sampled_from(["a = 1", "b = 2", "    c = 3", "print(a)", "if a:"]), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(LINES, LINES)
def test_the_patches_between_two_programs_make_one_of_the_other(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(old) + "\n", "\n".join(new) + "\n"
    assert Draft(before, patches_between(before, after)).text == after


@settings(max_examples=60, deadline=None)
@given(LINES, LINES)
def test_a_line_that_stays_is_found_again_in_both_directions(old: list[str], new: list[str]) -> None:
    before, after = "\n".join(old) + "\n", "\n".join(new) + "\n"
    draft = Draft(before, patches_between(before, after))
    touched = {line for patch in draft.patches for line in range(patch.first, patch.last + 1)}
    for line in range(1, len(old) + 1):
        if line not in touched:
            assert draft.original(draft.current(line)) == line
            assert draft.text.splitlines()[draft.current(line) - 1] == old[line - 1]


def test_a_fault_knows_its_place_its_kind_and_its_repair(fault: Fault) -> None:
    assert fault.lines == {3}
    assert fault.kind == "loop-bounds"
    assert fault.names == {"n", "number"}
    assert fault.right == RIGHT


def test_programs_that_are_the_same_hold_no_fault(task: Task) -> None:
    with pytest.raises(ValueError, match="are the same"):
        Fault.between(task, WRONG, WRONG, "range-stop-included")


@pytest.mark.parametrize(
    ("right", "wrong", "kind"),
    [
        ("range(1, n + 1)", "range(1, n)", "loop-bounds"),
        ("total += number", "total -= number", "arithmetic"),
        ("return total", "return number", "name"),
        ("    return total", "        return total", "placement"),
        ("    total = 0\n", "", "initial-value"),
        ("total = 0", "total = 1", "initial-value"),
        ("n + 1):", "n + 1)", "syntax"),
        ("return total", "print(total)", "result"),
    ],
)
def test_a_misconception_of_no_known_kind_is_told_by_the_change(task: Task, right: str, wrong: str, kind: str) -> None:
    assert Fault.between(task, RIGHT.replace(right, wrong), RIGHT, "xyzzy").kind == kind


def test_a_later_change_takes_the_place_of_an_earlier_one_at_the_same_line() -> None:
    draft = Draft(WRONG).with_patches([Patch(3, 3, ("    for number in range(n):",))])
    again = draft.with_patches([Patch(3, 3, ("    for number in range(1, n + 1):",))])
    assert again.text == RIGHT
    kept = draft.with_patches([Patch(2, 2, ("    total = 1",))])
    assert "range(n)" in kept.text
    assert "total = 1" in kept.text


@pytest.mark.parametrize(
    ("misconception", "kind"),
    [
        ("off-by-one-loop", "loop-bounds"),
        ("boundary-comparison-strictness", "comparison"),
        ("return-inside-loop", "placement"),
        ("mutable-default-shared", "sharing"),
        ("missing-base-case", "base-case"),
        ("missing-colon", "syntax"),
        ("string-plus-number", "type"),
        ("missing-self-parameter", "object"),
    ],
)
def test_misconceptions_lead_to_kinds(misconception: str, kind: str) -> None:
    assert kind_of(misconception) == kind
    assert kind in KINDS
