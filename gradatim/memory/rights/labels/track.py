"""The life of one label: it begins to hold, falls away, is disputed, is restored or established again.

A label begins to hold at `enter` and falls away only below `leave`, so that one observation more or less does not make
it come and go. A dispute sets it aside at once; from then on only what happens after the dispute counts, and it has to
be twice as much and surer than usual (`STRONG`) before the label is used again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from gradatim.domain import LearnerEvent
from gradatim.memory.rights.labels.gauges import Gauge, MakeGauge
from gradatim.memory.rights.labels.label import Label, Status

ENTER = 0.9
LEAVE = 0.5
STRONG = 0.95
"""Certainty, from observations after a dispute alone, that establishes a disputed label again."""
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Rule:
    """What a label says and when it holds.

    Attributes:
        minimum: Observations before anything is said.
        asks: What the certainty is of, in words.
    """

    key: str
    statement: str
    asks: str
    gauge: MakeGauge
    minimum: int
    leave: float = LEAVE
    concept: str | None = None
    attributes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """When it begins and ends to hold."""
        return (
            f"holds from {ENTER:.0%} certainty that {self.asks}, after at least {self.minimum} observations; "
            f"falls away below {self.leave:.0%}"
        )


@dataclass(slots=True)
class _Dispute:
    at: str
    words: str | None
    value: Any
    fresh: Gauge


@dataclass(slots=True)
class Track:
    """One label through a learner's events, in the order of time."""

    rule: Rule
    gauge: Gauge = field(init=False)
    holds: bool = False
    since: str | None = None
    until: str | None = None
    note: str = ""
    dispute: _Dispute | None = None
    _for: deque[str] = field(default_factory=lambda: deque[str](maxlen=_SHOWN))
    _against: deque[str] = field(default_factory=lambda: deque[str](maxlen=_SHOWN))
    _run: int = 0
    """Contrary observations since the label began to hold."""

    def __post_init__(self) -> None:
        self.gauge = self.rule.gauge()

    def observe(self, seen: tuple[bool, ...], event: LearnerEvent) -> None:
        """Take in an observation that an event gave."""
        speaks_for = self.gauge.add(seen)
        (self._for if speaks_for else self._against).append(event.id)
        self._run += not speaks_for
        if self.dispute is not None:
            self.dispute.fresh.add(seen)
            self._judge_again(event)
        self._judge(event)

    def set_aside(self, event: LearnerEvent, words: str | None, value: Any) -> None:
        """The learner disputes the label."""
        self.dispute = _Dispute(event.at, words, value, self.rule.gauge())

    def restore(self) -> None:
        """The learner takes the dispute back: all observations count again."""
        self.dispute = None

    def label(self) -> Label | None:
        """The label now; `None` where there is nothing to tell."""
        dispute = self.dispute
        if dispute is not None:
            status: Status = "disputed"
            until, reason = dispute.at, f"you disputed it on {dispute.at}; no agent uses it, and {self._needs()}"
        elif self.holds:
            status, until = "holds", None
            reason = self.note or f"{len(self._for)} of the latest observations speak for it"
        elif self.since is not None:
            status, until, reason = "dropped", self.until, self.note
        else:
            return None
        return Label(
            key=self.rule.key,
            statement=self.rule.statement,
            rule=self.rule.text,
            status=status,
            confidence=self.gauge.certainty,
            observations=self.gauge.enough,
            since=self.since,
            until=until,
            reason=reason,
            evidence=tuple(self._for),
            contrary=tuple(self._against),
            concept=self.rule.concept,
            attributes=self.rule.attributes,
            words=dispute.words if dispute else None,
            value=dispute.value if dispute else None,
        )

    def _judge(self, event: LearnerEvent) -> None:
        if not self.holds and self.gauge.enough < self.rule.minimum:
            return
        certainty = self.gauge.certainty
        if not self.holds and certainty >= ENTER:
            self.holds, self.since, self.until, self.note, self._run = True, event.at, None, "", 0
        elif self.holds and certainty < self.rule.leave:
            self.holds, self.until = False, event.at
            self.note = (
                f"fell away on {event.at}: since it began to hold, {self._run} observations spoke against it, "
                f"the last of them {event.id}; certainty is now {certainty:.0%}"
            )

    def _judge_again(self, event: LearnerEvent) -> None:
        """Whether what happened after the dispute is enough to use the label again."""
        dispute = self.dispute
        assert dispute is not None
        fresh = dispute.fresh
        if fresh.enough >= 2 * self.rule.minimum and fresh.certainty >= STRONG:
            self.dispute, self.holds, self.since, self.until, self._run = None, True, event.at, None, 0
            self.note = (
                f"you disputed it on {dispute.at}; {fresh.enough} observations after that establish it again, "
                f"with certainty {fresh.certainty:.0%}"
            )

    def _needs(self) -> str:
        assert self.dispute is not None
        missing = max(0, 2 * self.rule.minimum - self.dispute.fresh.enough)
        more = f"at least {missing} more observations" if missing else "further observations"
        return f"it takes {more} and certainty {STRONG:.0%} from what happens after that to bring it back"
