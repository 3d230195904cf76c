"""Features of a history by itself, as the store keeps them event by event."""

from __future__ import annotations

from collections.abc import Iterable

from gradatim.domain import Feature, LearnerEvent
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import Progress
from gradatim.memory.tracing import ConceptParameters, ParameterSource
from gradatim.memory.tracing.estimates import Belief, observed


def features_of(
    events: Iterable[LearnerEvent], now: str, parameters: ParameterSource | None = None
) -> tuple[Feature, ...]:
    """The features of one learner at an instant.

    Args:
        events: All of this learner, in any order; the order of time, then of ids, is what counts.
        now: ISO 8601 instant for which they are told.
        parameters: Of knowledge tracing; one set for all concepts when not given.
    """
    source = ConceptParameters() if parameters is None else parameters
    progress, beliefs = Progress(), dict[str, Belief]()
    last: int | None = None
    for last, event in sorted(((microseconds(event.at), event) for event in events), key=_order):
        before = {
            seen.concept: beliefs[seen.concept].probability for seen in event.observations if seen.concept in beliefs
        }
        progress.advance(event, last, before)
        beliefs.update(observed(event, beliefs, source))
    return progress.features(microseconds(now), last, [belief.probability for belief in beliefs.values()])


def _order(placed: tuple[int, LearnerEvent]) -> tuple[int, str]:
    return placed[0], placed[1].id
