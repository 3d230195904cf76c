"""What the profile remembers of a learner between two events: events in, attributes and features out.

The state has a bounded size however many events were taken in, and every event costs the same few microseconds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from gradatim.domain import Feature, LearnerEvent
from gradatim.memory.profile.attribute import DAY
from gradatim.memory.profile.attributes import ATTRIBUTES
from gradatim.memory.profile.averages import NOTHING, TODAY, Measured, Shares, observe, observe_kind
from gradatim.memory.profile.dimensions.affect import INSTRUMENT as AFFECT
from gradatim.memory.profile.dimensions.affect import Affect
from gradatim.memory.profile.dimensions.behaviour import IDLE_GAP, OPEN_TASKS, Behaviour
from gradatim.memory.profile.dimensions.cognitive import Cognitive, take_test
from gradatim.memory.profile.dimensions.knowledge import Knowledge
from gradatim.memory.profile.dimensions.metacognition import HELP, Metacognition
from gradatim.memory.profile.dimensions.social import ACTIONS, Social
from gradatim.memory.profile.dimensions.style import INSTRUMENT as STYLE
from gradatim.memory.profile.dimensions.style import Style, style_of
from gradatim.memory.profile.dimensions.temporal import Temporal
from gradatim.memory.profile.reading import IDLE_SECONDS, SESSION_GAP, attempt_outcome, local_offset, number, survey_of

_LONGEST_NAME = 200
"""Characters of a resource's name that tell it from others."""


