"""Consent per purpose: a learner's data serve a purpose only while the learner agrees to it.

Three purposes are told apart. **personalisation**: an assessment uses what is remembered about the learner and adds to
it. **improvement**: what reviewers decided about the learner's feedback is learnt from (preferences, calibration,
thresholds). **research**: the learner's answers enter tables and models of many learners.

A `consent` event holds the purpose and whether consent is given; the latest decides. Before the first, a purpose holds
only where the setting `assumed_consent` says so.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, get_args

from gradatim.domain import EventKind, LearnerEvent
from gradatim.errors import InputError, StorageError
from gradatim.memory.inputs import microseconds
from gradatim.memory.protocol import LearnerMemory, LearnerSummary

Purpose = Literal["personalisation", "improvement", "research"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
USES: dict[Purpose, str] = {
    "personalisation": "assessments use what is remembered about the learner, and add to it",
    "improvement": "reviewers' decisions about the learner's feedback are learnt from",
    "research": "the learner's answers enter tables and models of many learners",
}
"""What each purpose allows."""


class NoConsent(StorageError):
    """The memory may not be used for this learner and purpose."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether a learner agrees to a purpose.

    Attributes:
        at: Instant of the event that decides; `None` where the learner never said anything.
        event: Its id.
    """

    purpose: Purpose
    given: bool
    at: str | None = None
    event: str | None = None

    @property
    def assumed(self) -> bool:
        """Whether this is the setting's answer and not the learner's."""
        return self.event is None

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "purpose": self.purpose,
            "given": self.given,
            "assumed": self.assumed,
            "at": self.at,
            "event": self.event,
            "allows": USES[self.purpose],
        }


def checked_purpose(value: str) -> Purpose:
    """Return `value` if it is a purpose.

    Raises:
        InputError: It is none.
    """
    if value not in PURPOSES:
        raise InputError(f"{value!r} is no purpose", place="purpose", remedy=f"name one of {', '.join(PURPOSES)}")
    return value


def consents(events: Iterable[LearnerEvent], assumed: Collection[str]) -> dict[Purpose, Consent]:
    """What a learner agrees to, by purpose.

    Args:
        events: The learner's events in any order; only those of kind `consent` with a known purpose and a plain yes
            or no are read. Of two, the later decides; of two at one instant, that with the larger id.
        assumed: Purposes that hold before the learner says anything.
    """
    latest: dict[Purpose, tuple[tuple[int, str], LearnerEvent]] = {}
    for event in events:
        purpose, given = event.payload.get("purpose"), event.payload.get("given")
        if event.kind != "consent" or purpose not in PURPOSES or not isinstance(given, bool):
            continue
        order = (microseconds(event.at), event.id)
        if purpose not in latest or order > latest[purpose][0]:
            latest[purpose] = (order, event)
    found: dict[Purpose, Consent] = {}
    for purpose in PURPOSES:
        if purpose in latest:
            event = latest[purpose][1]
            found[purpose] = Consent(purpose, bool(event.payload["given"]), event.at, event.id)
        else:
            found[purpose] = Consent(purpose, purpose in assumed)
    return found


async def consents_of(memory: LearnerMemory, learner_id: str, assumed: Collection[str]) -> dict[Purpose, Consent]:
    """What a learner agrees to now."""
    return consents(await memory.events(learner_id, kind="consent"), assumed)


async def allowed(memory: LearnerMemory, learner_id: str, purpose: Purpose, assumed: Collection[str]) -> bool:
    """Whether a learner's data may serve a purpose now."""
    return (await consents_of(memory, learner_id, assumed))[purpose].given


async def require(memory: LearnerMemory, learner_id: str, purpose: Purpose, assumed: Collection[str]) -> None:
    """Go on only with consent.

    Raises:
        NoConsent: The learner does not agree to this purpose.
    """
    if not await allowed(memory, learner_id, purpose, assumed):
        raise NoConsent(
            f"the learner has not consented to {purpose}",
            place="consent",
            remedy=f"only the learner can give it: `gradatim learner consent ID --give {purpose}`",
        )


class ConsentSource(Protocol):
    """What tells everybody's consents: a learner memory or an event log."""

    async def learners(self) -> list[LearnerSummary]:
        """All learners with events."""
        ...

    async def of_kind(self, kind: EventKind) -> tuple[LearnerEvent, ...]:
        """The events of one kind of all learners."""
        ...


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agrees to a purpose: `learner_id in agreement`, also of learners without a single event.

    Attributes:
        said: What learners said themselves.
        otherwise: What holds for all others.
    """

    purpose: Purpose
    said: Mapping[str, bool]
    otherwise: bool

    def __contains__(self, learner_id: object) -> bool:
        return self.said.get(learner_id, self.otherwise) if isinstance(learner_id, str) else False


async def agreement(memory: ConsentSource, purpose: Purpose, assumed: Collection[str]) -> Agreement:
    """Who agrees to a purpose; one question to the memory, however many learners there are."""
    events: dict[str, list[LearnerEvent]] = {}
    for event in await memory.of_kind("consent"):
        events.setdefault(event.learner_id, []).append(event)
    found = {learner: consents(said, assumed)[purpose].given for learner, said in events.items()}
    return Agreement(purpose, found, purpose in assumed)


async def consenting(memory: ConsentSource, purpose: Purpose, assumed: Collection[str]) -> frozenset[str]:
    """Ids of all remembered learners whose data may serve a purpose."""
    agreed = await agreement(memory, purpose, assumed)
    return frozenset(learner.learner_id for learner in await memory.learners() if learner.learner_id in agreed)


def consent_event(
    learner_id: str, purpose: Purpose, given: bool, *, at: str | None = None, text: str | None = None
) -> LearnerEvent:
    """The event with which a learner gives or withdraws consent.

    Args:
        at: Instant; now when not given.
        text: The learner's own words.
    """
    instant = at or datetime.now(UTC).isoformat()
    payload: dict[str, Any] = {"purpose": purpose, "given": given}
    if text is not None:
        payload["text"] = text
    return LearnerEvent(
        id=f"consent:{uuid.uuid4().hex}", learner_id=learner_id, kind="consent", at=instant, payload=payload
    )
