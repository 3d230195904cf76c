"""A beginner believes that the format type `%` only writes a percent sign.

The output is a hundred times the wanted one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("percent-format-adds-sign-only",)

_PERCENT = re.compile(r"(-?\d+(?:\.\d+)?) ?%")


def detect(case: Examination) -> Iterator[Sign]:
    """The format type `%` for a value that is already in percent."""
    for node, function in case.places:
        match node:
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=[*_, ast.Constant(value=str() as spec)])):
                pass
            case ast.Call(func=ast.Name(id="format"), args=[_, ast.Constant(value=str() as spec)]):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
                spec = "%" if re.search(r"\{[^{}]*:[^{}]*%\}", text) else ""
            case _:
                continue
        if not spec.endswith("%"):
            continue
        facts = [fact for fact in case.wrong_of(function) if _hundredfold(fact)]
        if facts:
            said = "uses the format type %, which also multiplies by 100."
            seen = "The percentage is a hundred times the wanted one"
            yield of_facts(case, "percent-format-adds-sign-only", node.lineno, 0.95, said, seen, facts)


def _hundredfold(fact: Contrast) -> bool:
    if not isinstance(fact.expected, str) or not isinstance(fact.actual, str):
        return False
    wanted, got = _PERCENT.findall(fact.expected), _PERCENT.findall(fact.actual)
    if not wanted or len(wanted) != len(got):
        return False
    pairs = [(float(one), float(two)) for one, two in zip(wanted, got, strict=True)]
    return any(one for one, _ in pairs) and all(abs(two - 100 * one) <= 50.0 for one, two in pairs)
