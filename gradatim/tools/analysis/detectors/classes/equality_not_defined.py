"""A beginner believes that two objects of one's own class with the same data are equal.

A test compares two such objects, and the class defines no equality.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("eq-default-identity",)


def detect(case: Examination) -> Iterator[Sign]:
    """Objects of a class without `__eq__` compared by tests that expect them to be equal."""
    for owner in case.program.classes:
        methods = {item.name for item in case.program.methods(owner.name)}
        if "__eq__" in methods or owner.bases or owner.decorator_list or owner.keywords:
            continue
        facts = [
            fact for fact in case.wrong if fact.opposite and fact.expected is True and _compares(case, fact, owner)
        ]
        if facts:
            said = "defines no `__eq__`, so two objects are equal only if they are one and the same."
            sign = of_facts(
                case,
                "eq-default-identity",
                owner.lineno,
                0.93,
                said,
                "Two objects with the same data are compared",
                facts,
            )
            yield replace(sign, anywhere=True)


def _compares(case: Examination, fact: Contrast, owner: ast.ClassDef) -> bool:
    """Whether a test's expression compares two new objects of a class, or looks for one in a list."""
    try:
        tree = ast.parse(case.task.test(fact.test).call or "", mode="eval")
    except SyntaxError:
        return False
    match tree.body:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            return called_name(left) == called_name(right) == owner.name
        case ast.Compare(left=left, ops=[ast.In()], comparators=[ast.List(elts=[*elements])]):
            return called_name(left) == owner.name and any(called_name(item) == owner.name for item in elements)
        case _:
            return False
