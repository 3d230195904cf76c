"""A learner's ability θ with its error, kept up to date answer by answer.

θ is on the scale of item response theory: 0 is an average learner, 1 a standard deviation above; a difficulty b is
the ability at which an answer is as likely right as wrong, `P(correct) = σ(a(θ − b))` (2PL).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.memory.inputs import microseconds
from gradatim.memory.propagation.odds import log_odds, sigmoid
from gradatim.memory.tracing import BKTParameters, ParameterSource, predict_correct
from gradatim.memory.tracing.estimates import evidence

_STEPS = 100
_TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Ability:
    """A normal distribution of what the learner's ability may be. Each answer costs a constant time.

    Raises:
        InputError: The mean is no number, or the variance is not above 0.
    """

    mean: float = 0.0
    variance: float = 1.0
    responses: int = 0
    """Answers that were taken in."""

    def __post_init__(self) -> None:
        if not math.isfinite(self.mean):
            raise InputError(f"{self.mean!r} is no number", place="ability, mean", remedy="give a finite number")
        if not (math.isfinite(self.variance) and self.variance > 0.0):
            raise InputError(
                f"{self.variance!r} is no variance", place="ability, variance", remedy="give a number above 0"
            )

    @property
    def error(self) -> float:
        """Standard error: the square root of the variance."""
        return math.sqrt(self.variance)

    def predict_correct(self, difficulty: float = 0.0, discrimination: float = 1.0) -> float:
        """Probability of a right answer, ability being uncertain.

        The mean of σ over the normal distribution, by MacKay's approximation (1992): σ(a(μ − b)/√(1 + πa²v/8)).
        """
        spread = math.sqrt(1.0 + math.pi * discrimination**2 * self.variance / 8.0)
        return sigmoid(discrimination * (self.mean - difficulty) / spread)

    def after(self, correct: bool, difficulty: float = 0.0, discrimination: float = 1.0) -> Ability:
        """Ability after one answer: the Laplace approximation of the posterior.

        The mean becomes the mode of normal prior times logistic likelihood, found by Newton's method, and the
        precision grows by the Fisher information a²P(1 − P) there. Variance therefore never grows, and a right
        answer never lowers the mean.

        Raises:
            InputError: The difficulty is no number, or the discrimination is not above 0.
        """
        if not math.isfinite(difficulty):
            raise InputError(f"{difficulty!r} is no difficulty", place="difficulty", remedy="give a finite number")
        if not (math.isfinite(discrimination) and discrimination > 0.0):
            raise InputError(
                f"{discrimination!r} is no discrimination", place="discrimination", remedy="give a number above 0"
            )
        precision = 1.0 / self.variance
        # The mode lies between the mean and where the whole score of one answer would move it.
        reach = self.variance * discrimination
        low, high = (self.mean, self.mean + reach) if correct else (self.mean - reach, self.mean)
        theta, stride = self.mean, reach
        information = 0.0
        for _ in range(_STEPS):
            expected = sigmoid(discrimination * (theta - difficulty))
            slope = discrimination * (float(correct) - expected) - precision * (theta - self.mean)
            information = discrimination**2 * expected * (1.0 - expected)
            low, high = (theta, high) if slope > 0.0 else (low, theta)
            step = slope / (precision + information)
            # Newton's step where it stays inside and is at most half the last one, else the middle: no circles.
            if not low <= theta + step <= high or abs(step) > 0.5 * stride:
                step = 0.5 * (low + high) - theta
            theta, stride = theta + step, abs(step)
            if stride < _TOLERANCE:
                break
        return Ability(theta, 1.0 / (precision + information), self.responses + 1)

    def later(self, days: float, drift: float = 0.005, most: float = 1.0) -> Ability:
        """Ability after some days without answers, in which it may have changed.

        Args:
            days: How many.
            drift: Variance that each day adds (a random walk, as in Glickman, 1999).
            most: Variance beyond which nothing is added: what one knows of somebody never seen.

        Raises:
            InputError: The days or the drift are negative or no number.
        """
        for what, value in (("days", days), ("drift", drift)):
            if not (math.isfinite(value) and value >= 0.0):
                raise InputError(f"{value!r} cannot be", place=what, remedy="give a number that is not negative")
        return Ability(self.mean, max(self.variance, min(most, self.variance + days * drift)), self.responses)


def concept_difficulty(parameters: BKTParameters) -> float:
    """Difficulty b of a first answer on a concept: an average learner gives it right with probability σ(−b).

    That probability is `P(L₀)(1 − S) + (1 − P(L₀))G`, as knowledge tracing has it before any observation.
    """
    return -log_odds(predict_correct(parameters.prior, parameters))


def ability_from_first_answers(events: Iterable[LearnerEvent], source: ParameterSource) -> Ability:
    """Ability by the first answer on each concept: what the learner brought along, before practice taught it.

    Args:
        events: Of one learner, in any order; those that are no evidence of mastery are passed over.
        source: Parameters of knowledge tracing, which the difficulties follow from.
    """
    timed = sorted(((microseconds(event.at), event.id, event) for event in events), key=lambda item: item[:2])
    ability, seen = Ability(), set[str]()
    for _, _, event in timed:
        for item in evidence(event):
            if item.concept not in seen:
                seen.add(item.concept)
                ability = ability.after(item.correct, concept_difficulty(source.parameters(item.concept)))
    return ability
