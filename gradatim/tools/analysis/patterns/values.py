"""What plain assignments give a name, and what tests hand over for it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from weakref import WeakKeyDictionary

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.program import Function, Program, stored_names


def values_of(case: Examination, function: Function | None, name: str) -> tuple[ast.expr, ...]:
    """Every value that a name is given, as far as it is visible; empty if it is also bound in other ways."""
    if function is not None and name in _locals(function):
        stores = function.stores(name)
    else:
        stores = _top_binders(case.program).get(name, ())
    found: list[ast.expr] = []
    for store in stores:
        match case.program.parent(store):
            case ast.Assign(targets=targets, value=value) if store in targets:
                found.append(value)
            case ast.AnnAssign(value=ast.expr() as value):
                found.append(value)
            case _:
                return ()
    return tuple(found)


_own: WeakKeyDictionary[ast.AST, frozenset[str]] = WeakKeyDictionary()
"""Definition of a function → its local names, which many detectors ask for at every node."""


def _locals(function: Function) -> frozenset[str]:
    found = _own.get(function.node)
    if found is None:
        found = _own[function.node] = function.locals
    return found


_known: WeakKeyDictionary[ast.Module, dict[str, tuple[ast.AST, ...]]] = WeakKeyDictionary()
"""Tree of a program → the nodes that bind each name of the module level, which many detectors ask for."""


def _top_binders(program: Program) -> dict[str, tuple[ast.AST, ...]]:
    if program.tree is None:
        return {}
    found = _known.get(program.tree)
    if found is None:
        binders: dict[str, list[ast.AST]] = {}
        for node in program.top:
            for name in stored_names(node):
                binders.setdefault(name, []).append(node)
        found = {name: tuple(nodes) for name, nodes in binders.items()}
        _known[program.tree] = found
    return found


def value_behind(case: Examination, function: Function | None, node: ast.expr) -> ast.expr:
    """The value of a name that is assigned exactly once, otherwise the expression itself."""
    if isinstance(node, ast.Name):
        values = values_of(case, function, node.id)
        if len(values) == 1 and (function is None or node.id not in function.parameters):
            return values[0]
    return node


def own_facts(case: Examination, function: Function | None) -> tuple[Contrast, ...]:
    """Wrong results of the tests that call a function directly."""
    if function is None:
        return ()
    return tuple(fact for fact in case.wrong if fact.function == function.name)


def passed_facts(case: Examination, function: Function | None) -> tuple[Contrast, ...]:
    """Passed tests that call a function directly."""
    if function is None:
        return ()
    return tuple(fact for fact in case.right if fact.function == function.name)


def texts_in(fact: Contrast) -> tuple[str, ...]:
    """Texts among the arguments of a test."""
    return tuple(value for value in fact.arguments or () if isinstance(value, str))


def text_constant(node: ast.AST | None) -> str | None:
    """The text that an expression is, if it is a literal one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def with_values(case: Examination, function: Function | None) -> Iterator[tuple[ast.Assign, str]]:
    """Assignments to a single name, in reading order, with the name."""
    for node in function.nodes if function is not None else case.program.top:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield node, name
            case _:
                continue
