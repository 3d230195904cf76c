"""Affective state: hesitation, revisions and what learners say of themselves. Nothing biometric, ever."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradatim.memory.profile.attribute import ATTEMPTS, MEAN, SHARE, Attribute
from gradatim.memory.profile.averages import Average, Measured, as_mean, as_share, average
from gradatim.memory.profile.dimensions.cognitive import tested
from gradatim.memory.profile.dimensions.packing import Accumulators

INSTRUMENT = "affect"

ATTRIBUTES = (
    Attribute(
        "hesitation",
        "affective state",
        "Pauses in an attempt, 0 or more.",
        "decay over attempts that tell it; observed = `pauses`",
        ATTEMPTS,
        MEAN,
        high=None,
    ),
    Attribute(
        "revision_frequency",
        "affective state",
        "Revisions before an attempt is handed in, 0 or more.",
        "decay over attempts that tell it; observed = `edits`",
        ATTEMPTS,
        MEAN,
        high=None,
    ),
    Attribute(
        "confidence",
        "affective state",
        "How sure the learner says to be of an attempt, 0 to 1.",
        "decay over attempts that tell it; observed = `confidence`",
        ATTEMPTS,
        SHARE,
    ),
    Attribute(
        "self_reported_affect",
        "affective state",
        "How the learner says to feel, 0 (low end of the scale) to 1 (high end).",
        f"decay over complete surveys of the instrument `{INSTRUMENT}`; observed = mean of the answers",
        ("survey",),
        "as of the tests of cognitive ability",
    ),
)


@dataclass(slots=True)
class Affect(Accumulators):
    """What affective state is computed from."""

    pauses: Average = field(default_factory=average)
    edits: Average = field(default_factory=average)
    confidence: Average = field(default_factory=average)
    said: Average = field(default_factory=average)
    said_within: Average = field(default_factory=average)

    def measured(self) -> dict[str, Measured]:
        return {
            "hesitation": as_mean(self.pauses),
            "revision_frequency": as_mean(self.edits),
            "confidence": as_share(self.confidence),
            "self_reported_affect": tested(self.said, self.said_within),
        }
