"""Names that the example code of a course gives to things: no concepts of its subject."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PROMPT = re.compile(r"^(>>>|\.\.\.) ?", re.MULTILINE)
_ASSIGNED = re.compile(r"^\s*(?:for\s+)?((?:[A-Za-z_]\w*\s*,\s*)*[A-Za-z_]\w*)\s*(?:[-+*/]?=(?!=)|in\s)", re.MULTILINE)
_DEFINED = re.compile(r"\b(?:def|class|function|var|let|const|int|float|double|char|String)\s+([A-Za-z_]\w*)")
_PARAMETERS = re.compile(r"\b(?:def|function)\s+\w+\(([^()]*)\)")
_NAME = re.compile(r"[A-Za-z_]\w*")


def example_names(codes: Iterable[str]) -> frozenset[str]:
    """Variables, functions, classes and parameters that blocks of code assign or define."""
    names: set[str] = set()
    for code in codes:
        plain = _PROMPT.sub("", code)
        for pattern in (_ASSIGNED, _PARAMETERS):
            for group in pattern.findall(plain):
                names.update(_NAME.findall(group))
        names.update(_DEFINED.findall(plain))
    return frozenset(names)
