"""A beginner believes that a variable of the constructor, or a parent's attribute, belongs to the object by itself.

An AttributeError on an object of the program.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.patterns.classes import constructor_of, sets_attribute
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "attribute-before-init",
    "missing-self-prefix",
    "super-not-called",
)


def detect(case: Examination) -> Iterator[Sign]:
    """An attribute that the object lacks: stored in a local, set elsewhere, or left to an uncalled constructor."""
    seen: set[tuple[str, str]] = set()
    for found in case.raised("AttributeError", r"^'(\w+)' object has no attribute '(\w+)'"):
        owner, name = found.match.group(1), found.match.group(2)
        node = next((item for item in case.program.classes if item.name == owner), None)
        if node is None or (owner, name) in seen:
            continue
        seen.add((owner, name))
        why = f"AttributeError in {name_tests(found.tests)}."
        constructor = constructor_of(case, owner)
        local = constructor.stores(name) if constructor is not None else ()
        plain = [item for item in local if isinstance(item, ast.Name)]
        setters = [item for item in case.program.methods(owner) if sets_attribute(item, name) is not None]
        bases = [item.id for item in node.bases if isinstance(item, ast.Name)]
        inherited = next(
            (
                c
                for base in bases
                if (c := constructor_of(case, base)) is not None and sets_attribute(c, name) is not None
            ),
            None,
        )
        if constructor is not None and plain and not setters:
            line = plain[0].lineno
            fact = f"Line {line}: `{case.program.line(line)}` sets a local variable and not an attribute of the object."
            yield Sign("missing-self-prefix", (line,), 0.94, fact, why, found.tests, anywhere=True)
        elif inherited is not None and constructor is not None and not _calls_super(constructor):
            fact = (
                f"Line {constructor.line}: the constructor of {owner} does not call the one of "
                f"{inherited.owner}, which sets `{name}`."
            )
            yield Sign("super-not-called", (constructor.line,), 0.95, fact, why, found.tests, anywhere=True)
        elif setters and constructor not in setters:
            line = sets_attribute(setters[0], name) or setters[0].line
            fact = f"Line {line}: only the method {setters[0].name} sets `{name}`."
            lines = tuple(dict.fromkeys((found.line, line))) if found.line else (line,)
            yield Sign("attribute-before-init", lines, 0.9, fact, why, found.tests, anywhere=True)


def _calls_super(function: Function) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr == "__init__" for node in function.nodes)
