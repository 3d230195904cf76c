"""A beginner believes that `assertRaises(ValueError, f(x))` watches over the call of f.

The call stands among the arguments and is made before `assertRaises`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("call-inside-assert-raises",)


def detect(case: Examination) -> Iterator[Sign]:
    """A call among the arguments of `assertRaises` or `pytest.raises`."""
    for node in case.program.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="assertRaises" | "raises"), args=[_, ast.Call() as inner]):
                if called_name(inner) == "partial":
                    continue
                said = "makes the inner call before anything watches for its exception."
                yield of_line(case, "call-inside-assert-raises", node.lineno, 0.95, said, anywhere=True)
            case _:
                continue
