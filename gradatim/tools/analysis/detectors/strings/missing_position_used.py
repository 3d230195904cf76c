"""A beginner believes that `find` always gives a usable position.

Its result is calculated with, and the tests that fail do not contain what is sought.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import constant_number
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import texts_in
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("error-value-used-as-data",)


def detect(case: Examination) -> Iterator[Sign]:
    """The result of `find` used without asking whether anything was found."""
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Attribute(attr="find" | "rfind"), args=[ast.Constant(value=str() as sought)]):
                pass
            case _:
                continue
        if function is None or _asked(function):
            continue
        facts = [fact for fact in case.contrasts if fact.function == function.name]
        failing = [fact for fact in facts if not fact.passed]
        absent = [all(sought not in text for text in texts_in(fact)) for fact in failing]
        present = [any(sought in text for text in texts_in(fact)) for fact in facts if fact.passed]
        if failing and present and all(absent) and all(present) and all(texts_in(fact) for fact in failing):
            said = "gives -1 where nothing is found, and the result is not tested for it."
            seen = "What is sought does not occur"
            yield of_facts(case, "error-value-used-as-data", node.lineno, 0.93, said, seen, failing)


def _asked(function: Function) -> bool:
    """Whether a function compares something with -1 or 0, or asks by `in`."""
    for node in function.nodes:
        match node:
            case ast.Compare(ops=[ast.In() | ast.NotIn()]):
                return True
            case ast.Compare(comparators=[other]) if constant_number(other) in (-1, 0):
                return True
            case _:
                continue
    return False
