"""The four strategies that make an adaptive test."""

from __future__ import annotations

from dataclasses import dataclass, field

from gradatim.memory.adaptive.estimation import EAP, Estimation
from gradatim.memory.adaptive.initialisation import FixedAbility, Initialisation
from gradatim.memory.adaptive.selection import MaximumInformation, Selection
from gradatim.memory.adaptive.stopping import MaximumItems, Stopping


@dataclass(frozen=True, slots=True)
class Strategies:
    """How a test begins, estimates, goes on and ends."""

    initialisation: Initialisation = field(default_factory=FixedAbility)
    estimation: Estimation = field(default_factory=EAP)
    selection: Selection = field(default_factory=MaximumInformation)
    stopping: Stopping = field(default_factory=MaximumItems)
