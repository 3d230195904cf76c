"""Ability from the answers so far."""

from gradatim.memory.adaptive.estimation.base import Estimation
from gradatim.memory.adaptive.estimation.likelihood import ML, WLE
from gradatim.memory.adaptive.estimation.posterior import EAP, MAP

__all__ = ["EAP", "MAP", "ML", "WLE", "Estimation"]
