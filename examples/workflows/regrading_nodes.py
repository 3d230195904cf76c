"""What regrading needs beside the kinds of gradatim."""

from __future__ import annotations

from gradatim.domain import Noun, Submission
from gradatim.graphs.workflow.kinds.grading import Grade
from gradatim.workflow import node


class Graded(Noun):
    """A program's new grade."""

    program: str
    points: float
    why: str


class Change(Noun):
    """A grade that would change."""

    program: str
    before: float | None
    after: float
    why: str


@node
def graded(submission: Submission, grade: Grade) -> Graded:
    """The grade under the name of the program's file."""
    name = submission.filename.rsplit("/", 1)[-1]
    return Graded(program=name, points=grade.points, why="; ".join(part.why for part in grade.parts))


@node
def changed(grades: list[Graded], earlier: dict[str, float]) -> list[Change]:
    """Grades that differ from the earlier ones, or that are new."""
    return [
        Change(program=item.program, before=earlier.get(item.program), after=item.points, why=item.why)
        for item in grades
        if earlier.get(item.program) != item.points
    ]
