"""When an adaptive test ends."""

from gradatim.memory.adaptive.stopping.base import Stopping
from gradatim.memory.adaptive.stopping.rules import Both, Either, InformationExhausted, MaximumItems, MinimumError

__all__ = ["Both", "Either", "InformationExhausted", "MaximumItems", "MinimumError", "Stopping"]
