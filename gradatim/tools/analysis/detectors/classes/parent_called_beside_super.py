"""A beginner believes that each parent's `__init__` is called by its class name, next to `super()`.

With several parents both ways are mixed, so that a part is set up twice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("call-parents-one-by-one",)


def detect(case: Examination) -> Iterator[Sign]:
    """`Parent.__init__(self)` beside `super().__init__()` in a class with several parents."""
    for owner in case.program.classes:
        parents = {base.id for base in owner.bases if isinstance(base, ast.Name)}
        constructor = next((item for item in case.program.methods(owner.name) if item.name == "__init__"), None)
        if len(parents) < 2 or constructor is None:
            continue
        cooperating, named = False, None
        for node in constructor.nodes:
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="super")), attr="__init__")):
                    cooperating = True
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="__init__")) if name in parents:
                    named = node
                case _:
                    continue
        if cooperating and named is not None:
            said = "calls a parent by its name, beside `super()`, which goes through the parents itself."
            yield of_line(case, "call-parents-one-by-one", named.lineno, 0.94, said, anywhere=True)
