"""Making scores: plain numbers, a comment for a person, what many runs are compared on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from gradatim.evals.scorers.score import Score


def scored(key: str, score: float | bool, comment: str, **metadata: Any) -> Score:
    """A score; one that is not finite is none."""
    if not isinstance(score, bool) and not math.isfinite(score):
        return {"key": key, "score": None, "comment": f"{comment} (not finite)", "metadata": metadata}
    if metadata:
        return {"key": key, "score": score, "comment": comment, "metadata": metadata}
    return {"key": key, "score": score, "comment": comment}


def share(key: str, part: int, whole: int, what: str, **metadata: Any) -> Score:
    """A share as a score, with its counts: `3 of 4 checked claims are supported`.

    Args:
        whole: At least 1.
        what: What is counted, and what holds of the part.
    """
    return scored(key, part / whole, f"{part} of {whole} {what}", part=part, whole=whole, **metadata)


def listed(items: Sequence[object], most: int = 5) -> str:
    """Some of the items, for a comment."""
    shown = ", ".join(str(item)[:60] for item in items[:most])
    return f"{shown}, …" if len(items) > most else shown
