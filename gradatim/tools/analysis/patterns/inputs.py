"""Values that come from `input` without a conversion."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, method_called
from gradatim.tools.analysis.program import Function


def raw_inputs(case: Examination, function: Function | None) -> frozenset[str]:
    """Names that hold what `input()` gave, unconverted."""
    nodes = [*case.program.top, *(function.nodes if function is not None else ())]
    raw: set[str] = set()
    converted: set[str] = set()
    for node in nodes:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            names = [item.id for item in ast.walk(target) if isinstance(item, ast.Name)]
            (raw if is_raw(node.value) else converted).update(names)
    return frozenset(raw - converted)


def is_raw(value: ast.expr) -> bool:
    if called_name(value) == "input":
        return True
    call = method_called(value)
    return call is not None and call[1] in ("strip", "split") and is_raw(call[0])
