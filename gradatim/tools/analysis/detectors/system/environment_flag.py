"""A beginner believes that a setting of the environment of 0 or false counts as false.

The text of the setting is used as a condition.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call, library_name
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant, value_behind
from gradatim.tools.analysis.sign import Sign

TELLS = ("environment-flag-is-boolean",)

_FLAG = re.compile(r"(^|_)(DEBUG|VERBOSE|QUIET|ENABLED?|DISABLED?|USE|TEST(ING)?|DRY_RUN|FORCE|COLOR|ON|FLAG)($|_)")


def detect(case: Examination) -> Iterator[Sign]:
    """Whether a setting is on decided by whether its text is empty."""
    for node, function in case.places:
        match node:
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                pass
            case ast.Call(func=ast.Name(id="bool"), args=[test]):
                pass
            case _:
                continue
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            test = test.operand
        setting = _setting(case, value_behind(case, function, test))
        if setting is not None and (_FLAG.search(setting) or isinstance(node, ast.Call)):
            said = "takes the text of a setting as the condition, and every text but the empty one counts as true."
            yield of_line(case, "environment-flag-is-boolean", test.lineno, 0.88, said)


def _setting(case: Examination, node: ast.expr) -> str | None:
    """Name of the setting that an expression reads from the environment."""
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[name, *_]):
            return text_constant(name) if library_name(case.program, owner, "os") == "environ" else None
        case ast.Call(args=[name, *_]) if library_call(case.program, node, "os") == "getenv":
            return text_constant(name)
        case ast.Subscript(value=owner, slice=name):
            return text_constant(name) if library_name(case.program, owner, "os") == "environ" else None
        case _:
            return None
