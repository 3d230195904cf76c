"""Sentences of the tutor: a phrase filled in, with what it rests on and what it claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.domain import Check, Claim, Evidence, ProseClaim, Statement
from gradatim.languages import say, variants


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, or a block such as a table.

    Attributes:
        key: The same thing said of the same fault has the same key; empty for what may be said again.
        statement: The sentence, its claims not checked yet.
        question: Whether it is the question of the turn.
        brings: Evidence that it adds to what is known, such as an example that was run.
    """

    key: str
    statement: Statement
    question: bool = False
    brings: tuple[Evidence, ...] = ()


def said(
    key: str,
    /,
    *,
    evidence: Sequence[str] = (),
    claims: Sequence[Claim] = (),
    of: str = "",
    **values: object,
) -> Said:
    """A phrase of the section `tutoring`, filled in.

    Args:
        evidence: Ids of what it rests on.
        claims: What it asserts; each is checked before the learner reads it.
        of: What it is said of, where the same phrase may be said of different things.
    """
    return Said(f"{key}:{of}" if of else key, told(say(f"tutoring.{key}", **values), evidence, claims))


def told(text: str, evidence: Sequence[str] = (), claims: Sequence[Claim] = ()) -> Statement:
    """A sentence in words that stand already."""
    return Statement(text=text, evidence=tuple(evidence), claims=tuple(claims))


def observed(key: str, text: str, detail: str, evidence: Sequence[str] = (), method: str = "execution") -> Said:
    """A sentence that says what was just observed, and nothing else: it is its own check."""
    check = Check.model_validate(
        {"claim": ProseClaim(text=text), "verdict": "supported", "method": method, "detail": detail}
    )
    return Said(key, Statement(text=text, evidence=tuple(evidence), checks=(check,)))


def chosen(key: str, number: int) -> str:
    """One of several ways to say something; another one for another number."""
    ways = variants(f"tutoring.{key}")
    return ways[number % len(ways)]


def feeling(key: str, number: int) -> Said:
    """A friendly sentence that asserts nothing, in one of several ways."""
    return Said("", told(chosen(key, number)))
