"""A beginner believes that version numbers can be compared as texts or as decimal fractions.

Exactly the tests fail in which a part of a version has several digits.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts, texts_in
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("version-is-decimal",)

_VERSION = re.compile(r"\d{1,9}(\.\d{1,9})+")


def detect(case: Examination) -> Iterator[Sign]:
    """A comparison of versions as they are, or as floats, in the wrong order for parts of several digits."""
    for node, function in case.places:
        facts = own_facts(case, function)
        if not isinstance(node, ast.Compare) or len(node.ops) != 1 or not facts or function is None:
            continue
        if not isinstance(node.ops[0], ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            continue
        if all(_as_given(side, function) for side in (node.left, node.comparators[0])) and all(map(_misjudged, facts)):
            said = "compares versions as whole values, not part by part."
            seen = "The parts of the versions are in another order than their digits"
            yield of_facts(case, "version-is-decimal", node.lineno, 0.93, said, seen, facts)


def _as_given(node: ast.expr, function: Function) -> bool:
    if isinstance(node, ast.Call) and called_name(node) == "float" and len(node.args) == 1:
        node = node.args[0]
    return isinstance(node, ast.Name) and node.id in function.parameters


def _misjudged(fact: Contrast) -> bool:
    texts = [text for text in texts_in(fact) if _VERSION.fullmatch(text)]
    if len(texts) != 2 or not (fact.opposite or fact.expected in texts):
        return False
    parts = [tuple(int(part) for part in text.split(".")) for text in texts]
    if any(part >= 1000 for both in parts for part in both):
        return False  # a year: these are dates
    return (parts[0] < parts[1]) != (texts[0] < texts[1])
