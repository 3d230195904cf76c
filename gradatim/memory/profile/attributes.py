"""All attributes of the profile: what each means, how it is computed, from which events, and how sure it is.

An attribute starts as its first observation and then moves by `p ← λ·p + (1 − λ)·observed`. With λ = 0.9 an
observation has lost half its weight after 6.6 newer ones, so an attribute speaks of about the last ten.
An attribute that was never observed is `None`; nothing is filled in. Silence is data only for what is counted by the
day, the session or the composite of engagement, where it counts as 0.
"""

from __future__ import annotations

from gradatim.memory.profile.attribute import DIMENSIONS, Attribute
from gradatim.memory.profile.dimensions import (
    affect,
    behaviour,
    cognitive,
    knowledge,
    metacognition,
    social,
    style,
    temporal,
)

PROFILE_VERSION = "2"
"""Changes whenever a formula does; stored profiles of another version are computed anew."""

ATTRIBUTES: tuple[Attribute, ...] = tuple(
    sorted(
        (
            *cognitive.ATTRIBUTES,
            *style.ATTRIBUTES,
            *knowledge.ATTRIBUTES,
            *behaviour.ATTRIBUTES,
            *affect.ATTRIBUTES,
            *social.ATTRIBUTES,
            *temporal.ATTRIBUTES,
            *metacognition.ATTRIBUTES,
        ),
        key=lambda attribute: DIMENSIONS.index(attribute.dimension),
    )
)
"""By dimension, in the order of the specification."""
