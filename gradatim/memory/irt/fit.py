"""Calibration: item parameters from responses, by marginal maximum likelihood (Bock and Aitkin, 1981).

Abilities are averaged over, not estimated, so that more learners bring the items closer to the truth. The EM
algorithm runs over quadrature points with Newton steps for all items at once, and is accelerated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gradatim.errors import InputError
from gradatim.memory.irt.arrays import FloatArray
from gradatim.memory.irt.bank import ItemBank
from gradatim.memory.irt.expectation import Answers, Expected
from gradatim.memory.irt.logistic import sigmoid
from gradatim.memory.irt.maximisation import B_BOUND, LOG_A_BOUNDS
from gradatim.memory.irt.options import CalibrationOptions, Model
from gradatim.memory.irt.priors import ItemPriors
from gradatim.memory.irt.quadrature import Quadrature
from gradatim.memory.irt.responses import Responses
from gradatim.memory.irt.search import Found, Progress, Search
from gradatim.memory.irt.start import starting_parameters
from gradatim.memory.irt.threads import single_threaded
from gradatim.memory.irt.uncertainty import covariance_of

_LARGE = 400
"""Parameters from which the joint information is too dear, and each item gets its own."""
_AT = 1e-6
_USELESS = math.log(0.25)
"""Discrimination below which an item at its bounds is rather keyed wrongly than extreme."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Calibrated items, and how far they can be trusted."""

    bank: ItemBank
    model: Model
    log_likelihood: float
    """Marginal, of all answers."""
    parameters: int
    """Free parameters that were estimated."""
    learners: int
    """Who answered at least one item."""
    population: Quadrature
    """Of abilities, mean 0 and standard deviation 1."""
    priors: ItemPriors
    """As they were used, estimated where they were."""
    covariance: FloatArray | None
    """Of (a, b) or (a, b, c), item by item: (J·K, J·K), or (J, K, K) where each item stands by itself."""
    objective: tuple[float, ...]
    """Log-likelihood plus log-density of the parameters at each accepted step of the last search; never falls while
    the population is normal."""
    steps: int
    """EM steps."""
    converged: bool
    notes: tuple[str, ...]
    """What a person should know about single items or the search."""

    @property
    def aic(self) -> float:
        """Akaike's criterion, `2k − 2 ln L` (Akaike, 1974); smaller is better."""
        return 2.0 * self.parameters - 2.0 * self.log_likelihood

    @property
    def bic(self) -> float:
        """The Bayesian criterion, `k ln n − 2 ln L` (Schwarz, 1978); smaller is better."""
        return math.log(max(self.learners, 1)) * self.parameters - 2.0 * self.log_likelihood


@single_threaded()
def calibrate(
    responses: Responses, options: CalibrationOptions | None = None, *, progress: Progress | None = None
) -> Calibration:
    """Estimate item parameters from responses; what was not answered is left out.

    Args:
        responses: Learners × items.
        options: The model and how it is fitted.
        progress: Is told at each EM step how many were taken, and what is maximised.

    Raises:
        InputError: Fewer than three items, an item that nobody answered, or without priors an item that everybody
            answered alike, which has no finite difficulty.
    """
    options = options or CalibrationOptions()
    notes = _remarkable_items(responses, options)
    values = responses.values[(responses.values >= 0).any(axis=1)]
    search = Search(Answers(values), options, progress)
    found = search.run(starting_parameters(responses, search.shape.parameters, common_a=search.shape.common_a))
    if not found.converged:
        notes.append(f"the search had not come to rest after {found.steps} steps: raise max_steps")
    notes += _at_bounds(responses.items, found.parameters)
    expected = search.expect(found.parameters)
    covariance = _covariance(search, found, expected)
    items = len(responses.items)
    free = items + 1 if search.shape.common_a else found.parameters.size
    return Calibration(
        bank=_bank(responses.items, found.parameters, covariance),
        model=options.model,
        log_likelihood=expected.log_likelihood,
        # A histogram is free but for its area, mean and standard deviation.
        parameters=free + (len(search.population.points) - 3 if options.population == "estimated" else 0),
        learners=len(values),
        population=search.population,
        priors=found.priors,
        covariance=covariance,
        objective=found.objective,
        steps=found.steps,
        converged=found.converged,
        notes=tuple(notes),
    )


def _covariance(search: Search, found: Found, expected: Expected) -> FloatArray | None:
    kind = search.options.standard_errors
    if kind == "none":
        return None
    if kind == "auto":
        kind = "observed" if found.parameters.size <= _LARGE or search.shape.common_a else "item"
    return covariance_of(
        search.answers,
        found.parameters,
        search.population,
        expected,
        found.priors,
        kind=kind,
        common_a=search.shape.common_a,
    )


def _remarkable_items(responses: Responses, options: CalibrationOptions) -> list[str]:
    """Whether there is something to calibrate; what has to be said about single items."""
    if len(responses.items) < 3:
        raise InputError(
            "fewer than three items", place="responses", remedy="give more: with two, ability and items look alike"
        )
    answered, correct = responses.answered(), responses.correct()
    if not answered.all():
        item = responses.items[int(np.argmin(answered))]
        raise InputError("nobody answered the item", place=f"item {item!r}", remedy="leave it out")
    notes: list[str] = []
    for index in map(int, np.flatnonzero((correct == 0) | (correct == answered))):
        item, how = responses.items[index], "correctly" if correct[index] else "wrongly"
        message = f"all {int(answered[index]):,} learners who met it answered {how}"
        if options.priors == "none":
            raise InputError(
                f"{message}: its difficulty has no finite estimate",
                place=f"item {item!r}",
                remedy="leave it out or calibrate with hierarchical priors",
            )
        notes.append(f"item {item!r}: {message}; how far out it lies is told by the spread of the other items")
    return notes


def _at_bounds(items: tuple[str, ...], parameters: FloatArray) -> list[str]:
    low, high = LOG_A_BOUNDS
    log_a, b = parameters[:, 0], parameters[:, 1]
    outside = (log_a <= low + _AT) | (log_a >= high - _AT) | (np.abs(b) >= B_BOUND - _AT)
    return [
        f"item {items[index]!r}: "
        + (
            "it does not go with the others; look at its key"
            if log_a[index] < _USELESS
            else "its parameters are at their bounds"
        )
        for index in map(int, np.flatnonzero(outside))
    ]


def _bank(items: tuple[str, ...], parameters: FloatArray, covariance: FloatArray | None) -> ItemBank:
    errors: FloatArray | None = None
    if covariance is not None:
        diagonal = np.diagonal(covariance, axis1=-2, axis2=-1).reshape(parameters.shape)
        errors = np.sqrt(np.maximum(diagonal, 0.0))
    return ItemBank(
        ids=items,
        a=np.exp(parameters[:, 0]),
        b=parameters[:, 1].copy(),
        c=sigmoid(parameters[:, 2]) if parameters.shape[1] == 3 else np.zeros(len(parameters)),
        se_a=None if errors is None else errors[:, 0].copy(),
        se_b=None if errors is None else errors[:, 1].copy(),
    )
