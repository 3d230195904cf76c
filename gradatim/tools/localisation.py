"""Spectrum-based fault localisation, joined with what exceptions and detectors point at.

The suspiciousness of a line that ran is Ochiai's: with `f` failing and `p` passing tests that run it, and `F` failing
tests in all, `f / sqrt(F * (f + p))` (Abreu, Zoeteweij, van Gemund, "An evaluation of similarity coefficients for
software fault localization", 2006). Lines of a straight piece of code share one value; there the kind of statement
decides. Exceptions and detectors add independent reasons, joined as `1 - (1 - a)(1 - b)…`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from math import sqrt

from gradatim.domain import Execution, MisconceptionMatch, SuspiciousLine
from gradatim.tools.analysis.flow import leaves
from gradatim.tools.analysis.program import BUILT_IN_NAMES, Program

_SPECTRUM = 0.55
"""Most that running in failing tests alone can say: a line that does nothing wrong runs with them as well."""
_UNTRACED = 0.25
"""Stands in for the spectrum where no test was traced."""
_RAISING = 0.75
_SIGNED = 0.85
"""Share of a match's confidence that its first line gets."""
_FURTHER = 0.45
"""Share that its other lines get."""
_UNDEFINED = 0.8
_UNFINISHED = 0.35

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


@dataclass(slots=True)
class _Suspicion:
    """What speaks against one line."""

    innocence: float = 1.0
    reasons: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])

    def add(self, weight: float, why: str) -> None:
        if weight > 0:
            self.innocence *= 1 - min(weight, 0.99)
            self.reasons.append((weight, why))


def localise(
    program: Program,
    execution: Execution,
    coverage: Mapping[str, AbstractSet[int]] | None,
    matches: Sequence[MisconceptionMatch],
    known: AbstractSet[str] = frozenset(),
) -> tuple[SuspiciousLine, ...]:
    """Lines that may hold the fault, best first.

    Args:
        program: The parsed program.
        execution: Its test results.
        coverage: Lines that ran, per traced test; `None` if nothing was traced.
        matches: Misconceptions found in it, with their lines.
        known: Names that the task's set-up code defines.

    Returns:
        Every line with any reason against it, scores in [0, 1]; nothing for a program that passes all tests.
    """
    if execution.passed:
        return ()
    found: dict[int, _Suspicion] = {}
    if program.fault is not None and (program.tree is None or execution.load_error is not None):
        _add(found, program.fault.line, 0.95, program.fault.plain.removesuffix("."))
    _add_spectrum(program, execution, coverage, found)
    _add_exceptions(program, execution, found)
    for match in matches:
        for place, line in enumerate(match.lines):
            share = _SIGNED if place == 0 else _FURTHER
            _add(found, line, share * match.confidence, f"shows a sign of {match.id}")
    _add_static(program, execution, found, known)
    lines = [
        SuspiciousLine(line=line, score=round(1 - item.innocence, 4), why=_why(item))
        for line, item in found.items()
        if 1 <= line <= len(program.lines) and program.line(line)
    ]
    return tuple(sorted(lines, key=lambda item: (-item.score, item.line)))


def _add(found: dict[int, _Suspicion], line: int, weight: float, why: str) -> None:
    found.setdefault(line, _Suspicion()).add(weight, why)


def _why(item: _Suspicion) -> str:
    texts = dict.fromkeys(text for _, text in sorted(item.reasons, key=lambda reason: -reason[0]))
    joined = "; ".join(list(texts)[:2])
    return joined[:1].upper() + joined[1:] + "."


def ochiai(failed: int, passed: int, all_failed: int) -> float:
    """Ochiai's similarity of a line's runs and the failures, in [0, 1].

    Args:
        failed: Failing tests that run the line.
        passed: Passing tests that run it.
        all_failed: All failing tests.
    """
    return failed / sqrt(all_failed * (failed + passed)) if failed and all_failed else 0.0


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


def _add_spectrum(
    program: Program,
    execution: Execution,
    coverage: Mapping[str, AbstractSet[int]] | None,
    found: dict[int, _Suspicion],
) -> None:
    kinds = statement_lines(program)
    status = {item.test: item.status for item in execution.outcomes}
    traced = {test: lines for test, lines in (coverage or {}).items() if status.get(test, "not-run") != "not-run"}
    failing = [lines for test, lines in traced.items() if status[test] != "passed"]
    passing = [lines for test, lines in traced.items() if status[test] == "passed"]
    if not failing:
        if execution.load_error is None:
            for line, weight in kinds.items():
                _add(found, line, _UNTRACED * weight, "may run in the failing tests")
        return
    for line, weight in kinds.items():
        failed, passed = _count(failing, line), _count(passing, line)
        value = ochiai(failed, passed, len(failing))
        if value:
            why = f"runs in {failed} of {len(failing)} failing and {passed} of {len(passing)} passing tests traced"
            _add(found, line, _SPECTRUM * value * weight, why)


def _count(runs: Iterable[AbstractSet[int]], line: int) -> int:
    return sum(line in lines for lines in runs)


def _add_exceptions(program: Program, execution: Execution, found: dict[int, _Suspicion]) -> None:
    error = execution.load_error
    if error is not None:
        if program.fault is None and error.line is not None:
            _add(found, error.line, 0.9, f"raises {error.type} when the program is loaded")
        return
    raising: dict[tuple[int, str], list[str]] = {}
    above: dict[int, str] = {}
    failing = [item for item in execution.outcomes if item.status not in ("passed", "not-run")]
    for outcome in failing:
        fact = outcome.exception
        if fact is None or fact.line is None:
            continue
        raising.setdefault((fact.line, fact.type), []).append(outcome.test)
        for line in fact.trace:
            if line != fact.line:
                above.setdefault(line, fact.type)
    for (line, kind), tests in raising.items():
        # A recursion that never ends stops at a line that is no worse than the others it goes through.
        share = 0.5 if kind == "RecursionError" else 0.6 + 0.4 * len(tests) / len(failing)
        _add(found, line, _RAISING * share, f"raises {kind} in {_name(tests)}")
    for line, kind in above.items():
        _add(found, line, 0.12, f"leads to the {kind}")


def _name(tests: Sequence[str]) -> str:
    return f"test {tests[0]}" if len(tests) == 1 else f"test {tests[0]} and {len(tests) - 1} more"


def _add_static(program: Program, execution: Execution, found: dict[int, _Suspicion], known: AbstractSet[str]) -> None:
    """Lines that no test needs to run to be wrong: names defined nowhere, ends of functions that return nothing."""
    if program.tree is None:
        return
    if not program.star_import:
        arguments = {node.arg for node in program.nodes if isinstance(node, ast.arg)}
        stored = {n.id for n in program.nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        bound = arguments | stored | program.top_names | {name for item in program.functions for name in item.locals}
        defined = bound | set(known) | BUILT_IN_NAMES | {"__file__", "__name__"}
        for node in program.nodes:
            if isinstance(node, ast.Name) and node.id not in defined:
                _add(found, node.lineno, _UNDEFINED, f"uses the name {node.id}, which is defined nowhere")
    nothing = any(
        item.status == "failed" and item.actual == "None" and item.expected not in (None, "None")
        for item in execution.outcomes
    )
    for function in program.functions if nothing else ():
        if function.returns_value and not function.yields and not leaves(function.node.body):
            _add(
                found,
                function.node.body[-1].lineno,
                _UNFINISHED,
                f"the function {function.name} can end here without a return",
            )
