"""A label: a short statement about a learner's observed work, with the rule and the events it rests on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Status = Literal["holds", "dropped", "disputed"]


@dataclass(frozen=True, slots=True)
class Label:
    """One statement, as the learner sees it.

    Attributes:
        key: Names it: `masters:loops`, `asks-for-hints`.
        statement: In words, about what was observed and never about the person.
        rule: When it begins and ends to hold.
        status: `holds`; `dropped`: it held and later work contradicts it; `disputed`: the learner says that it is
            wrong, and no agent uses it.
        confidence: Probability that what the rule asks for is so, in [0, 1].
        observations: How many observations bear on it.
        since: Instant of the observation from which it holds, or last held; `None` where it never did.
        until: Instant at which it fell away or was disputed.
        reason: Why it has this status.
        evidence: Ids of the latest events that speak for it.
        contrary: Ids of the latest events that speak against it.
        concept: The concept that it is about.
        attributes: Attributes of the profile that say the same in numbers.
        words: What the learner said about it.
        value: What the learner put in its place.
    """

    key: str
    statement: str
    rule: str
    status: Status
    confidence: float
    observations: int
    since: str | None
    until: str | None
    reason: str
    evidence: tuple[str, ...] = ()
    contrary: tuple[str, ...] = ()
    concept: str | None = None
    attributes: tuple[str, ...] = ()
    words: str | None = None
    value: Any = None

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {**asdict(self), **{name: list(getattr(self, name)) for name in ("evidence", "contrary", "attributes")}}
