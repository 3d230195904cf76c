"""What a sentence came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradatim.domain import Check


@dataclass(frozen=True, slots=True)
class SentenceVerdict:
    """What became of a sentence.

    Attributes:
        verdict: `refuted`: something that it says is false. `supported`: what it says was shown to be so.
            `unchecked`: it says something that could not be decided. `none`: it states nothing.
        checks: What was decided; of an assertion with several readings the one that counts.
        reason: Why, in one sentence.
    """

    verdict: Literal["supported", "refuted", "unchecked", "none"]
    checks: tuple[Check, ...]
    reason: str
