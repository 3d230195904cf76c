"""Texts that `input` prints."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name


def prompts_of(case: Examination) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    for node in case.program.nodes:
        if isinstance(node, ast.Call) and called_name(node) == "input" and node.args:
            value = node.args[0]
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                found.append((node.lineno, value.value))
    return sorted(found)
