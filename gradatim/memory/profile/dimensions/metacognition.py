"""Metacognition: how well learners judge themselves, and what they do when something fails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

from gradatim.memory.profile.attribute import ATTEMPTS, MEAN, SHARE, Attribute
from gradatim.memory.profile.averages import (
    Average,
    Measured,
    Shares,
    as_mean,
    as_share,
    average,
    kind_as_share,
    observe,
)
from gradatim.memory.profile.dimensions.packing import Accumulators

HELP = frozenset({"hint", "help", "open", "read", "watch", "example", "message"})
"""Actions that seek help after a failure."""

ATTRIBUTES = (
    Attribute(
        "hint_share",
        "metacognition",
        "Share of recent interactions that asked for a hint, 0 to 1.",
        "decay over interactions that name an action; observed = 1 for the action `hint`, else 0",
        ("interaction",),
        SHARE,
    ),
    Attribute(
        "self_assessment_accuracy",
        "metacognition",
        "How near the learner's own judgement is to the traced mastery, 0 to 1.",
        "decay over judged concepts that were observed before; observed = 1 − |judgement − mastery| with "
        "judgement 1 for `I can` (correct) and 0 for `I cannot`",
        ("self_assessment",),
        SHARE,
    ),
    Attribute(
        "confidence_calibration",
        "metacognition",
        "How well the stated confidence agrees with the outcomes, 0 to 1.",
        "decay over attempts with confidence and outcome; observed = 1 − (`confidence` − outcome)² (Brier, 1950)",
        ATTEMPTS,
        SHARE,
    ),
    Attribute(
        "overconfidence",
        "metacognition",
        "How much more sure than right the learner is, −1 to 1; below 0: less sure than right.",
        "decay over attempts with confidence and outcome; observed = `confidence` − outcome",
        ATTEMPTS,
        MEAN,
        low=-1.0,
    ),
    Attribute(
        "help_seeking",
        "metacognition",
        "How often help is sought between a failed attempt and the next one, 0 to 1.",
        "decay over attempts that follow a failed one; observed = 1 if an interaction between them asked for or opened "
        "something, else 0 (absence counts as 0)",
        (*ATTEMPTS, "interaction"),
        SHARE,
    ),
    Attribute(
        "strategy_change",
        "metacognition",
        "How often a failed task is tried in another way, 0 to 1.",
        "decay over attempts at the task that failed last; observed = 1 if solved, if help was sought in between or if "
        "the faults are others (`misconceptions`, else `error_category`), 0 if the faults are the same; passed over "
        "where faults are unknown",
        (*ATTEMPTS, "interaction"),
        SHARE,
    ),
)


def faults(payload: dict[str, Any]) -> list[str]:
    """What was wrong with an attempt: its misconceptions, else its error category; sorted."""
    listed: Any = payload.get("misconceptions")
    if isinstance(listed, list) and listed:
        return sorted({item for item in cast("list[Any]", listed) if isinstance(item, str)})
    category = payload.get("error_category")
    return [category] if isinstance(category, str) else []


@dataclass(slots=True)
class Metacognition(Accumulators):
    """What metacognition is computed from."""

    accuracy: Average = field(default_factory=average)
    calibration: Average = field(default_factory=average)
    over: Average = field(default_factory=average)
    help: Average = field(default_factory=average)
    change: Average = field(default_factory=average)
    helped: bool = False
    """Whether help was sought since the latest attempt."""
    faults: list[str] = field(default_factory=list[str])
    """Of the latest attempt, when it failed."""

    def sure(self, confidence: float, correct: bool) -> None:
        """An attempt with a stated confidence."""
        over = confidence - correct
        observe(self.calibration, 1.0 - over * over)
        observe(self.over, over)

    def attempt(self, payload: dict[str, Any], correct: bool, *, failed: bool, same: bool) -> None:
        """An attempt with an outcome.

        Args:
            payload: Of its event.
            correct: Its outcome.
            failed: Whether the attempt before failed.
            same: Whether that was at the same task.
        """
        after = [] if correct else faults(payload)
        if failed:
            observe(self.help, float(self.helped))
            if same:
                if correct or self.helped:
                    observe(self.change, 1.0)
                elif self.faults and after:
                    observe(self.change, float(after != self.faults))
        self.helped = False
        self.faults = after

    def measured(self, actions: Shares, seen: int) -> dict[str, Measured]:
        return {
            "hint_share": kind_as_share(actions, "hint", seen),
            "self_assessment_accuracy": as_share(self.accuracy),
            "confidence_calibration": as_share(self.calibration),
            "overconfidence": as_mean(self.over),
            "help_seeking": as_share(self.help),
            "strategy_change": as_share(self.change),
        }
