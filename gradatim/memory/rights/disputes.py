"""What agents do not get: numbers that say what a learner disputes."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from gradatim.domain import LearnerEvent, LearnerState, Observation
from gradatim.memory.profile import breadth, depth
from gradatim.memory.rights.labels import Label, labels
from gradatim.memory.tracing import ParameterSource

Action = Literal["dispute", "restore", "set"]


def without_disputed(
    state: LearnerState, events: Iterable[LearnerEvent], parameters: ParameterSource | None = None
) -> LearnerState:
    """The state as agents may use it.

    A concept of which a label is disputed leaves the mastery, breadth and depth with it; attributes that say in numbers
    what a disputed label says become `None`, as if they had not been observed.

    Args:
        events: All events of the learner.
        parameters: Of knowledge tracing, as the memory uses them.
    """
    found = labels(events, state, parameters=parameters)
    return without(state, [label for label in found if label.status == "disputed"])


def without(state: LearnerState, disputed: Collection[Label]) -> LearnerState:
    """The state without what these labels say."""
    if not disputed:
        return state
    concepts = {label.concept for label in disputed if label.concept is not None}
    attributes = {name for label in disputed for name in label.attributes}
    mastery = tuple(item for item in state.mastery if item.concept not in concepts)
    profile = {name: None if name in attributes else value for name, value in state.profile.items()}
    update: dict[str, Any] = {"mastery": mastery, "profile": profile}
    if concepts:
        known = [item.probability for item in mastery]
        update |= {"breadth": breadth(known), "depth": depth(known)}
        profile |= {name: update[name] for name in ("breadth", "depth") if name in profile}
    if (features := getattr(state, "features", None)) is not None:
        update["features"] = tuple(item for item in features if item.name not in attributes)
    return state.model_copy(update=update)


def correction_event(
    learner_id: str,
    label: str,
    action: Action,
    *,
    text: str | None = None,
    value: Any = None,
    at: str | None = None,
) -> LearnerEvent:
    """The event with which a learner disputes a label, restores it, or puts a value of their own in its place.

    Args:
        label: Its key.
        text: The learner's own words.
        value: What the learner says instead, for `set`.
        at: Instant; now when not given.
    """
    payload: dict[str, Any] = {"label": label, "action": action}
    if text is not None:
        payload["text"] = text
    if action == "set":
        payload["value"] = value
    return LearnerEvent(
        id=f"correction:{uuid.uuid4().hex}",
        learner_id=learner_id,
        kind="correction",
        at=at or datetime.now(UTC).isoformat(),
        payload=payload,
    )


def self_assessment_event(
    learner_id: str,
    *,
    can: Collection[str] = (),
    cannot: Collection[str] = (),
    note: str | None = None,
    at: str | None = None,
) -> LearnerEvent:
    """The event with which a learner says what they can and cannot do, or adds a note.

    Args:
        can: Concepts that the learner says they master.
        cannot: Concepts that they say they do not.
        note: The learner's own words.
        at: Instant; now when not given.
    """
    said = [Observation(concept=concept, correct=True) for concept in can]
    said += [Observation(concept=concept, correct=False) for concept in cannot]
    return LearnerEvent(
        id=f"self-assessment:{uuid.uuid4().hex}",
        learner_id=learner_id,
        kind="self_assessment",
        at=at or datetime.now(UTC).isoformat(),
        observations=tuple(said),
        payload={} if note is None else {"text": note},
    )
