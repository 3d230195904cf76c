"""A reviewer's edit: what was kept keeps its evidence and checks, what is new is marked and checked again."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Protocol

from gradatim.domain import Feedback, FeedbackPart, Statement
from gradatim.tools.claims import claims_of
from gradatim.tools.claims.case import Case

ALIKE = 0.5
"""Likeness of letters from which a changed sentence is taken for another wording of one that was there."""


class FeedbackChecker(Protocol):
    """Adds a check for each claim (`Verifier` does)."""

    async def verify(self, case: Case, feedback: Feedback) -> Feedback: ...


def merged(original: Feedback, edit: Feedback, reviewer: str, program: str) -> Feedback:
    """The edit with the structure of the original.

    A sentence that stands in the original keeps its evidence, claims and checks. Any other is marked as the
    reviewer's, its claims are read from its words, and it keeps the evidence it is given; where it is given none,
    that of the sentence of the same part which it most resembles.

    Args:
        program: The student's program, to read claims about it.
    """
    author = f"person:{reviewer}"
    known = {statement.text: statement for statement in (*original.statements(), *original.withheld)}
    parts = {
        part: tuple(
            _statement(statement, known.get(statement.text), getattr(original, part), part, author, program)
            for statement in statements
        )
        for part, statements in edit.parts()
    }
    return edit.model_copy(update={**parts, "author": author, "completed": (), "withheld": ()})


async def checked_again(case: Case, feedback: Feedback, checker: FeedbackChecker) -> Feedback:
    """The feedback with a check for each claim of the sentences that a person wrote; the others keep theirs."""
    own = {
        part: tuple(statement for statement in statements if statement.by_person)
        for part, statements in feedback.parts()
    }
    found = await checker.verify(case, feedback.model_copy(update=own))
    fresh = {part: iter(statements) for part, statements in found.parts()}
    return feedback.model_copy(
        update={
            part: tuple(next(fresh[part]) if statement.by_person else statement for statement in statements)
            for part, statements in feedback.parts()
        }
    )


def _statement(
    given: Statement,
    kept: Statement | None,
    earlier: Sequence[Statement],
    part: FeedbackPart,
    author: str,
    program: str,
) -> Statement:
    evidence = given.evidence
    if kept is not None and evidence in ((), kept.evidence):
        return kept
    if not evidence:
        nearest = max(earlier, key=lambda item: _alike(item.text, given.text), default=None)
        if nearest is not None and _alike(nearest.text, given.text) >= ALIKE:
            evidence = nearest.evidence
    return Statement(text=given.text, evidence=evidence, claims=claims_of(given.text, part, program), author=author)


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
