"""Completeness: whether each of the four parts of a feedback holds something of substance.

The parts are error identification, explanation, corrective suggestion and encouragement. A sentence is of substance
when it has at least three words (four characters of a script without spaces), is not refuted, and is not a repetition
of one that stands in an earlier part.
"""

from __future__ import annotations

import re

from gradatim.domain import FEEDBACK_PARTS
from gradatim.evals.scorers.feedback import Said, statements
from gradatim.evals.scorers.given import Given, scorer
from gradatim.evals.scorers.score import Score, ScorerInfo
from gradatim.evals.scorers.scores import listed, share

KEY = "completeness"
WORDS = 3
"""Words that a sentence of substance has at least."""
SIGNS = 4
"""The same in characters of scripts without spaces."""
_WORD = re.compile(r"[^\W\d_]{2,}|\d+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@scorer(KEY)
def completeness(given: Given) -> Score:
    """Share of the four parts that hold something of substance."""
    seen: set[str] = set()
    filled: dict[str, None] = {}
    for said in statements(given):
        text = " ".join(said.text.lower().split())
        if text not in seen and has_substance(said):
            filled[said.part] = None
        seen.add(text)
    missing = [part for part in FEEDBACK_PARTS if part not in filled]
    what = "parts hold something of substance" + (f"; not: {listed(missing)}" if missing else "")
    return share(KEY, len(filled), len(FEEDBACK_PARTS), what, missing=missing)


def has_substance(said: Said) -> bool:
    """Whether a sentence says enough to count, and nothing that is refuted."""
    if said.refuted:
        return False
    text = said.text
    return len(_WORD.findall(text)) >= WORDS or (not text.isascii() and len(_WIDE.findall(text)) >= SIGNS)


INFO = ScorerInfo(
    key=KEY,
    scorer=completeness,
    summary="Share of the four parts of a feedback (error, explanation, suggestion, encouragement) with substance.",
    family="outcome",
    needs=("outputs.feedback",),
)
