"""Where a number about a learner comes from: its formula, its observations in order, what each of them changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from gradatim.domain import LearnerEvent
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import ATTRIBUTES, Attribute, Progress
from gradatim.memory.rights.labels import in_order
from gradatim.memory.rights.timeline import Step, steps
from gradatim.memory.tracing import BKTParameters, ConceptParameters, ParameterSource
from gradatim.memory.tracing.estimates import Belief, observed

TRACING = (
    "Bayesian knowledge tracing: after each answer P(L|answer) by Bayes' rule with slip and guess, "
    "then P(L) = P(L|answer)·(1 − forget) + (1 − P(L|answer))·learn"
)
"""The formula of mastery, in words and letters."""


@dataclass(frozen=True, slots=True)
class ConceptExplanation:
    """Where the belief about a concept comes from."""

    concept: str
    name: str
    probability: float
    parameters: BKTParameters
    steps: tuple[Step, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "what": "concept",
            "concept": self.concept,
            "name": self.name,
            "value": self.probability,
            "formula": TRACING,
            "parameters": asdict(self.parameters),
            "steps": [step.plain() for step in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Shift:
    """An event that was an observation of an attribute, or changed it in another way."""

    event: str
    kind: str
    at: str
    before: float | None
    after: float | None
    observations: int
    """Of the attribute so far."""


@dataclass(frozen=True, slots=True)
class AttributeExplanation:
    """Where an attribute of the profile comes from.

    Attributes:
        value: As it is now; an attribute that fades with time differs from what its latest event left.
        shifts: Events that changed it, oldest first.
    """

    attribute: Attribute
    value: float | None
    shifts: tuple[Shift, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON data."""
        about = self.attribute
        return {
            "what": "attribute",
            "attribute": about.name,
            "dimension": about.dimension,
            "meaning": about.meaning,
            "formula": about.formula,
            "events": list(about.events),
            "value": self.value,
            "shifts": [asdict(shift) for shift in self.shifts],
        }


def explain_concept(
    events: Iterable[LearnerEvent], concept: str, name: str, parameters: ParameterSource | None = None
) -> ConceptExplanation:
    """The belief about a concept, from its observations."""
    source: ParameterSource = parameters or ConceptParameters()
    found = tuple(steps(events, concept, source))
    own = source.parameters(concept)
    return ConceptExplanation(concept, name, found[-1].after if found else own.prior, own, found)


def attribute_named(name: str) -> Attribute | None:
    """The attribute of this name; blanks and hyphens count as underscores."""
    wanted = name.strip().lower().replace(" ", "_").replace("-", "_")
    return next((item for item in ATTRIBUTES if item.name == wanted), None)


def explain_attribute(
    events: Iterable[LearnerEvent],
    attribute: Attribute,
    value: float | None,
    parameters: ParameterSource | None = None,
) -> AttributeExplanation:
    """An attribute of the profile, from the events that changed it.

    Args:
        value: What the memory holds now.
    """
    source: ParameterSource = parameters or ConceptParameters()
    progress, beliefs = Progress(), dict[str, Belief]()
    before: float | None = None
    counted = 0
    shifts: list[Shift] = []
    for event in in_order(events):
        at = microseconds(event.at)
        progress.advance(event, at, {concept: belief.probability for concept, belief in beliefs.items()})
        beliefs.update(observed(event, beliefs, source))
        mastery = [belief.probability for belief in beliefs.values()]
        found = next(item for item in progress.features(at, at, mastery) if item.name == attribute.name)
        if (found.value, found.observations) != (before, counted):
            shifts.append(Shift(event.id, event.kind, event.at, before, found.value, found.observations))
        before, counted = found.value, found.observations
    return AttributeExplanation(attribute, value, tuple(shifts))
