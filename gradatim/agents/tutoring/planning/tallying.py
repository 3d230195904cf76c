"""Counting what happens in a session, and how much of it is over-reliance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gradatim.agents.tutoring.notes import Tally, Understanding
from gradatim.domain import Execution

HELP = ("hint-request", "answer-request")
"""Intents that want help."""
DONE = ("attempt", "answer", "explanation")
"""Intents with which the learner does something."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a new program, compared with the one before.

    Attributes:
        passed: Tests that pass.
        total: All tests.
        before: Tests that passed before; `None` for the first program.
        same: The same program as before.
        lost: Ids of tests that passed before and do not any more.
        broke: Error with which it cannot be loaded any more, and its line, for a program that could be before.
        raises: Exception that the change brought, and its line.
    """

    passed: int
    total: int
    before: int | None
    same: bool
    lost: tuple[str, ...]
    broke: tuple[str, int | None] | None = None
    raises: tuple[str, int | None] | None = None
    set_back: bool = False
    """Whether the session goes on from the program before it."""
    changed: int | None = None
    """The first line of that program that was changed."""

    @property
    def complete(self) -> bool:
        return self.total > 0 and self.passed == self.total

    @property
    def better(self) -> bool:
        return self.before is not None and self.passed > self.before

    @property
    def worse(self) -> bool:
        return (
            self.broke is not None or self.raises is not None or (self.before is not None and self.passed < self.before)
        )


def attempt_of(
    execution: Execution | None, before: dict[str, Any] | None, ran: dict[str, Any] | None = None
) -> Attempt | None:
    """The attempt that an execution stands for.

    Args:
        before: What the program before it came to.
        ran: Of a program that did not take its place: which tests it passed.
    """
    if execution is None:
        return None
    passed = {item.test for item in execution.outcomes if item.status == "passed"}
    if ran is not None and ran.get("worse"):
        passed = set(ran.get("passed") or ())
    earlier = set(before["passed"]) if before else None
    return Attempt(
        len(passed),
        len(execution.outcomes),
        None if earlier is None else len(earlier),
        bool(before and before["same"]),
        tuple(sorted((earlier or set()) - passed)),
        _told(ran, "error"),
        _told(ran, "raises"),
        bool(ran and ran.get("worse")),
        ran.get("changed") if ran and ran.get("worse") else None,
    )


def _told(ran: dict[str, Any] | None, key: str) -> tuple[str, int | None] | None:
    """An error of a program that did not take the place of the better one, and its line."""
    if not ran or not ran.get("worse") or not ran.get(key):
        return None
    return str(ran[key]), ran.get("line")


def counted(
    tally: Tally, understood: Understanding, attempt: Attempt | None, *, seconds: float | None, quick: float
) -> Tally:
    """The counts after a message.

    Args:
        seconds: From the tutor's last words to the message; `None` where that is not known.
        quick: Seconds up to which an empty-handed reply counts as quick.
    """
    intent = understood.intent
    hasty = seconds is not None and seconds < quick and intent in (*HELP, "dont-know")
    changed: dict[str, Any] = {
        "turns": tally.turns + 1,
        "asked_for_help": tally.asked_for_help + (intent == "hint-request"),
        "asked_for_answer": tally.asked_for_answer + (intent == "answer-request"),
        "dont_knows": tally.dont_knows + (intent == "dont-know"),
        "dont_knows_running": tally.dont_knows_running + 1 if intent == "dont-know" else 0,
        "quick": tally.quick + hasty,
        "copied": tally.copied + understood.copied,
        "right": tally.right + (understood.right is True),
        "wrong": tally.wrong + (understood.right is False),
        "explained": tally.explained + (intent == "explanation" and not understood.copied),
        "confusions": tally.confusions + (intent == "confusion"),
        "frustrations": tally.frustrations + (intent == "frustration" or "frustration" in understood.also),
        "off_topic": tally.off_topic + (intent == "off-topic"),
        "off_topic_running": tally.off_topic_running + 1 if intent == "off-topic" else 0,
        "orders": tally.orders + understood.orders,
    }
    if intent in DONE and not understood.copied and not (attempt is not None and attempt.same):
        changed["hints_since_attempt"] = 0
    if attempt is not None:
        changed |= {
            "attempts": tally.attempts + (not attempt.same),
            "passed": attempt.passed,
            "best": max(tally.best, attempt.passed),
            "total": attempt.total,
        }
    return tally.model_copy(update=changed)


def reliance(tally: Tally) -> float | None:
    """How far the learner relies on the tutor instead of thinking, in [0, 1]; `None` before the third message.

    Share of messages that want help or the answer, do not know within seconds, or copy the tutor's words, among those
    that do that or do something (attempt, answer, explain). Executive help-seeking without an attempt of one's own is
    what Aleven et al. (2006) call help abuse; here it is a plain share.
    """
    leaning = tally.asked_for_help + tally.asked_for_answer + tally.copied + min(tally.quick, tally.dont_knows)
    doing = tally.attempts + tally.right + tally.wrong + tally.explained
    if tally.turns < 3 or not leaning + doing:
        return None
    return round(min(1.0, leaning / (leaning + doing)), 4)


def seconds_between(earlier: str | None, later: str) -> float | None:
    """Seconds from one instant to another; `None` where one is missing or no instant."""
    if not earlier:
        return None
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    except (ValueError, TypeError):
        return None
