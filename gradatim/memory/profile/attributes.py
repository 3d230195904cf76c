"""The learner profile: named attributes, each following its observations with exponential decay.

An attribute starts as its first observation and then moves by `p ← λ·p + (1 − λ)·observed`. With λ = 0.9 an
observation has lost half its weight after 6.6 newer ones, so an attribute speaks of about the last ten.
An attribute that was never observed is `None`; nothing is filled in. Silence is data only for `engagement`,
where a day without any event counts as 0.

`ATTRIBUTES` says of each attribute what it means, how it is computed and which events it is read from. Two
payload keys are read, and only where they are given with the stated type:

* `passed` (bool), in `submission` and `assessment` events: whether the whole attempt was correct. Without it,
  an attempt is correct when all its observations are; with neither, it has no outcome and is passed over.
* `action` (str), in `interaction` events: what the learner did; `"hint"` asks for help.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from gradatim.domain import LearnerEvent

DECAY = 0.9
"""λ: weight that an attribute keeps at each new observation, and `engagement` at each new day."""
MASTERED = 0.7
"""Mastery above which a concept counts as mastered in `breadth`."""
PROFILE_VERSION = "1"
"""Changes whenever a formula does; stored profiles of another version are computed anew."""

DAY = 86_400_000_000
"""Microseconds."""

Dimension = Literal[
    "cognitive ability",
    "learning style",
    "knowledge mastery",
    "behavioural patterns",
    "affective state",
    "social interaction",
    "temporal dynamics",
    "metacognition",
]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the profile, as it can be explained to the learner."""

    name: str
    dimension: Dimension
    meaning: str
    formula: str
    events: tuple[str, ...]
    """Kinds of events it is read from."""


_ATTEMPTS = ("submission", "assessment")

ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(
        "success_rate",
        "behavioural patterns",
        "Share of recent attempts that were correct, 0 to 1.",
        "decay over attempts with an outcome; observed = 1 if correct, else 0",
        _ATTEMPTS,
    ),
    Attribute(
        "attempts_to_success",
        "behavioural patterns",
        "Attempts that a task took until it was solved, 1 or more.",
        "decay over solved tasks; observed = attempts on the task up to and including the correct one "
        "(a solved task starts afresh)",
        _ATTEMPTS,
    ),
    Attribute(
        "persistence",
        "behavioural patterns",
        "How often a failed attempt is followed by another on the same task, 0 to 1.",
        "decay over attempts that follow a failed one; observed = 1 if on the same task, else 0",
        _ATTEMPTS,
    ),
    Attribute(
        "engagement",
        "behavioural patterns",
        "Share of recent days with any activity, 0 to 1.",
        "decay over the days (UTC) from the first event to today; observed = 1 on a day with an event, else 0",
        ("any",),
    ),
    Attribute(
        "recency_days",
        "temporal dynamics",
        "Days since the last event, 0 or more.",
        "(now − instant of the latest event) / 1 day",
        ("any",),
    ),
    Attribute(
        "breadth",
        "knowledge mastery",
        "Share of the observed concepts that are mastered, 0 to 1.",
        f"|concepts with mastery > {MASTERED}| / |observed concepts|",
        ("any with observations, except self_assessment",),
    ),
    Attribute(
        "depth",
        "knowledge mastery",
        "Mean mastery of the observed concepts, 0 to 1.",
        "Σ mastery / |observed concepts|",
        ("any with observations, except self_assessment",),
    ),
    Attribute(
        "hint_share",
        "metacognition",
        "Share of recent interactions that asked for a hint, 0 to 1.",
        "decay over interactions that name an action; observed = 1 for the action `hint`, else 0",
        ("interaction",),
    ),
    Attribute(
        "review_share",
        "social interaction",
        "Share of a person's reviews among recent assessments and reviews, 0 to 1.",
        "decay over both kinds of events; observed = 1 for a review, 0 for an assessment",
        ("assessment", "review"),
    ),
    Attribute(
        "self_assessment_accuracy",
        "metacognition",
        "How near the learner's own judgement is to the traced mastery, 0 to 1.",
        "decay over judged concepts that were observed before; observed = 1 − |judgement − mastery| with "
        "judgement 1 for `I can` (correct) and 0 for `I cannot`",
        ("self_assessment",),
    ),
)


