"""What JSON can hold."""

from __future__ import annotations

import math
from typing import Any, cast


def finite(value: Any) -> bool:
    """Whether plain data hold no number that JSON does not have."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(finite, cast("dict[str, Any]", value).values()))
    return all(map(finite, cast("list[Any]", value))) if isinstance(value, list) else True
