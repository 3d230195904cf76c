"""Where adaptive tests begin."""

from gradatim.memory.adaptive.initialisation.base import Initialisation, Start
from gradatim.memory.adaptive.initialisation.known import KnownAbility
from gradatim.memory.adaptive.initialisation.plain import FixedAbility, RandomAbility

__all__ = ["FixedAbility", "Initialisation", "KnownAbility", "RandomAbility", "Start"]
