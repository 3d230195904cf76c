"""A learner's history: each event with what it changed in the beliefs about their mastery."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gradatim.domain import LearnerEvent, MasteryChange
from gradatim.memory.rights.labels import in_order
from gradatim.memory.tracing import ConceptParameters, ParameterSource
from gradatim.memory.tracing.bkt import posterior, predict_correct
from gradatim.memory.tracing.estimates import Belief, evidence, observed, unobserved


@dataclass(frozen=True, slots=True)
class Moment:
    """One event and what it changed."""

    event: LearnerEvent
    changes: tuple[MasteryChange, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {"event": self.event.plain(), "changes": [change.plain() for change in self.changes]}


@dataclass(frozen=True, slots=True)
class Step:
    """One observation of a concept and what it did to the belief.

    Attributes:
        before: P(L) before it.
        expected: Probability that it would be correct.
        seen: P(L) given the observation, by Bayes' rule.
        after: The same after the chance to learn or forget.
    """

    event: str
    kind: str
    at: str
    correct: bool
    before: float
    expected: float
    seen: float
    after: float

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {name: getattr(self, name) for name in self.__slots__}


def timeline(events: Iterable[LearnerEvent], parameters: ParameterSource | None = None) -> Iterator[Moment]:
    """The events in the order of time, each with the changes at its place in that order.

    Args:
        events: All events of the learner, in any order.
        parameters: Of knowledge tracing, as the memory uses them.
    """
    source: ParameterSource = parameters or ConceptParameters()
    beliefs: dict[str, Belief] = {}
    for event in in_order(events):
        after = observed(event, beliefs, source)
        yield Moment(
            event,
            tuple(
                MasteryChange(
                    concept=concept,
                    before=(beliefs.get(concept) or unobserved(source.parameters(concept))).probability,
                    after=belief.probability,
                )
                for concept, belief in after.items()
            ),
        )
        beliefs.update(after)


def steps(events: Iterable[LearnerEvent], concept: str, parameters: ParameterSource | None = None) -> list[Step]:
    """The observations of one concept in the order of time, each with the belief before and after."""
    source: ParameterSource = parameters or ConceptParameters()
    own = source.parameters(concept)
    belief = unobserved(own)
    found: list[Step] = []
    for event in in_order(events):
        for seen in evidence(event):
            if seen.concept != concept:
                continue
            single = event.model_copy(update={"observations": (seen,)})
            after = observed(single, {concept: belief}, source)[concept]
            found.append(
                Step(
                    event.id,
                    event.kind,
                    event.at,
                    seen.correct,
                    belief.probability,
                    predict_correct(belief.probability, own),
                    posterior(belief.probability, seen.correct, own),
                    after.probability,
                )
            )
            belief = after
    return found
