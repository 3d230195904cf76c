"""Formulas of spectrum-based fault localisation.

Each turns how often a line ran in failing and in passing tests into its suspiciousness. Only the order of the values
of one formula means something, unless its docstring says more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, sqrt


@dataclass(frozen=True, slots=True)
class Spectrum:
    """In which tests a line ran.

    Attributes:
        failed: Failing tests that run it.
        passed: Passing tests that run it.
        all_failed: All failing tests.
        all_passed: All passing tests.
    """

    failed: int
    passed: int
    all_failed: int
    all_passed: int


Formula = Callable[[Spectrum], float]


def ochiai(failed: int, passed: int, all_failed: int) -> float:
    """Ochiai's similarity of a line's runs and the failures, in [0, 1].

    Args:
        failed: Failing tests that run the line.
        passed: Passing tests that run it.
        all_failed: All failing tests.
    """
    return failed / sqrt(all_failed * (failed + passed)) if failed and all_failed else 0.0


def _ochiai(line: Spectrum) -> float:
    """Abreu, Zoeteweij, van Gemund, "An evaluation of similarity coefficients for fault localization", 2006."""
    return ochiai(line.failed, line.passed, line.all_failed)


def tarantula(line: Spectrum) -> float:
    """Share of failing against passing tests, in [0, 1].

    Jones, Harrold, Stasko, "Visualization of test information to assist fault localization", 2002.
    """
    if not line.failed or not line.all_failed:
        return 0.0
    failing = line.failed / line.all_failed
    passing = line.passed / line.all_passed if line.all_passed else 0.0
    return failing / (failing + passing)


def dstar(line: Spectrum, star: int = 2) -> float:
    """The failing runs to a power, against what speaks for the line; unbounded.

    Wong, Debroy, Gao, Li, "The DStar method for effective software fault localization", 2014.
    """
    against = line.passed + line.all_failed - line.failed
    return line.failed**star / against if against else (inf if line.failed else 0.0)


def op2(line: Spectrum) -> float:
    """Failing runs, less a share of passing ones below one: optimal for a single fault.

    Naish, Lee, Ramamohanarao, "A model for spectra-based software diagnosis", 2011.
    """
    return line.failed - line.passed / (line.all_passed + 1)


def barinel(line: Spectrum) -> float:
    """How likely a run of the line fails, in [0, 1], for single faults.

    Abreu, Zoeteweij, van Gemund, "Spectrum-based multiple fault localization", 2009.
    """
    return line.failed / (line.failed + line.passed) if line.failed else 0.0


FORMULAS: Mapping[str, Formula] = {
    "ochiai": _ochiai,
    "tarantula": tarantula,
    "dstar": dstar,
    "op2": op2,
    "barinel": barinel,
}
"""All formulas by name."""
