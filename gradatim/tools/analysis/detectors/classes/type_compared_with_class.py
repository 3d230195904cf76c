"""A beginner believes that `type(x) == Animal` asks whether x is an animal.

The class has subclasses in the program, whose objects are denied.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.classes import single_class
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("type-equals-for-subclass",)


def detect(case: Examination) -> Iterator[Sign]:
    """`type(x) == C` where the program derives other classes from C."""
    parents = {base.id for owner in case.program.classes for base in owner.bases if isinstance(base, ast.Name)}
    for node in case.program.nodes:
        match node:
            case ast.Compare(
                left=ast.Call(func=ast.Name(id="type"), args=[_]),
                ops=[ast.Eq() | ast.Is() | ast.NotEq() | ast.IsNot()],
                comparators=[ast.Name(id=name)],
            ) if name in parents and single_class(case, name) is not None:
                said = f"asks for exactly the class {name}; the program has classes derived from it."
                yield of_line(case, "type-equals-for-subclass", node.lineno, 0.93, said)
            case _:
                continue
