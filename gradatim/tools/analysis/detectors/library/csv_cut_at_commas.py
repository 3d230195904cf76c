"""A beginner believes that a line of a CSV file is taken apart by `split(",")`.

Exactly the tests with quoted fields fail.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("csv-split-by-hand",)


def detect(case: Examination) -> Iterator[Sign]:
    """`split` at a comma or semicolon where every failing test has quoted fields, and no other."""
    for node, function in case.places:
        match node:
            case ast.Call(func=ast.Attribute(attr="split"), args=[ast.Constant(value="," | ";")]):
                pass
            case _:
                continue
        if function is None:
            continue
        facts = [fact for fact in case.contrasts if fact.function == function.name]
        failing = [fact for fact in facts if not fact.passed]
        quoted = [any('"' in text for text in _texts(fact)) for fact in failing]
        passed = [any('"' in text for text in _texts(fact)) for fact in facts if fact.passed]
        if failing and all(quoted) and not any(passed):
            said = "cuts at every separator, also at those inside of quoted fields."
            seen = "Fields in quotes are given"
            yield of_facts(case, "csv-split-by-hand", node.lineno, 0.93, said, seen, failing)


def _texts(fact: Contrast) -> Iterator[str]:
    """Texts among the arguments, also those in lists."""
    for value in fact.arguments or ():
        for item in [value] if isinstance(value, str) else listed(value) or []:
            if isinstance(item, str):
                yield item
