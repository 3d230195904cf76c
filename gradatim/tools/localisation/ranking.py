"""Spectrum-based fault localisation, joined with what exceptions, detectors, slices and repairs point at.

The suspiciousness of a line that ran is Ochiai's (see `formulas`). Lines of a straight piece of code share one value;
there the kind of statement and the slice of the wrong result decide. Exceptions, detectors and names defined nowhere
are independent reasons. Changes that were tried count most: a line where a change makes failing tests pass, or where a
repair was found, is where a person would look.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import exp, sqrt

from gradatim.domain import Execution, MisconceptionMatch, Repair, SuspiciousLine
from gradatim.tools.analysis.flow import leaves
from gradatim.tools.analysis.program import BUILT_IN_NAMES, Program
from gradatim.tools.localisation.formulas import ochiai
from gradatim.tools.localisation.spectra import spectra_of, statement_lines
from gradatim.tools.localisation.suspicion import Suspicions

_SPECTRUM = 0.55
"""Most that running in failing tests alone can say: a line that does nothing wrong runs with them as well."""
_UNTRACED = 0.25
"""Stands in for the spectrum where no test was traced."""
_OUTSIDE = 0.85
"""Share of it that a line keeps which the wrong result does not rest on: a line that should have had an effect and had
none is outside of the slice, too."""
_RAISING = 0.75
_SIGNED = 0.85
"""Share of a match's confidence that its first line gets."""
_FURTHER = 0.45
"""Share that its other lines get."""
_UNDEFINED = 0.8
_UNFINISHED = 0.35
_GAIN = 0.5
_REPAIR = 2.0
"""What newly passing tests and repairs count against the rest, which lies in [0, 1]."""


def localise(
    program: Program,
    execution: Execution,
    coverage: Mapping[str, AbstractSet[int]] | None,
    matches: Sequence[MisconceptionMatch],
    known: AbstractSet[str] = frozenset(),
    *,
    slice: AbstractSet[int] | None = None,
    gains: Mapping[int, int] | None = None,
    repairs: Sequence[Repair] = (),
) -> tuple[SuspiciousLine, ...]:
    """Lines that may hold the fault, best first.

    Args:
        program: The parsed program.
        execution: Its test results.
        coverage: Lines that ran, per traced test; `None` if nothing was traced.
        matches: Misconceptions found in it, with their lines.
        known: Names that the task's set-up code defines.
        slice: Lines that the wrong result of a failing test rests on (`tracing.slice_of`).
        gains: Line → most failing tests that any change tried there made pass.
        repairs: Changes that make every test pass.

    Returns:
        Every line with any reason against it, scores in [0, 1]; nothing for a program that passes all tests.
    """
    if execution.passed:
        return ()
    found = Suspicions()
    if program.fault is not None and (program.tree is None or execution.load_error is not None):
        found.add(program.fault.line, 0.95, program.fault.plain.removesuffix("."))
    _add_spectrum(program, execution, coverage, slice, found)
    _add_exceptions(program, execution, found)
    for match in matches:
        for place, line in enumerate(match.lines):
            share = _SIGNED if place == 0 else _FURTHER
            found.add(line, share * match.confidence, f"shows a sign of {match.id}")
    _add_static(program, execution, found, known)
    _add_changes(execution, gains or {}, repairs, found)
    changed = bool(gains) or bool(repairs)
    lines = [
        (item.total, SuspiciousLine(line=line, score=_score(item.total, changed), why=item.why))
        for line, item in found.lines.items()
        if 1 <= line <= len(program.lines) and program.line(line)
    ]
    return tuple(item for _, item in sorted(lines, key=lambda pair: (-pair[0], pair[1].line)))


def _score(total: float, changed: bool) -> float:
    """The ranking's value as a score in [0, 1]."""
    return round(min(1.0, 1 - exp(-1.5 * total) if changed else total), 4)


def _add_spectrum(
    program: Program,
    execution: Execution,
    coverage: Mapping[str, AbstractSet[int]] | None,
    slice: AbstractSet[int] | None,
    found: Suspicions,
) -> None:
    kinds = statement_lines(program)
    spectra = spectra_of(program, execution, coverage)
    for line, weight in kinds.items():
        share = weight if slice is None or line in slice else weight * _OUTSIDE
        if not spectra:
            if execution.load_error is None:
                found.add(line, _UNTRACED * share, "may run in the failing tests")
            continue
        item = spectra[line]
        value = ochiai(item.failed, item.passed, item.all_failed)
        if value:
            ran = f"{item.failed} of {item.all_failed} failing and {item.passed} of {item.all_passed} passing"
            found.add(line, _SPECTRUM * value * share, f"runs in {ran} tests traced")


def _add_changes(execution: Execution, gains: Mapping[int, int], repairs: Sequence[Repair], found: Suspicions) -> None:
    """What changes that were tried show: where they help, and where they mend everything."""
    failing = sum(item.status not in ("passed", "not-run") for item in execution.outcomes) or 1
    for line, count in gains.items():
        if count > 0:
            why = f"a change here makes {count} more of the tests pass"
            found.add_repair(line, _GAIN * min(1.0, count / failing), why)
    best: dict[int, float] = {}
    for repair in repairs:
        for line in repair.lines:
            # a change of many lines says little about each of them
            best[line] = max(best.get(line, 0.0), repair.weight / sqrt(len(repair.lines)))
    for line, weight in best.items():
        found.add_repair(line, _REPAIR * weight, "a change here makes every test pass")


def _add_exceptions(program: Program, execution: Execution, found: Suspicions) -> None:
    error = execution.load_error
    if error is not None:
        if program.fault is None and error.line is not None:
            found.add(error.line, 0.9, f"raises {error.type} when the program is loaded")
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
        found.add(line, _RAISING * share, f"raises {kind} in {_name(tests)}")
    for line, kind in above.items():
        found.add(line, 0.12, f"leads to the {kind}")


def _name(tests: Sequence[str]) -> str:
    return f"test {tests[0]}" if len(tests) == 1 else f"test {tests[0]} and {len(tests) - 1} more"


def _add_static(program: Program, execution: Execution, found: Suspicions, known: AbstractSet[str]) -> None:
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
                found.add(node.lineno, _UNDEFINED, f"uses the name {node.id}, which is defined nowhere")
    nothing = any(
        item.status == "failed" and item.actual == "None" and item.expected not in (None, "None")
        for item in execution.outcomes
    )
    for function in program.functions if nothing else ():
        if function.returns_value and not function.yields and not leaves(function.node.body):
            found.add(
                function.node.body[-1].lineno,
                _UNFINISHED,
                f"the function {function.name} can end here without a return",
            )
