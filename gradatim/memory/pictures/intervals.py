"""How far a share can be trusted, by how many observations it rests on."""

from __future__ import annotations

import math

Z80 = 1.2815515655446004
"""Standard normal quantile of a two-sided interval of 80 %."""
Z95 = 1.959963984540054
"""Of 95 %."""


def wilson(share: float, count: float, z: float = Z95) -> tuple[float, float]:
    """Score interval of a share (Wilson, 1927).

    `(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)`; all of [0, 1] where nothing was observed.

    Args:
        share: In [0, 1].
        count: Observations that it rests on.
        z: Standard normal quantile.

    Returns:
        Lower and upper end, in [0, 1]; the share lies between them.
    """
    if count <= 0:
        return 0.0, 1.0
    shrink = 1.0 + z * z / count
    centre = (share + z * z / (2.0 * count)) / shrink
    half = z * math.sqrt(share * (1.0 - share) / count + (z / (2.0 * count)) ** 2) / shrink
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
