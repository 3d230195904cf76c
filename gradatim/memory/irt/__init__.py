"""Item response theory: what items and learners tell about each other.

`calibrate` estimates items from responses, `abilities` learners from items; `OnlineAbility` follows one learner answer
by answer. Adaptive tests on calibrated items are in `gradatim.memory.adaptive`.
"""

from gradatim.memory.irt.bank import Item, ItemBank
from gradatim.memory.irt.events import responses_of
from gradatim.memory.irt.files import read_items, read_responses, write_items
from gradatim.memory.irt.fit import Calibration, calibrate
from gradatim.memory.irt.fluctuation import (
    Fluctuation,
    attenuated,
    attenuation,
    estimate_fluctuation,
    fluctuating_probability,
)
from gradatim.memory.irt.functioning import Functioning, differential_functioning
from gradatim.memory.irt.itemfit import MeanSquares, ScoreFit, mean_squares, score_fit
from gradatim.memory.irt.logistic import (
    item_information,
    most_informative_ability,
    probability,
    standard_error_of_measurement,
    total_information,
)
from gradatim.memory.irt.online import OnlineAbility
from gradatim.memory.irt.options import CalibrationOptions, Errors, Model
from gradatim.memory.irt.priors import ItemPriors, Normal
from gradatim.memory.irt.quadrature import Quadrature, normal_quadrature
from gradatim.memory.irt.responses import Responses
from gradatim.memory.irt.scoring import Abilities, Method, abilities

__all__ = [
    "Abilities",
    "Calibration",
    "CalibrationOptions",
    "Errors",
    "Fluctuation",
    "Functioning",
    "Item",
    "ItemBank",
    "ItemPriors",
    "MeanSquares",
    "Method",
    "Model",
    "Normal",
    "OnlineAbility",
    "Quadrature",
    "Responses",
    "ScoreFit",
    "abilities",
    "attenuated",
    "attenuation",
    "calibrate",
    "differential_functioning",
    "estimate_fluctuation",
    "fluctuating_probability",
    "item_information",
    "mean_squares",
    "most_informative_ability",
    "normal_quadrature",
    "probability",
    "read_items",
    "read_responses",
    "responses_of",
    "score_fit",
    "standard_error_of_measurement",
    "total_information",
    "write_items",
]
