"""A beginner expects a name to be known wherever it is needed.

A NameError for a name that exists elsewhere: further down, in another function, in a module, on the object.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, Raised, name_tests
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.scopes import FUNCTIONS_OF, MODULES, NAME, home_of, on_object
from gradatim.tools.analysis.program import Function, stored_names
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "accumulator-not-initialised",
    "code-runs-all-at-once",
    "import-missing",
    "local-is-global",
    "missing-self-parameter",
    "missing-self-prefix",
    "module-function-without-prefix",
    "variable-before-assignment",
)


def _stored_anywhere(case: Examination, name: str) -> bool:
    return name in case.program.top_names or any(item.stores(name) for item in case.program.functions)


def detect(case: Examination) -> Iterator[Sign]:
    """A name that exists elsewhere: later, in another function, in a module, on the object."""
    seen: set[tuple[str, int]] = set()
    for found in case.raised("NameError", NAME):
        name, line = found.name, found.line
        if not line or (name, line) in seen:
            continue
        seen.add((name, line))
        home = home_of(case, found)
        lines = (line,)
        why = f"NameError in {name_tests(found.tests)}." if found.test else "Loading the program raises NameError."
        if name in MODULES and name not in case.program.imports:
            fact = f"Line {line}: `{name}` is used, and the program does not import it."
            yield Sign("import-missing", lines, 0.95, fact, why, found.tests)
        elif name in FUNCTIONS_OF and not _stored_anywhere(case, name):
            module = FUNCTIONS_OF[name]
            if module in case.program.imports:
                fact = f"Line {line}: `{name}` is used without `{module}.` before it."
                yield Sign("module-function-without-prefix", lines, 0.95, fact, why, found.tests)
            else:
                fact = f"Line {line}: `{name}` belongs to the module {module}, which is not imported."
                yield Sign("import-missing", lines, 0.88, fact, why, found.tests)
        elif home is not None and home.owner is not None and on_object(case, home.owner, name):
            fact = f"Line {line}: `{name}` is used without `self.` before it, while the class {home.owner} has it."
            yield Sign("missing-self-prefix", lines, 0.93, fact, why, found.tests)
        elif name == "self" and home is not None and home.owner is not None:
            fact = f"Line {home.line}: the method {home.name} uses `self` and has no such parameter."
            yield Sign("missing-self-parameter", (home.line, line), 0.95, fact, why, found.tests)
        else:
            yield from _defined_elsewhere(case, found, home, why)


def _defined_elsewhere(case: Examination, found: Raised, home: Function | None, why: str) -> Iterator[Sign]:
    name, line = found.name, found.line
    module_level = [node for node in case.program.top if name in _stores(node)]
    later = [node for node in module_level if getattr(node, "lineno", 0) > line]
    if module_level and home is None:
        statements = [case.program.statement_of(node) for node in module_level]
        if all(isinstance(item, ast.AugAssign) for item in statements):
            fact = f"Line {line}: `{name}` is added to, and nothing above gives it a first value."
            yield Sign("accumulator-not-initialised", (line,), 0.95, fact, why, found.tests)
        elif len(later) == len(module_level):
            where = min(getattr(node, "lineno", line) for node in later)
            fact = f"Line {line}: `{name}` is used here and defined only below, on line {where}."
            yield Sign("code-runs-all-at-once", (line, where), 0.85, fact, why, found.tests)
            if not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in later):
                yield Sign("variable-before-assignment", (line, where), 0.8, fact, why, found.tests)
        else:
            fact = f"Line {line}: `{name}` is read, and the lines that assign it were not run before."
            yield Sign("variable-before-assignment", (line,), 0.88, fact, why, found.tests)
        return
    if module_level or (home is not None and name in home.locals):
        return
    for owner in case.program.functions:
        made = [s for store in owner.stores(name) if isinstance(s := case.program.statement_of(store), ast.Assign)]
        if owner is home or not made or name in owner.declared_elsewhere:
            continue
        # A name copied along from a neighbouring function is a slip; one that was meant to come from a call is not.
        called = any(called_name(node) == owner.name for node in (home.nodes if home else case.program.top))
        fact = f"Line {line}: `{name}` belongs to the function {owner.name} and is not known here."
        yield Sign("local-is-global", (line,), 0.93 if called else 0.7, fact, why, found.tests)
        return


def _stores(node: ast.AST) -> frozenset[str]:
    return frozenset(stored_names(node))
