"""Names for the arrays that item response theory computes with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
ResponseArray = NDArray[np.int8]
"""1 correct, 0 wrong, −1 not answered."""
