"""Cognitive ability: standard tests as questionnaires, and how long answers take."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from gradatim.memory.profile.attribute import ATTEMPTS, Attribute
from gradatim.memory.profile.averages import Average, Measured, as_mean, average, effective_size, observe
from gradatim.memory.profile.dimensions.packing import Accumulators
from gradatim.memory.profile.reading import IDLE_SECONDS, Survey

_TESTS = (
    ("working-memory", "working_memory", "working memory"),
    ("processing-speed", "processing_speed", "processing speed"),
    ("reasoning", "reasoning", "reasoning"),
)
INSTRUMENTS = {instrument: name for instrument, name, _ in _TESTS}
"""Instrument of a survey → attribute."""
_TEST = "the larger of the spread between tests and the mean of (variance of the items / items), as of a decayed mean"

ATTRIBUTES = (
    *(
        Attribute(
            name,
            "cognitive ability",
            f"Score in tests of {label}, 0 to 1 of the scale.",
            f"decay over complete surveys of the instrument `{instrument}`; observed = mean of the answers, "
            "(answer − low) / (high − low)",
            ("survey",),
            _TEST,
        )
        for instrument, name, label in _TESTS
    ),
    Attribute(
        "response_latency",
        "cognitive ability",
        "Typical time that an attempt takes, seconds.",
        f"exp of the decayed mean of ln(`seconds`) over attempts; more than {IDLE_SECONDS:.0f} s count as so many",
        ATTEMPTS,
        "value · standard error of the mean logarithm (delta method)",
        high=IDLE_SECONDS,
    ),
    Attribute(
        "latency_spread",
        "cognitive ability",
        "How much the times of attempts vary; about the share of the typical time by which they differ from it.",
        "weighted standard deviation of ln(`seconds`)",
        ATTEMPTS,
        "value / √(2 · (effective number of observations − 1))",
        high=None,
    ),
)
LEAST_SECONDS = 0.001
"""A shorter time counts as this, so that its logarithm is finite."""


def take_test(score: Average, within: Average, survey: Survey) -> None:
    """Take in a survey; an incomplete one leaves (it can be imputed only beside those of other learners).

    Args:
        score: Of the complete surveys.
        within: Mean of (variance of the items / items): how sure a single survey's score is.
        survey: The survey.
    """
    answers = [answer for answer in survey.answers.values() if answer is not None]
    if len(answers) < len(survey.answers):
        return
    mean = math.fsum(answers) / len(answers)
    observe(score, mean)
    if len(answers) > 1:
        variance = math.fsum((answer - mean) ** 2 for answer in answers) / (len(answers) - 1)
        observe(within, variance / len(answers))


def tested(score: Average, within: Average) -> Measured:
    """The score of the surveys so far."""
    value, error, count = as_mean(score)
    if within[2]:
        error = max(error or 0.0, math.sqrt(within[0] / effective_size(count)))
    return Measured(value, error, count)


@dataclass(slots=True)
class Cognitive(Accumulators):
    """What cognitive ability is computed from."""

    working_memory: Average = field(default_factory=average)
    working_memory_within: Average = field(default_factory=average)
    processing_speed: Average = field(default_factory=average)
    processing_speed_within: Average = field(default_factory=average)
    reasoning: Average = field(default_factory=average)
    reasoning_within: Average = field(default_factory=average)
    logarithm: Average = field(default_factory=average)
    """Of the seconds of attempts."""

    def survey(self, survey: Survey) -> None:
        """A survey of any instrument; those of other dimensions are passed over."""
        name = INSTRUMENTS.get(survey.instrument)
        if name is not None:
            take_test(getattr(self, name), getattr(self, f"{name}_within"), survey)

    def attempt(self, seconds: float) -> None:
        """An attempt that took so many seconds."""
        observe(self.logarithm, math.log(min(IDLE_SECONDS, max(LEAST_SECONDS, seconds))))

    def measured(self) -> dict[str, Measured]:
        found: dict[str, Measured] = {
            name: tested(getattr(self, name), getattr(self, f"{name}_within")) for name in INSTRUMENTS.values()
        }
        value, error, count = as_mean(self.logarithm)
        if value is None:
            return found
        typical = math.exp(value)
        found["response_latency"] = Measured(typical, None if error is None else typical * error, count)
        if count > 1:
            size = effective_size(count)
            spread = math.sqrt(max(0.0, self.logarithm[1]) / (1.0 - 1.0 / size))
            found["latency_spread"] = Measured(spread, spread / math.sqrt(2.0 * (size - 1.0)), count)
        return found
