"""Colours that people with any colour vision tell apart, and how numbers become colours.

Lines and marks: Okabe and Ito (2008). Mastery: cividis (Nuñez, Anderton and Renslow, 2018), which grows evenly in
lightness, so that it also reads in grey.
"""

from __future__ import annotations

from itertools import pairwise

INK = "#1b2330"
SOFT = "#566072"
GRID = "#dde1e8"
PAPER = "#ffffff"
UNOBSERVED = "#d3d7de"
BLUE = "#0072b2"
ORANGE = "#d55e00"
GREEN = "#009e73"
PURPLE = "#cc79a7"

_CIVIDIS = (
    (0.0, (0, 34, 78)), (0.125, (30, 57, 110)), (0.25, (65, 77, 107)), (0.375, (96, 98, 110)), (0.5, (125, 124, 120)),
    (0.625, (155, 147, 115)), (0.75, (188, 173, 98)), (0.875, (222, 200, 73)), (1.0, (254, 232, 56)),
)  # fmt: skip
"""Cividis at nine points; straight lines between them differ from it by less than can be seen."""


def mastery_colour(value: float) -> str:
    """The colour of a probability: dark blue for 0, yellow for 1."""
    value = min(1.0, max(0.0, value))
    for (low, before), (high, after) in pairwise(_CIVIDIS):
        if value <= high:
            share = (value - low) / (high - low)
            red, green, blue = (round(a + share * (b - a)) for a, b in zip(before, after, strict=True))
            return f"#{red:02x}{green:02x}{blue:02x}"
    raise AssertionError(value)


def text_on(colour: str) -> str:
    """Ink that can be read on a colour (`#rrggbb`): dark or light, whichever stands out more."""
    return max((INK, PAPER), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance of a colour (`#rrggbb`), in [0, 1] (WCAG 2.2)."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
