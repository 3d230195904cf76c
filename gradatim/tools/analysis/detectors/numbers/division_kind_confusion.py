"""A beginner does not tell `/`, which gives a float, from `//`, which gives a whole number.

A float comes where a whole number is needed, or the fraction is missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from math import floor
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, is_number
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name, length_of, names_in
from gradatim.tools.analysis.patterns.divisions import divisions_in
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "average-integer-division",
    "division-kind-confusion",
)
_FLOAT_INDEX = (
    r"indices must be integers or slices, not float|'float' object cannot be interpreted as an integer|"
    r"slice indices must be integers|can't multiply sequence by non-int of type 'float'"
)


def detect(case: Examination) -> Iterator[Sign]:
    """`/` where whole numbers are needed, or `//` where the fraction is."""
    for line, found in case.raised_at("TypeError", _FLOAT_INDEX).items():
        home = case.function_at(line)
        slashes = divisions_in(case, home, ast.Div) + divisions_in(case, None, ast.Div)
        if slashes:
            where = cast(ast.expr, slashes[0]).lineno
            tests = tuple(test for item in found for test in item.tests)
            fact = f"Line {where}: `{case.program.text(slashes[0])}` divides with /, which always gives a float."
            yield Sign(
                "division-kind-confusion",
                tuple(dict.fromkeys((where, line))),
                0.94,
                fact,
                f"A whole number is needed in {name_tests(tests)}.",
                tests,
            )
    for function in [None, *case.functions]:
        facts = [fact for fact in case.wrong if fact.function == (function.name if function else None)]
        if not facts:
            continue
        for kind, fits, mark in ((ast.Div, _fraction_added, "/"), (ast.FloorDiv, _fraction_lost, "//")):
            divided = divisions_in(case, function, kind)
            tests = tuple(fact.test for fact in facts if fits(fact))
            if not divided or 3 * len(tests) < 2 * len(facts):
                continue
            where = cast(ast.expr, divided[0]).lineno
            text = case.program.text(divided[0])
            if mark == "//" and _is_average(divided[0]):
                fact = f"Line {where}: `{text}` computes an average with //, which drops the fraction."
                yield Sign(
                    "average-integer-division",
                    (where,),
                    0.93,
                    fact,
                    f"The fraction is missing in {name_tests(tests)}.",
                    tests,
                )
            else:
                what = "A float came for a whole number" if mark == "/" else "The fraction is missing"
                fact = f"Line {where}: `{text}` divides with {mark}."
                yield Sign("division-kind-confusion", (where,), 0.9, fact, f"{what} in {name_tests(tests)}.", tests)


def _fraction_added(fact: Contrast) -> bool:
    """A float where its whole part was wanted, in a value or in what is printed."""
    if fact.output:
        pieces = fact.pieces
        if pieces is None or len(pieces[0]) != len(pieces[1]):
            return False
        differing = [(str(a), str(b)) for a, b in zip(*pieces, strict=True) if a != b]
        return bool(differing) and all(a.lstrip("-").isdigit() and _floor_text(b) == a for a, b in differing)
    wanted, got = fact.expected, fact.actual
    return (
        isinstance(wanted, int)
        and not isinstance(wanted, bool)
        and isinstance(got, float)
        and abs(got) < 1e15
        and floor(got) == wanted
    )


def _floor_text(text: str) -> str | None:
    try:
        return str(floor(float(text))) if "." in text else None
    except (ValueError, OverflowError):
        return None


def _fraction_lost(fact: Contrast) -> bool:
    wanted, got = fact.expected, fact.actual
    if not isinstance(wanted, float) or not is_number(got) or wanted != wanted or abs(wanted) > 1e15:
        return False
    return floor(wanted) == got != wanted


def _is_average(node: ast.AST) -> bool:
    if not isinstance(node, ast.BinOp):
        return False
    return (
        length_of(node.right) is not None
        or called_name(node.left) == "sum"
        or any(word in name.lower() for name in names_in(node.right) for word in ("count", "len", "num"))
    )
