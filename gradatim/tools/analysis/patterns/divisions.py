"""Divisions in a function."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.program import Function


def divisions_in(case: Examination, function: Function | None, kind: type[ast.operator]) -> list[ast.AST]:
    nodes = function.nodes if function is not None else case.program.top
    return [n for n in nodes if isinstance(n, ast.BinOp | ast.AugAssign) and isinstance(n.op, kind)]
