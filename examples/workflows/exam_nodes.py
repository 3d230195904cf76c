"""What the exam's workflow needs beside the kinds of gradatim."""

from __future__ import annotations

from gradatim.domain import Noun
from gradatim.graphs.workflow.kinds.grading import Grade
from gradatim.workflow import node


class Mark(Noun):
    """The mark that is put before a person."""

    points: float
    out_of: float
    why: str


@node
def proposed_mark(first_mark: Grade, second_mark: Grade) -> Mark:
    """The mean of both marks, to half a point."""
    points = (first_mark.points + second_mark.points) / 2
    why = "; ".join(f"{part.name}: {part.why}" for part in second_mark.parts)
    return Mark(points=round(2 * points) / 2, out_of=first_mark.out_of, why=why)
