"""The one place that imports scipy and statsmodels: they are heavy, and an extra."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from gradatim.errors import InputError


class NoStatistics(InputError):
    """The libraries for statistics are not installed."""


def stats() -> Any:
    """`scipy.stats`.

    Raises:
        NoStatistics: It is not installed.
    """
    return _load("scipy.stats")


def special() -> Any:
    """`scipy.special`.

    Raises:
        NoStatistics: It is not installed.
    """
    return _load("scipy.special")


def optimize() -> Any:
    """`scipy.optimize`.

    Raises:
        NoStatistics: It is not installed.
    """
    return _load("scipy.optimize")


def statsmodels(module: str) -> Any:
    """A module of statsmodels by its name inside: `stats.inter_rater`.

    Raises:
        NoStatistics: It is not installed.
    """
    return _load(f"statsmodels.{module}")


def _load(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise NoStatistics(
            f"{package} is not installed, and this figure needs it",
            place="gradatim.evals.statistics",
            remedy="pip install 'gradatim[evals]'",
        ) from error