@dataclass(slots=True)
class Progress:
    """What the profile has to remember between two events of a learner, in the order of time."""

    averages: dict[str, float] = field(default_factory=dict[str, float])
    open_attempts: dict[str, int] = field(default_factory=dict[str, int])
    """Task → attempts since it was last solved."""
    failed_task: str | None = None
    """Task of the latest attempt on a task, when that attempt failed."""
    active_days: float | None = None
    """`engagement` at the end of `last_day`."""
    last_day: int = 0
    """Days since 1970 of the latest event."""

    def advance(self, event: LearnerEvent, at: int, mastery: Mapping[str, float]) -> None:
        """Take in the next event.

        Args:
            event: The event.
            at: Its instant, microseconds since 1970; not before that of the event taken in last.
            mastery: Belief before this event, for those of its concepts that were observed before.
        """
        self._be_active(at // DAY)
        outcome = attempt_outcome(event)
        if outcome is not None:
            self._observe("success_rate", float(outcome))
            if event.task_id is not None:
                self._attempt(event.task_id, outcome)
        if event.kind == "interaction" and isinstance(action := event.payload.get("action"), str):
            self._observe("hint_share", float(action == "hint"))
        elif event.kind in ("assessment", "review"):
            self._observe("review_share", float(event.kind == "review"))
        elif event.kind == "self_assessment":
            for observation in event.observations:
                if (believed := mastery.get(observation.concept)) is not None:
                    accuracy = 1.0 - abs(float(observation.correct) - believed)
                    self._observe("self_assessment_accuracy", accuracy)

    def attributes(self, now: int, last: int | None, mastery: Collection[float]) -> dict[str, float | None]:
        """The profile at an instant.

        Args:
            now: Microseconds since 1970.
            last: Instant of the latest event, or `None` without events.
            mastery: Belief about each observed concept.
        """
        values: dict[str, float | None] = {item.name: self.averages.get(item.name) for item in ATTRIBUTES}
        if self.active_days is not None:
            silent = max(0, now // DAY - self.last_day)
            values["engagement"] = self.active_days * DECAY**silent
        if last is not None:
            values["recency_days"] = max(0, now - last) / DAY
        values["breadth"] = breadth(mastery)
        values["depth"] = depth(mastery)
        return values

    def plain(self) -> dict[str, Any]:
        """As JSON data, for `restored`."""
        return {
            "averages": self.averages,
            "open_attempts": self.open_attempts,
            "failed_task": self.failed_task,
            "active_days": self.active_days,
            "last_day": self.last_day,
        }

    @classmethod
    def restored(cls, plain: dict[str, Any]) -> Progress:
        """From what `plain` gave."""
        return cls(**plain)

    def _observe(self, name: str, observed: float) -> None:
        before = self.averages.get(name)
        self.averages[name] = observed if before is None else DECAY * before + (1.0 - DECAY) * observed

    def _attempt(self, task: str, correct: bool) -> None:
        if self.failed_task is not None:
            self._observe("persistence", float(task == self.failed_task))
        attempts = self.open_attempts.pop(task, 0) + 1
        if correct:
            self._observe("attempts_to_success", float(attempts))
        else:
            self.open_attempts[task] = attempts
        self.failed_task = None if correct else task

    def _be_active(self, day: int) -> None:
        if self.active_days is None:
            self.active_days = 1.0
        elif day > self.last_day:
            self.active_days = DECAY ** (day - self.last_day) * self.active_days + (1.0 - DECAY)
        self.last_day = day


def attempt_outcome(event: LearnerEvent) -> bool | None:
    """Whether an attempt was correct as a whole; `None` for what is no attempt or has no outcome."""
    if event.kind not in _ATTEMPTS:
        return None
    if isinstance(passed := event.payload.get("passed"), bool):
        return passed
    return all(observation.correct for observation in event.observations) if event.observations else None


def breadth(mastery: Collection[float]) -> float | None:
    """Share of the observed concepts with mastery above `MASTERED`."""
    return sum(value > MASTERED for value in mastery) / len(mastery) if mastery else None


def depth(mastery: Collection[float]) -> float | None:
    """Mean mastery of the observed concepts."""
    return min(1.0, sum(mastery) / len(mastery)) if mastery else None
