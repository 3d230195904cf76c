"""A beginner believes that ending a program with 1 or True reports success.

`sys.exit` gets True, or a function that returns it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("exit-with-true-is-success",)


def detect(case: Examination) -> Iterator[Sign]:
    """`sys.exit(True)`, also by way of a function."""
    for node in case.program.nodes:
        named = called_name(node) if called_name(node) in ("exit", "quit") else None
        if library_call(case.program, node, "sys") != "exit" and named is None:
            continue
        if not isinstance(node, ast.Call) or len(node.args) != 1:
            continue
        code = node.args[0]
        function = case.program.function(called_name(code) or "")
        returned = [item.value for item in function.returns] if function is not None else [code]
        if returned and all(isinstance(item, ast.Constant) and item.value is True for item in returned):
            said = "ends the program with True, which is the exit code 1."
            yield of_line(case, "exit-with-true-is-success", node.lineno, 0.93, said, anywhere=True)
