"""How items are calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradatim.errors import InputError
from gradatim.memory.irt.priors import ItemPriors

Model = Literal["1pl", "2pl", "3pl"]
MODELS: tuple[Model, ...] = ("1pl", "2pl", "3pl")
Errors = Literal["auto", "observed", "cross-product", "item", "none"]
ERRORS: tuple[Errors, ...] = ("auto", "observed", "cross-product", "item", "none")


@dataclass(frozen=True, slots=True)
class CalibrationOptions:
    """How items are calibrated.

    Raises:
        InputError: A value that cannot be used.
    """

    model: Model = "2pl"
    priors: ItemPriors | Literal["hierarchical", "none"] = "hierarchical"
    """`hierarchical`: the spread of items is estimated from the items (`gradatim.memory.irt.priors`). `none`: plain
    maximum likelihood, except for guessing."""
    population: Literal["normal", "estimated"] = "normal"
    """Standard normal abilities, or any distribution of mean 0 and standard deviation 1, estimated with the items."""
    standard_errors: Errors = "auto"
    """`observed` information; `cross-product` of scores; each `item` by itself (a little too small); `none`; `auto`:
    observed for up to 400 parameters, beyond that each item by itself."""
    tolerance: float = 1e-4
    """Largest change of `log a`, `b` or `logit c` in a step that counts as rest."""
    max_steps: int = 1000
    points: int | None = None
    """Quadrature points, at least 3; as many as the number of items needs when not given."""
    accelerate: bool = True
    """Extrapolate between EM steps (not done while the population is estimated)."""

    def __post_init__(self) -> None:
        choices = {
            "model": MODELS,
            "standard_errors": ERRORS,
            "population": ("normal", "estimated"),
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                _refuse(name, getattr(self, name), f"one of {', '.join(allowed)}")
        if not isinstance(self.priors, ItemPriors) and self.priors not in ("hierarchical", "none"):
            _refuse("priors", self.priors, "hierarchical, none, or ItemPriors")
        if not 0.0 < self.tolerance < 1.0:
            _refuse("tolerance", self.tolerance, "between 0 and 1")
        if self.max_steps < 1:
            _refuse("max_steps", self.max_steps, "at least 1")
        if self.points is not None and self.points < 3:
            _refuse("points", self.points, "at least 3")


def _refuse(name: str, value: object, allowed: str) -> None:
    raise InputError(f"{name} cannot be {value!r}", place=name, remedy=f"give {allowed}")
