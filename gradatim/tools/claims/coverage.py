"""Whether a sentence says more than what was shown of it."""

from __future__ import annotations

import re

from gradatim.domain import (
    ChangeFixesClaim,
    Check,
    FaultKindClaim,
    FaultLineClaim,
)
from gradatim.tools.claims.extraction.reading import CODE, Reading
from gradatim.tools.claims.prose import Assertion
from gradatim.tools.claims.wording import wording_of

SPARE = 0.6
"""Share of a sentence's words that may say more than its assertions, if none of them could turn its meaning."""
FEW = 5
"""Kinds of faults that words may mean and still say something when one of them is right."""

_HARD = re.compile(
    r"\b(?:not|never|no|none|without|cannot|only|always|before|after|first|last|inside|outside|less|greater|more|fewer"
    r"|early|late|instead|every|each|all|twice|once)\b|n't\b|\d",
    re.IGNORECASE,
)
_SHORT = 1
"""Words that never say much beside the rest."""
_PLACE_ONLY = 0.34
"""The same beside a place or a kind of fault, which alone says little."""
_LACKING = re.compile(
    r"\b(?:missing|lack\w*|forg[eo]t\w*|wrong\w*|incorrect\w*|not|too|faulty)\b|n't\b"
    r"|\b(?:error|mistake|problem|issue|bug|fault)s? (?:is |are |lies )?(?:in|with)\b",
    re.IGNORECASE,
)
"""What a sentence has to say of a kind of fault for it to be blamed."""
_BLAMED = re.compile(
    r"\b(?:problem|issue|error|mistake|bug|fault|fails?|because|missing|lacks?|should|needs?|to fix|must)\b",
    re.IGNORECASE,
)
"""Words with which a fault is named."""
_TURNED = re.compile(r"\b(?:instead|rather|should not|shouldn't|no longer)\b", re.IGNORECASE)
"""Words beside which the name of a place or a kind of fault may be meant the other way round."""
_MANNER = re.compile(r"\b(?:before|after|first|last|instead|all|every|each|only|inside)\b", re.IGNORECASE)
"""Words that say when or where a change that was tried is made."""
_PURPOSE = re.compile(
    r" (?:in order )?(?:to|so that it|so it) (?:ensure|allow|make sure|include|avoid|prevent|handle|add|get|compute"
    r"|count|access|correctly|properly)\b[^;]*$|, not [^,;]*$| (?:instead of|rather than|before) [^,;]*$",
    re.IGNORECASE,
)
"""What a change that was tried is for, and what it stands against."""


def covered(reading: Reading, shown: list[Assertion], held: list[Check]) -> bool:
    """Whether what stands beside the shown assertions cannot say much, nor turn their meaning."""
    rest = list(reading.text)
    for item in shown:
        rest[item.start : item.end] = " " * (item.end - item.start)
    left = "".join(rest)
    tried = all(isinstance(check.claim, ChangeFixesClaim) for check in held)
    if tried:
        left = _PURPOSE.sub(" ", left)
    if _HARD.search(_MANNER.sub(" ", left) if tried else left):
        return False
    signs = re.findall(CODE, left)
    if any(reading.program and _unknown(reading.code(sign), reading.program) for sign in signs):
        return False
    vague = all(isinstance(check.claim, FaultLineClaim | FaultKindClaim) for check in held)
    kind = any(isinstance(check.claim, FaultKindClaim) for check in held)
    if kind and vague and not _BLAMED.search(reading.text):
        return False
    if vague and (_TURNED.search(reading.text) or (kind and not _LACKING.search(reading.text))):
        return False
    if vague and any(len(item.claims) > FEW and isinstance(item.claims[0], FaultKindClaim) for item in shown):
        return False
    words, beside = wording_of(reading.text).words, wording_of(left).words
    return len(beside) <= _SHORT or not words or len(beside & words) / len(words) <= (_PLACE_ONLY if vague else SPARE)


def _unknown(code: str, program: str) -> bool:
    return "".join(code.split()) not in "".join(program.split())
