"""A beginner believes that a recursive call returns for the function, or shares its variables.

A recursive call stands without return or assignment in a function that returns values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import called_name, names_in
from gradatim.tools.analysis.patterns.recursion import recursive_functions
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "recursion-missing-return",
    "recursion-shares-locals",
    "recursive-result-discarded",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A recursive call on a line of its own in a function that returns values."""
    for function, _ in recursive_functions(case):
        if not function.returns_value or function.yields:
            continue
        facts = [fact for fact in case.wrong if fact.function == function.name]
        for node in function.nodes:
            if not isinstance(node, ast.Expr):
                continue
            inner = [item for item in ast.walk(node.value) if called_name(item) == function.name]
            if not inner or (inner[0] is not node.value and not isinstance(node.value, ast.BinOp)):
                continue
            block = case.program.block_of(node)
            nothing = tuple(fact.test for fact in facts if fact.none_returned)
            none_errors = tuple(
                test for item in case.raised("TypeError AttributeError", "NoneType") for test in item.tests
            )
            text = case.program.line(node.lineno)
            fact = f"Line {node.lineno}: `{text}` calls {function.name} again and does nothing with its result."
            if block[-1] is node and (nothing or none_errors):
                tests = nothing or none_errors
                yield Sign(
                    "recursion-missing-return",
                    (node.lineno,),
                    0.95,
                    fact,
                    f"None comes back in {name_tests(tests)}.",
                    tests,
                )
            elif facts and not _passes_collector(node.value, function):
                tests = tuple(item.test for item in facts)
                if _adds_up_locally(function):
                    yield Sign(
                        "recursion-shares-locals",
                        (node.lineno,),
                        0.85,
                        fact,
                        f"The result is that of one call alone in {name_tests(tests)}.",
                        tests,
                    )
                else:
                    yield Sign(
                        "recursive-result-discarded",
                        (node.lineno,),
                        0.9,
                        fact,
                        f"The result is wrong in {name_tests(tests)}.",
                        tests,
                    )


def _passes_collector(call: ast.expr, function: Function) -> bool:
    """Whether a recursive call hands on a parameter that may collect results."""
    changed = {
        node.func.value.id
        for node in function.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.attr in ("append", "add", "extend", "update")
    }
    return bool(changed & set(function.parameters) & names_in(call))


def _adds_up_locally(function: Function) -> bool:
    """Whether a local that starts at a constant is added to and returned."""
    returned = {item.value.id for item in function.returns if isinstance(item.value, ast.Name)}
    started = {
        target.id
        for node in function.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant | ast.List)
    }
    grown = {
        node.target.id
        for node in function.nodes
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    return bool(returned & started & grown)
