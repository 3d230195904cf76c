"""Which line the tutor names."""

from __future__ import annotations

import pytest

from gradatim.agents.tutoring.planning.target import adds_before
from gradatim.domain import Diagnosis, Edit, Repair


def diagnosis(*edits: Edit) -> Diagnosis:
    repair = Repair(code="pass\n", edits=edits, place="line 5", change="a line more", origin="search", weight=0.5)
    return Diagnosis(submission="s", verdict="incorrect", repairs=(repair,))


def edit(line: int, last_line: int) -> Edit:
    return Edit(line=line, last_line=last_line, replacement="    d += 1", operator="insert-update")


@pytest.mark.parametrize(
    ("edits", "adds"),
    [
        ((edit(5, 4),), True),
        ((edit(5, 5),), False),  # the line itself is changed
        ((edit(6, 5),), False),  # something is put in elsewhere
        ((edit(5, 4), edit(2, 2)), False),
    ],
)
def test_a_line_before_which_something_is_put_is_not_the_faulty_one(edits: tuple[Edit, ...], adds: bool) -> None:
    assert adds_before(diagnosis(*edits), 5) is adds


def test_without_a_trusted_change_nothing_is_known() -> None:
    assert not adds_before(Diagnosis(submission="s", verdict="incorrect"), 5)
