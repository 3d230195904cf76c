"""What the profile reads from events, and only where it is given with the stated type.

The log is append-only and takes any payload, so a value of the wrong type, out of its range or not finite counts as
not given: nothing is guessed from it and nothing fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from gradatim.domain import LearnerEvent

GREATEST = 1e12
"""No count or time is taken to be greater."""
IDLE_SECONDS = 1_800.0
"""A longer time on one attempt counts as this much: the learner was elsewhere."""
SESSION_GAP = 1_800_000_000
"""Microseconds without an event that end a session (30 minutes, as is usual for activity logs)."""
_ATTEMPTS = ("submission", "assessment")


def attempt_outcome(event: LearnerEvent) -> bool | None:
    """Whether an attempt was correct as a whole; `None` for what is no attempt or has no outcome."""
    if event.kind not in _ATTEMPTS:
        return None
    passed = event.payload.get("passed")
    if passed is True or passed is False:
        return passed
    return all(observation.correct for observation in event.observations) if event.observations else None


def finite(value: object, low: float = 0.0, high: float = GREATEST) -> float | None:
    """A number in [low, high]; `None` for anything else, truth values among them."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        return None
    return float(value)


def number(payload: Mapping[str, Any], key: str, low: float = 0.0, high: float = GREATEST) -> float | None:
    """A number of the payload in [low, high]."""
    value = payload.get(key)
    return None if value is None else finite(value, low, high)


class Scored(NamedTuple):
    """The score of an attempt, never imputed."""

    score: float
    """0 to 1, of what is complete."""
    done: int | None = None
    """Items that were handed in; `None` where the attempt does not say."""
    total: int | None = None

    @property
    def complete(self) -> bool:
        return self.done is None or self.total is None or self.done >= self.total


def scored(event: LearnerEvent) -> Scored | None:
    """The score of an attempt; an incomplete one is scored on what is complete, and says so.

    That is the stated `score`; without one, the share of correct observations among those that are there. Items that
    were not handed in count neither as wrong nor as right.
    """
    if event.kind not in _ATTEMPTS:
        return None
    payload = event.payload
    score = number(payload, "score", 0.0, 1.0) if "score" in payload else None
    if score is None:
        seen = event.observations
        if len(seen) == 1:
            score = float(seen[0].correct)
        elif seen:
            score = sum([item.correct for item in seen]) / len(seen)
        elif (passed := attempt_outcome(event)) is not None:
            score = float(passed)
        else:
            return None
    if "items_total" not in payload:
        return Scored(score)
    done, total = number(payload, "items_done"), number(payload, "items_total", 1.0)
    if done is None or total is None or done > total:
        return Scored(score)
    return Scored(score, int(done), int(total))


class Survey(NamedTuple):
    """One answered questionnaire, every answer on the way from the low (0) to the high (1) end of its scale."""

    instrument: str
    answers: dict[str, float | None]
    """Item → answer; `None` where the item was left out or the answer is off the scale."""

    @property
    def complete(self) -> bool:
        return None not in self.answers.values()


def survey_of(event: LearnerEvent) -> Survey | None:
    """The questionnaire of an event; `None` where there is none that can be read."""
    if event.kind != "survey":
        return None
    instrument, answers = event.payload.get("instrument"), event.payload.get("answers")
    scale = event.payload.get("scale")
    if not isinstance(instrument, str) or not isinstance(answers, dict) or not answers:
        return None
    if not isinstance(scale, list) or len(scale) != 2:
        return None
    low, high = finite(scale[0], -GREATEST), finite(scale[1], -GREATEST)
    if low is None or high is None or not low < high:
        return None
    read = {item: finite(answer, low, high) for item, answer in answers.items()}
    return Survey(
        instrument, {item: None if value is None else (value - low) / (high - low) for item, value in read.items()}
    )


def local_offset(instant: str) -> int | None:
    """Minutes by which the learner's clock is ahead of UTC, where the instant tells; UTC itself tells nothing."""
    if len(instant) < 16 or instant[-3] != ":":
        return None
    sign = instant[-6]
    if sign != "+" and sign != "-":
        return None
    hours, minutes = instant[-5:-3], instant[-2:]
    if not (hours.isdecimal() and minutes.isdecimal()):
        return None
    offset = int(hours) * 60 + int(minutes)
    if not offset:
        return None
    return offset if sign == "+" else -offset
