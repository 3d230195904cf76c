"""Adaptive testing: the next item is the one that tells most about this examinee.

Strategies are objects: how a test begins (`initialisation`), estimates (`estimation`), goes on (`selection`) and ends
(`stopping`). `CAT` is one test with one examinee, `simulate` many at once with the same strategies.
"""

from gradatim.memory.adaptive.estimation import EAP, MAP, ML, WLE, Estimation
from gradatim.memory.adaptive.exposure import control_exposure
from gradatim.memory.adaptive.initialisation import (
    FixedAbility,
    Initialisation,
    KnownAbility,
    RandomAbility,
)
from gradatim.memory.adaptive.selection import (
    ContentBalanced,
    MaximumInformation,
    NearestDifficulty,
    PosteriorInformation,
    Progressive,
    Randomesque,
    RandomItem,
    Selection,
    SympsonHetter,
    WeightedDeviations,
)
from gradatim.memory.adaptive.session import CAT, Estimate
from gradatim.memory.adaptive.simulation import Simulation, simulate
from gradatim.memory.adaptive.sittings import Sittings
from gradatim.memory.adaptive.stopping import (
    Both,
    Either,
    InformationExhausted,
    MaximumItems,
    MinimumError,
    Stopping,
)
from gradatim.memory.adaptive.strategies import Strategies

__all__ = [
    "CAT",
    "EAP",
    "MAP",
    "ML",
    "WLE",
    "Both",
    "ContentBalanced",
    "Either",
    "Estimate",
    "Estimation",
    "FixedAbility",
    "InformationExhausted",
    "Initialisation",
    "KnownAbility",
    "MaximumInformation",
    "MaximumItems",
    "MinimumError",
    "NearestDifficulty",
    "PosteriorInformation",
    "Progressive",
    "RandomAbility",
    "RandomItem",
    "Randomesque",
    "Selection",
    "Simulation",
    "Sittings",
    "Stopping",
    "Strategies",
    "SympsonHetter",
    "WeightedDeviations",
    "control_exposure",
    "simulate",
]
