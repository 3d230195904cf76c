"""From traced tests to the spectrum of every line."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from gradatim.domain import Execution
from gradatim.tools.analysis.program import Program
from gradatim.tools.localisation.formulas import FORMULAS, Spectrum

_KINDS: tuple[tuple[type[ast.stmt] | tuple[type[ast.stmt], ...], float], ...] = (
    ((ast.If, ast.While), 1.0),
    (ast.Return, 0.97),
    ((ast.For, ast.AsyncFor), 0.95),
    (ast.AugAssign, 0.93),
    ((ast.Assign, ast.AnnAssign), 0.9),
    (ast.Expr, 0.85),
    ((ast.Break, ast.Continue, ast.Pass, ast.Global, ast.Nonlocal), 0.7),
    ((ast.Import, ast.ImportFrom), 0.3),
)
_HEADERS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def statement_lines(program: Program) -> dict[int, float]:
    """Lines on which a statement begins, with how likely its kind holds a fault; without headers and docstrings."""
    lines: dict[int, float] = {}
    for node in program.nodes:
        if not isinstance(node, ast.stmt) or isinstance(node, _HEADERS):
            continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        weight = next((weight for kinds, weight in _KINDS if isinstance(node, kinds)), 0.8)
        lines[node.lineno] = max(weight, lines.get(node.lineno, 0.0))
    return lines


def spectra_of(
    program: Program, execution: Execution, coverage: Mapping[str, AbstractSet[int]] | None
) -> dict[int, Spectrum]:
    """The spectrum of every line on which a statement begins; nothing where no failing test was traced."""
    status = {item.test: item.status for item in execution.outcomes}
    traced = {test: lines for test, lines in (coverage or {}).items() if status.get(test, "not-run") != "not-run"}
    failing = [lines for test, lines in traced.items() if status[test] != "passed"]
    passing = [lines for test, lines in traced.items() if status[test] == "passed"]
    if not failing:
        return {}
    return {
        line: Spectrum(
            sum(line in lines for lines in failing), sum(line in lines for lines in passing), len(failing), len(passing)
        )
        for line in statement_lines(program)
    }


def rank_by_formula(
    program: Program, execution: Execution, coverage: Mapping[str, AbstractSet[int]] | None, formula: str
) -> tuple[tuple[int, float], ...]:
    """Lines with their suspiciousness by one formula alone, the most suspicious first, equals from top to bottom.

    Raises:
        KeyError: There is no such formula.
    """
    score = FORMULAS[formula]
    ranked = [(line, score(item)) for line, item in spectra_of(program, execution, coverage).items() if item.failed]
    return tuple(sorted(ranked, key=lambda item: (-item[1], item[0])))
