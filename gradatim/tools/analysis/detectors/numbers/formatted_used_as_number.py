"""A beginner believes that a number formatted to two decimals is still a number.

Formatted text goes into a calculation, or comes back where a number was wanted.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, is_number, literal
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_errors, of_facts
from gradatim.tools.analysis.patterns.values import own_facts, value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("formatted-number-is-number",)


def detect(case: Examination) -> Iterator[Sign]:
    """Text made by a number format used, or returned, as a number."""
    errors = case.raised_at("TypeError", r"'str'|not str|\bstr\b")
    for node, function in case.places:
        if isinstance(node, ast.BinOp | ast.Compare) and node.lineno in errors:
            sides = [node.left, node.right] if isinstance(node, ast.BinOp) else [node.left, *node.comparators]
            if any(_formatted(value_behind(case, function, side)) for side in sides):
                said = "calculates with formatted text."
                yield of_errors(case, "formatted-number-is-number", node.lineno, 0.94, said, errors[node.lineno])
        elif isinstance(node, ast.Return) and node.value is not None:
            facts = [fact for fact in own_facts(case, function) if _number_as_text(fact)]
            if facts and _formatted(value_behind(case, function, node.value)):
                said = "returns text that a number format made."
                seen = "The text of the wanted number came"
                yield of_facts(case, "formatted-number-is-number", node.lineno, 0.94, said, seen, facts)


def _formatted(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr(values=[ast.FormattedValue(format_spec=ast.JoinedStr(values=[ast.Constant(value=spec)]))]):
            return isinstance(spec, str) and spec.endswith("f")
        case ast.Call(func=ast.Name(id="format"), args=[_, ast.Constant(value=str() as spec)]):
            return spec.endswith("f")
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
            return re.fullmatch(r"\{\d?:\.?\d*f\}", text) is not None
        case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()):
            return re.fullmatch(r"%\.?\d*f", text) is not None
        case _:
            return False


def _number_as_text(fact: Contrast) -> bool:
    if not isinstance(fact.actual, str) or not is_number(fact.expected):
        return False
    number = literal(fact.actual.strip())
    return isinstance(number, int | float) and number == fact.expected
