"""A beginner misjudges which lines give a local name its first value.

An UnboundLocalError; where the name is assigned tells whether a start, a branch or a `global` is missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, Raised, name_tests
from gradatim.tools.analysis.flow import chain, names_in
from gradatim.tools.analysis.patterns.scopes import home_of, on_object
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "accumulator-not-initialised",
    "empty-input-forgotten",
    "global-not-declared",
    "missing-else-case",
    "missing-self-prefix",
    "variable-before-assignment",
)
UNBOUND = r"local variable '(\w+)'"


def _accumulates(case: Examination, store: ast.AST, name: str) -> bool:
    """Whether the statement of a store computes the new value from the old one."""
    statement = case.program.statement_of(store)
    if isinstance(statement, ast.AugAssign):
        return True
    return isinstance(statement, ast.Assign) and name in names_in(statement.value)


def detect(case: Examination) -> Iterator[Sign]:
    """A local name read before it has a value: which belief it shows depends on where it is assigned."""
    seen: set[tuple[str, int]] = set()
    for found in case.raised("UnboundLocalError", UNBOUND):
        home = home_of(case, found)
        name = found.name
        if home is None or (name, found.line) in seen:
            continue
        seen.add((name, found.line))
        stores = home.stores(name)
        if not stores:
            continue
        why = f"UnboundLocalError in {name_tests(found.tests)}."
        lines = (found.line,)
        if home.owner is not None and on_object(case, home.owner, name):
            fact = (
                f"Line {found.line}: `{name}` is used without `self.` before it, while the class {home.owner} has it."
            )
            yield Sign("missing-self-prefix", lines, 0.94, fact, why, found.tests)
            continue
        if all(_accumulates(case, store, name) for store in stores):
            if name in case.program.top_names or name in case.setup_names:
                fact = (
                    f"Line {found.line}: `{name}` is changed in {home.name} without being declared global, "
                    "while it is defined outside."
                )
                yield Sign("global-not-declared", lines, 0.93, fact, why, found.tests)
            else:
                fact = f"Line {found.line}: `{name}` is added to, and nothing above gives it a first value."
                yield Sign("accumulator-not-initialised", lines, 0.95, fact, why, found.tests)
            continue
        fact = f"Line {found.line}: `{name}` is read, and the lines that assign it were not run before."
        yield from _skipped_assignment(case, home, name, found, fact, why)


def _skipped_assignment(
    case: Examination, home: Function, name: str, found: Raised, fact: str, why: str
) -> Iterator[Sign]:
    stores = [statement for store in home.stores(name) if (statement := case.program.statement_of(store)) is not None]
    above = [item for item in stores if item.lineno < found.line]
    test = next((item for item in case.contrasts if item.test == found.test), None)
    loops = [loop for item in above for loop in [case.program.loops_around(item)] if loop]
    in_for_only = (
        bool(above)
        and len(loops) == len(above)
        and all(
            isinstance(group[-1], ast.For) or item in loop_targets(home)
            for group, item in zip(loops, above, strict=True)
        )
    )
    whole_chain = _chain_without_else(case, above)
    if above and all(isinstance(item, ast.For) for item in above):
        in_for_only = True
    if in_for_only and test is not None and test.empty_input:
        yield Sign("empty-input-forgotten", (found.line,), 0.85, fact, why + " Its input is empty.", found.tests)
        yield Sign("variable-before-assignment", (found.line,), 0.7, fact, why, found.tests)
    elif whole_chain is not None:
        yield Sign("missing-else-case", (whole_chain, found.line), 0.8, fact, why + " No branch applied.", found.tests)
        yield Sign("variable-before-assignment", (found.line,), 0.75, fact, why, found.tests)
    else:
        yield Sign("variable-before-assignment", (found.line,), 0.88, fact, why, found.tests)


def loop_targets(function: Function) -> frozenset[ast.AST]:
    """The for statements of a function."""
    return frozenset(node for node in function.nodes if isinstance(node, ast.For))


def _chain_without_else(case: Examination, stores: list[ast.stmt]) -> int | None:
    """Line of an if/elif chain of two or more links that assigns in each link and has no else."""
    for store in stores:
        above = case.program.parent(store)
        if isinstance(above, ast.If):
            top = above
            while isinstance(outer := case.program.parent(top), ast.If) and outer.orelse == [top]:
                top = outer
            links, other = chain(top)
            if len(links) >= 2 and not other and all(any(s in link.body for s in stores) for link in links):
                return top.lineno
    return None
