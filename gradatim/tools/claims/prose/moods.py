"""Words that tell whether a sentence states, advises, denies or supposes something."""

from __future__ import annotations

import re

MODAL = r"(?:should|must|needs? to|has to|have to|ought to|can|could|would)"
WANTS = re.compile(rf"\b(?:{MODAL}|to fix|move|moving|moved|put|putting|place|placed|need|so)\b", re.I)
ADVISES = re.compile(
    rf"\b(?:{MODAL}|to fix|fix|instead|needs?|correct\w*|change|replace|use the|you can)\b|^(?:use|try|add|put)\b",
    re.I,
)
DENIES = re.compile(r"\b(?:should not|shouldn't|must not|cannot|don't|do not|never|no need)\b", re.I)
HYPOTHETICAL = re.compile(r"\b(?:would|could|might|may|avoid\w*|prevent\w*|to fix|if you|should)\b", re.I)
