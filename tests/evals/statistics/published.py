"""Data sets that books, papers and manuals print with the figures that belong to them."""

from __future__ import annotations

from typing import Any

SHROUT_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
"""Shrout and Fleiss (1979), table 2: six subjects, four judges."""

_DIAGNOSES = """
444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 144444 124444 222333 144444 224445
333335 111455 111112 224444 133555 555555 244444 224555 114444 144445 222224 111155 224444 133333 555555
"""
DIAGNOSES = [[int(label) for label in subject] for subject in _DIAGNOSES.split()]
"""Fleiss (1971): diagnoses of 30 patients by six psychiatrists each; as in R's irr."""

_ANXIETY = "332 361 344 464 523 542 221 346 531 231 221 632 133 533 221 221 113 233 432 342"
ANXIETY = [[int(rating) for rating in subject] for subject in _ANXIETY.split()]
"""Anxiety of twenty subjects by three raters on a scale of 1 to 6; R irr's anxiety."""

KRIPPENDORFF: list[list[Any]] = [
    [1, 1, None, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4], [4, 4, 4, 4],
    [1, 1, 2, 1], [2, 2, 2, 2], [None, 5, 5, 5], [None, None, 1, 1], [None, 3, None, None],
]  # fmt: skip
"""Krippendorff (2011), "Computing Krippendorff's alpha-reliability", example C: four observers, twelve units."""

COHEN_1968 = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
"""Cohen (1968), the 3 × 3 table of 200 cases whose unweighted κ is .492."""

SAS_KAPPA = [[0, 4, 1], [0, 8, 0], [0, 1, 5]]
"""Table of an SAS listing of simple and weighted κ, in the tests of statsmodels."""

SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
"""Student (1908), extra sleep of ten patients with two drugs; as in R's sleep."""

AUTOMATIC = [21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 21.5, 15.5, 15.2,
             13.3, 19.2]  # fmt: skip
MANUAL = [21.0, 21.0, 22.8, 32.4, 30.4, 33.9, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4]
"""Miles a gallon of cars with automatic and manual gears; R's mtcars."""

DARWIN = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
"""Darwin's differences of crossed and self-fertilised maize, as Fisher (1935), section 21, takes them."""

SPATIAL = [48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6, 0, 33, 28, 34, 4, 32, 24, 47, 41, 24, 26, 30, 41]
"""Efron and Tibshirani (1993), table 14.1: scores of 26 children in spatial test A."""

DEPRESSION_FIRST = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
DEPRESSION_SECOND = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
"""Hollander and Wolfe (1973), p. 29: depression scale of nine patients at two visits."""

TERM = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
EARLY = [1.15, 0.88, 0.90, 0.74, 1.21]
"""Hollander and Wolfe (1973), p. 69: permeability of the membrane at term and early."""

TUNA_LIGHTNESS = [44.4, 45.9, 41.9, 53.3, 44.7, 44.1, 50.7, 45.2, 60.1]
TUNA_QUALITY = [2.6, 3.1, 2.5, 5.0, 3.6, 4.0, 5.2, 2.8, 3.8]
"""Hollander and Wolfe (1973), p. 187; the example of R's `cor.test`."""
