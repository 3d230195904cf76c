"""Whether everything that a feedback says is right: the truth that a confidence is held against.

In this order, by what is known: people's word (`reference.right`); the reference (verdict, lines, misconceptions)
together with the checks of the audit of an experiment (`outputs.audit`), or with the run's own; the checks alone, which
show what is wrong and leave open what nobody could check.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradatim.evals.scorers.feedback import judged
from gradatim.evals.scorers.given import Given, Missing, once
from gradatim.evals.scorers.outcome.blamed import told_lines, told_misconceptions

Basis = Literal["people", "audit", "reference", "checks"]


@dataclass(frozen=True, slots=True)
class Rightness:
    """Whether a feedback is right as a whole.

    Attributes:
        right: Whether every statement is.
        basis: What that rests on.
        why: The first thing that is wrong.
    """

    right: bool
    basis: Basis
    why: str = ""


def rightness_of(given: Given) -> Rightness:
    """Whether every statement of a feedback is right.

    Raises:
        Missing: Nothing tells.
    """
    return once(given, "rightness", _rightness)


def _rightness(given: Given) -> Rightness:
    people = given.find("reference.right")
    if isinstance(people, bool):
        return Rightness(people, "people", "" if people else "people say so")
    audited = bool(given.find("outputs.audit.sentences"))
    wrong, decided = _by_checks(given)
    known, against = _by_reference(given)
    if audited or known:
        why = wrong or against
        return Rightness(not why, "audit" if audited else "reference", why)
    if not decided:
        raise Missing("nothing tells whether the feedback is right: no reference, no audit, no decided check")
    return Rightness(not wrong, "checks", wrong)


def _by_checks(given: Given) -> tuple[str, bool]:
    """The first refuted sentence, and whether any check decided anything."""
    decided = False
    for said in judged(given):
        if said.refuted:
            return f"refuted: {said.text[:100]}", True
        decided = decided or said.supported
    return "", decided


def _by_reference(given: Given) -> tuple[bool, str]:
    """Whether the reference could be compared with anything, and what of the feedback goes against it.

    What blames no line is not wrong about the line; but a reference of which nothing could be compared tells nothing.
    """
    verdict, compared = given.find("reference.verdict"), False
    known_lines, known_ideas = given.find("reference.lines"), given.find("reference.misconceptions")
    if verdict not in ("correct", "incorrect") and not known_lines and not known_ideas:
        return False, ""
    said = given.find("outputs.diagnosis.verdict")
    if verdict in ("correct", "incorrect") and said is not None:
        if said != verdict:
            return True, f"the program is {verdict}"
        compared = True
    lines = told_lines(given)
    if known_lines and lines:
        if lines[0] not in given.lines("reference.lines"):
            return True, f"the fault is not in line {lines[0]}"
        compared = True
    ideas = told_misconceptions(given)
    if known_ideas and ideas:
        if ideas[0] not in given.names("reference.misconceptions"):
            return True, f"{ideas[0]} does not describe the fault"
        compared = True
    if verdict == "correct" and ideas:
        return True, "the program is correct and no misconception shows in it"
    return compared, ""
