"""Estimates that follow from a learner's events: beliefs about concepts, and the progress of the profile.

They are a pure function of the events in order. What a database keeps of them are *snapshots*: the estimates after some
event. Present estimates are those of the newest snapshot with the few events after it (the *tail*) taken in. A late
event makes the snapshots after its place invalid, and an older one is gone on from. Older snapshots are thinned out so
that a learner with n events has a few times log₂(n) of them, and one is found at most twice as far back as was asked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import orjson

from gradatim.domain import LearnerEvent
from gradatim.memory.profile import PROFILE_VERSION, Progress
from gradatim.memory.storage.session import BEFORE_ALL, Body, Key, Snapshot
from gradatim.memory.tracing import ParameterSource
from gradatim.memory.tracing.estimates import Belief, observed

SHORT_TAIL, LONG_TAIL = 256, 1024
"""Events after a snapshot before the next one is taken, for few and for many concepts."""


def derivation_of(parameters: ParameterSource) -> str:
    """Names the formulas and parameters behind estimates; others make them stale."""
    return f"bkt-{parameters.version}/profile-{PROFILE_VERSION}"


@dataclass(slots=True)
class Estimates:
    """What follows from the first so many events of a learner."""

    key: Key = BEFORE_ALL
    """Place of the latest of these events."""
    events: int = 0
    beliefs: dict[str, Belief] = field(default_factory=dict[str, Belief])
    progress: Progress = field(default_factory=Progress)
    snapshot_events: int = 0
    """Events up to the snapshot that these come from."""
    ordinal: int = 0
    """Of that snapshot."""

    @property
    def tail_limit(self) -> int:
        """Events after a snapshot before the next one: it costs the more the more concepts there are."""
        return min(max(SHORT_TAIL, len(self.beliefs)), LONG_TAIL)

    @property
    def due(self) -> bool:
        """Whether another snapshot should be taken."""
        return self.events - self.snapshot_events >= self.tail_limit

    def probability(self, concept: str, parameters: ParameterSource) -> float:
        """Belief about a concept, from the prior where it was never observed."""
        belief = self.beliefs.get(concept)
        return parameters.parameters(concept).prior if belief is None else belief.probability

    def advance(self, event: LearnerEvent, at: int, parameters: ParameterSource) -> None:
        """Take in the next event."""
        beliefs = self.beliefs
        before = {
            seen.concept: beliefs[seen.concept].probability for seen in event.observations if seen.concept in beliefs
        }
        self.progress.advance(event, at, before)
        if event.observations:
            beliefs.update(observed(event, beliefs, parameters))
        self.key = (at, event.id)
        self.events += 1

    def snapshot(self) -> Snapshot:
        """These estimates as they can be stored; the tail begins anew."""
        self.ordinal += 1
        self.snapshot_events = self.events
        plain = {
            "beliefs": {
                concept: (belief.probability, belief.observations, belief.updated_at)
                for concept, belief in self.beliefs.items()
            },
            "progress": self.progress.plain(),
        }
        return Snapshot(self.key, self.ordinal, self.events, orjson.dumps(plain))

    @classmethod
    def restored(cls, snapshot: Snapshot, body: Body) -> Estimates:
        """From a snapshot and its body."""
        plain = orjson.loads(body)
        beliefs = {concept: Belief(*values) for concept, values in plain["beliefs"].items()}
        progress = Progress.restored(plain["progress"])
        return cls(snapshot.key, snapshot.events, beliefs, progress, snapshot.events, snapshot.ordinal)


class Replay:
    """Goes on from some estimates through many events and takes snapshots on the way.

    Args:
        estimates: Changed by it.
        parameters: Of knowledge tracing.
    """

    def __init__(self, estimates: Estimates, parameters: ParameterSource) -> None:
        self.estimates = estimates
        self._parameters = parameters
        self._taken: dict[int, Snapshot] = {}

    def advance(self, event: LearnerEvent, at: int) -> None:
        """Take in the next event."""
        self.estimates.advance(event, at, self._parameters)
        if self.estimates.due:
            taken = self.estimates.snapshot()
            self._taken[taken.ordinal] = taken
            for ordinal in expired(self._taken, taken.ordinal):
                del self._taken[ordinal]

    @property
    def snapshots(self) -> list[Snapshot]:
        """Those to store, oldest first."""
        return list(self._taken.values())


def expired(ordinals: Iterable[int], newest: int) -> Collection[int]:
    """Which snapshots are no longer needed once the newest is taken.

    One with ordinal k stays while it is at most 4·2ᵗ snapshots old, where 2ᵗ is the largest power of two that divides
    k: as in a skip list, the further back, the fewer.
    """
    return [ordinal for ordinal in ordinals if newest - ordinal > 4 * (ordinal & -ordinal)]
