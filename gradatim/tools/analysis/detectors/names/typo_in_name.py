"""A beginner expects Python to recognise a name that is written a little differently.

A NameError for a name that exists nowhere, beside a known name that is almost the same.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.scopes import FUNCTIONS_OF, MODULES, NAME, home_of, nearest_name
from gradatim.tools.analysis.program import BUILT_IN_NAMES
from gradatim.tools.analysis.sign import Sign

TELLS = ("typo-in-name",)


def detect(case: Examination) -> Iterator[Sign]:
    """A name that exists nowhere and resembles one that does."""
    seen: set[str] = set()
    for found in case.raised("NameError", NAME):
        name = found.name
        home = home_of(case, found)
        known = case.program.names_visible_in(home) | case.setup_names | BUILT_IN_NAMES
        if name in seen or name in MODULES or name in FUNCTIONS_OF or name in known:
            continue
        seen.add(name)
        meant = nearest_name(name, known)
        if meant is not None:
            yield Sign(
                "typo-in-name",
                (found.line,) if found.line else (),
                0.93,
                f"Line {found.line}: the name `{name}` is defined nowhere; `{meant}` is.",
                f"It raises NameError in {name_tests(found.tests)}." if found.test else "It raises NameError.",
                found.tests,
            )
    for name, node in undefined_names(case):
        if name in seen:
            continue
        home = case.program.enclosing_function(node)
        meant = nearest_name(name, case.program.names_visible_in(home) | case.setup_names | BUILT_IN_NAMES)
        if meant is not None:
            seen.add(name)
            fact = f"Line {node.lineno}: the name `{name}` is defined nowhere; `{meant}` is."
            yield Sign("typo-in-name", (node.lineno,), 0.7, fact, "The line would raise NameError.", anywhere=True)


def undefined_names(case: Examination) -> Iterator[tuple[str, ast.Name]]:
    """Names that are read and that nothing defines, in the order of their lines."""
    if case.program.star_import or case.program.tree is None:
        return
    bound = {name for item in case.program.functions for name in item.locals}
    comprehended = {
        node.id for node in case.program.nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    arguments = {node.arg for node in case.program.nodes if isinstance(node, ast.arg)}
    known = bound | comprehended | arguments | case.program.top_names | case.setup_names | BUILT_IN_NAMES
    loads = [node for node in case.program.nodes if isinstance(node, ast.Name) and node.id not in known]
    for node in sorted(loads, key=lambda item: (item.lineno, item.col_offset)):
        if node.id not in ("__name__", "__file__", "__doc__"):
            yield node.id, node