@dataclass(slots=True)
class Progress:
    """What the profile has to remember between two events of a learner, in the order of time."""

    last: int | None = None
    """Instant of the latest event, microseconds since 1970."""
    began: int = 0
    """Instant at which its session began."""
    open_attempts: dict[str, int] = field(default_factory=dict[str, int])
    """Task → attempts since it was last solved; the task tried latest is the last."""
    failed_task: str | None = None
    """Task of the latest attempt on a task, when that attempt failed."""
    actions: Shares = field(default_factory=Shares)
    """Of interactions that name an action."""
    acted: int = 0
    """How many there were."""
    cognitive: Cognitive = field(default_factory=Cognitive)
    style: Style = field(default_factory=Style)
    knowledge: Knowledge = field(default_factory=Knowledge)
    behaviour: Behaviour = field(default_factory=Behaviour)
    affect: Affect = field(default_factory=Affect)
    social: Social = field(default_factory=Social)
    temporal: Temporal = field(default_factory=Temporal)
    metacognition: Metacognition = field(default_factory=Metacognition)

    def advance(self, event: LearnerEvent, at: int, mastery: Mapping[str, float]) -> None:
        """Take in the next event.

        Args:
            event: The event.
            at: Its instant, microseconds since 1970; not before that of the event taken in last.
            mastery: Belief before this event, for those of its concepts that were observed before.
        """
        gap = self._tick(event.at, at)
        kind = event.kind
        if kind == "submission" or kind == "assessment":
            if kind == "assessment":
                observe(self.social.reviews, 0.0)
            self.knowledge.observations += len(event.observations)
            self._attempt(event, at, gap)
        elif kind == "interaction":
            self._interaction(event.payload)
        elif kind == "self_assessment":
            for observation in event.observations:
                if (believed := mastery.get(observation.concept)) is not None:
                    accuracy = 1.0 - abs(float(observation.correct) - believed)
                    observe(self.metacognition.accuracy, accuracy)
        elif kind == "survey":
            self._survey(event)
        else:
            self.knowledge.observations += len(event.observations)
            if kind == "review":
                observe(self.social.reviews, 1.0)

    def attributes(self, now: int, last: int | None, mastery: Collection[float]) -> dict[str, float | None]:
        """The profile at an instant.

        Args:
            now: Microseconds since 1970.
            last: Instant of the latest event, or `None` without events.
            mastery: Belief about each observed concept.
        """
        found = self.measured(now, last, mastery)
        return {item.name: found.get(item.name, NOTHING).value for item in ATTRIBUTES}

    def features(self, now: int, last: int | None, mastery: Collection[float]) -> tuple[Feature, ...]:
        """The profile at an instant with what is known of each attribute: its error, its observations, its formula.

        Args:
            now: Microseconds since 1970.
            last: Instant of the latest event, or `None` without events.
            mastery: Belief about each observed concept.
        """
        found = self.measured(now, last, mastery)
        features: list[Feature] = []
        for item in ATTRIBUTES:
            value, error, observations = found.get(item.name, NOTHING)
            features.append(
                Feature(
                    name=item.name,
                    dimension=item.dimension,
                    value=value,
                    error=None if value is None else error,
                    observations=0 if value is None else observations,
                    why=item.formula if value is not None else f"not observed; from {', '.join(item.events)} events",
                )
            )
        return tuple(features)

    def measured(self, now: int, last: int | None, mastery: Collection[float]) -> dict[str, Measured]:
        """Attributes by name, as `features` gives them; one that is absent was not observed."""
        return {
            **self.cognitive.measured(),
            **self.style.measured(),
            **self.knowledge.measured(mastery),
            **self.behaviour.measured(now, last, self.began),
            **self.affect.measured(),
            **self.social.measured(self.actions, self.acted),
            **self.temporal.measured(now, last),
            **self.metacognition.measured(self.actions, self.acted),
        }

    def plain(self) -> dict[str, Any]:
        """As JSON data, for `restored`; the parts of it are not copied, so write it out before the next event."""
        return {
            "last": self.last,
            "began": self.began,
            # Pairs, since their order matters and that of the keys of an object does not survive everywhere.
            "open_attempts": list(self.open_attempts.items()),
            "failed_task": self.failed_task,
            "actions": self.actions,
            "acted": self.acted,
            "cognitive": self.cognitive.plain(),
            "style": self.style.plain(),
            "knowledge": self.knowledge.plain(),
            "behaviour": self.behaviour.plain(),
            "affect": self.affect.plain(),
            "social": self.social.plain(),
            "temporal": self.temporal.plain(),
            "metacognition": self.metacognition.plain(),
        }

    @classmethod
    def restored(cls, plain: dict[str, Any]) -> Progress:
        """From what `plain` gave, whose parts it takes over."""
        return cls(
            last=plain["last"],
            began=plain["began"],
            open_attempts=dict(plain["open_attempts"]),
            failed_task=plain["failed_task"],
            actions=plain["actions"],
            acted=plain["acted"],
            cognitive=Cognitive.restored(plain["cognitive"]),
            style=Style.restored(plain["style"]),
            knowledge=Knowledge.restored(plain["knowledge"]),
            behaviour=Behaviour.restored(plain["behaviour"]),
            affect=Affect.restored(plain["affect"]),
            social=Social.restored(plain["social"]),
            temporal=Temporal.restored(plain["temporal"]),
            metacognition=Metacognition.restored(plain["metacognition"]),
        )

    def _tick(self, instant: str, at: int) -> int:
        """Sessions and days, before the event itself; how much of the time before it counted as on task."""
        behaviour, last, counted = self.behaviour, self.last, 0
        if instant[-1] != "Z" and instant[-6:] != "+00:00" and (offset := local_offset(instant)) is not None:
            self.temporal.offset = offset
        if last is None:
            self.began = at
            self.temporal.begin(at, None)
            behaviour.active[TODAY] = 1.0
        else:
            gap = at - last
            days = at // DAY - last // DAY
            if gap > SESSION_GAP:
                behaviour.end_session(last - self.began)
                self.temporal.begin(at, self.began)
                self.began = at
                if days > 0:
                    behaviour.turn_day(days)
            else:
                if days > 0:
                    behaviour.turn_day(days)
                counted = min(gap, IDLE_GAP)
                behaviour.work(counted)
        behaviour.events[TODAY] += 1.0
        self.last = at
        return counted

    def _attempt(self, event: LearnerEvent, at: int, gap: int) -> None:
        payload, outcome = event.payload, attempt_outcome(event)
        if "seconds" in payload and (seconds := number(payload, "seconds")) is not None:
            self.cognitive.attempt(seconds)
            if (more := int(min(seconds, IDLE_SECONDS) * 1e6) - gap) > 0:
                self.behaviour.work(more)
        if "pauses" in payload and (pauses := number(payload, "pauses")) is not None:
            observe(self.affect.pauses, pauses)
        if "edits" in payload and (edits := number(payload, "edits")) is not None:
            observe(self.affect.edits, edits)
        if "confidence" in payload and (confidence := number(payload, "confidence", 0.0, 1.0)) is not None:
            observe(self.affect.confidence, confidence)
            if outcome is not None:
                self.metacognition.sure(confidence, outcome)
        share = self.knowledge.attempt(event)
        if share is not None:
            observe(self.behaviour.completion, share)
        if outcome is None:
            return
        observe(self.behaviour.success, float(outcome))
        self.temporal.attempt(at, outcome)
        if event.task_id is not None:
            self._try(event.task_id, payload, outcome, share is not None)

    def _try(self, task: str, payload: dict[str, Any], correct: bool, told: bool) -> None:
        """An attempt on a task with an outcome; `told`: and with how many of its items are done."""
        behaviour, failed, tasks = self.behaviour, self.failed_task, self.open_attempts
        same = task == failed
        if failed is not None:
            observe(behaviour.persistence, float(same))
            if not same and not behaviour.failed_told:
                observe(behaviour.completion, 0.0)
        self.metacognition.attempt(payload, correct, failed=failed is not None, same=same)
        attempts = tasks.pop(task, 0) + 1
        if correct:
            observe(behaviour.tries, float(attempts))
            if not told:
                observe(behaviour.completion, 1.0)
            self.failed_task = None
        else:
            tasks[task] = attempts
            if len(tasks) > OPEN_TASKS:
                del tasks[next(iter(tasks))]
            behaviour.failed_told = told
            self.failed_task = task

    def _interaction(self, payload: dict[str, Any]) -> None:
        action, resource = payload.get("action"), payload.get("resource")
        if isinstance(resource, str):
            self.behaviour.open(resource[:_LONGEST_NAME])
        if not isinstance(action, str):
            return
        self.acted += 1
        if action in ACTIONS:
            observe_kind(self.actions, action, self.acted)
        self.social.interaction(action)
        style = style_of(action, resource)
        if style is not None:
            self.style.interaction(style)
        if action in HELP:
            self.metacognition.helped = True
        elif action == "practice":
            self.behaviour.practice[TODAY] = 1.0

    def _survey(self, event: LearnerEvent) -> None:
        survey = survey_of(event)
        if survey is None:
            return
        if survey.instrument == STYLE:
            self.style.survey(survey)
        elif survey.instrument == AFFECT:
            take_test(self.affect.said, self.affect.said_within, survey)
        else:
            self.cognitive.survey(survey)
