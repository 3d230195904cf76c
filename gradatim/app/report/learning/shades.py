"""Shades of a heat map: from nearly white to blue, dark ink readable on each of them (WCAG 2.2, contrast above 4.5)."""

from __future__ import annotations

STEPS = 10
_LIGHT, _DEEP = (244, 247, 251), (94, 158, 214)


def step(share: float) -> int:
    """Which shade a share has, from 0 to `STEPS`."""
    return round(STEPS * min(1.0, max(0.0, share)))


def shade(number: int) -> str:
    """The colour of a shade, `#rrggbb`."""
    part = number / STEPS
    red, green, blue = (round(low + part * (high - low)) for low, high in zip(_LIGHT, _DEEP, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"
