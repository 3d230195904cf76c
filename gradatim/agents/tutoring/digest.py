"""A long session in few words: the last turns as they were, earlier ones as counts and telling points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gradatim.agents.tutoring.notes import KEPT, Digest, Exchange, Plan, Tally
from gradatim.languages import say

POINTS = 8
"""Telling points that are kept of earlier turns, the latest ones."""
_POINT = 100


def digested(
    exchanges: Sequence[Exchange], digest: Digest, tally: Tally, plan: Plan
) -> tuple[tuple[Exchange, ...], Digest]:
    """The turns that are kept as they were, and the digest of all earlier ones.

    A point is telling where the learner explained something or a hint was given; greetings are only counted. The
    result does not grow with the session.
    """
    gone, kept = exchanges[:-KEPT], tuple(exchanges[-KEPT:])
    points = [*digest.points, *(_point(item) for item in gone if item.intent == "explanation" or item.rung)][-POINTS:]
    intents = Counter(digest.intents)
    intents.update(item.intent for item in gone if item.intent is not None)
    turns = digest.turns + len(gone)
    summary = "" if not turns else say(
        "tutoring.digest", turns=turns, attempts=tally.attempts, best=tally.best, total=tally.total, rung=plan.rung,
        right=tally.right, wrong=tally.wrong,
    )  # fmt: skip
    return kept, Digest(turns=turns, points=tuple(points), intents=dict(intents), summary=summary)


def _point(item: Exchange) -> str:
    text = " ".join(item.message.split())
    said = f": {text}" if text and item.intent == "explanation" else ""
    return f"{item.number} {item.move}{said}"[:_POINT]
