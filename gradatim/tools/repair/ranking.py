"""Which of several repairs a person would make: small, of a natural kind, and not written for the tests alone."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from gradatim.domain import Edit, Repair
from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.pool.size import line_edits
from gradatim.tools.repair.pool.wording import change

PER_EDIT = 0.5
"""What every further edit leaves of a repair's weight."""
PER_LINE = 0.93
"""What every further changed line leaves of it."""
OVERFITTED = 0.02
"""What is left of the weight of a repair that could hold for the tests alone."""
_FITS_TESTS: dict[str, float] = {
    "constant": 0.35, "constant-to-variable": 0.35, "initial-value": 0.6, "guard": 0.6, "text": 0.5,
    "comparison-offset": 0.6, "condition-added": 0.5, "wrap-method": 0.5, "index": 0.8, "index-added": 0.5,
    "return-value": 0.8, "wrap-max": 0.4, "wrap-min": 0.4, "wrap-bool": 0.7, "wrap-abs": 0.6, "wrap-round": 0.4,
    "break-added": 0.7, "if-to-while": 0.5, "argument": 0.7, "condition": 0.6,
}  # fmt: skip
"""Kinds of edits that often pass the tests without being right, with what is left of their weight."""


def weight(steps: Iterable[Candidate], lines: int) -> float:
    """How likely a change is the one that a person would make, in (0, 1].

    Args:
        steps: Its edits.
        lines: How many lines it changes.
    """
    found = PER_LINE ** max(0, lines - 1) / PER_EDIT
    for step in steps:
        kind = _FITS_TESTS.get(step.operator, 1.0)
        found *= PER_EDIT * step.prior * kind * (OVERFITTED if step.overfits else 1.0)
    return max(1e-4, min(1.0, found))


def normal_form(code: str) -> str:
    """The program without comments and layout: two repairs that agree in it are the same."""
    try:
        return ast.dump(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return code


def as_repair(source: str, code: str, steps: tuple[Candidate, ...], lines: tuple[int, ...]) -> Repair:
    """A repair as it is shown.

    Args:
        source: The student's program.
        code: The repaired one.
        steps: The edits that led there.
        lines: For each edit the line of the student's program that it is at.
    """
    old, new = source.split("\n"), code.split("\n")
    operator = "+".join(dict.fromkeys(step.operator for step in steps))
    edits = line_edits(old, new, operator)
    if len(edits) == len(steps) > 1:
        edits = _named(edits, steps, lines)
    changed = sum(max(edit.last_line - edit.line + 1, len(edit.replacement.split("\n"))) for edit in edits)
    return Repair(
        code=code,
        edits=tuple(edits),
        place=_listed([place(step, line) for step, line in zip(steps, lines, strict=True)]),
        change="; ".join(change(old, edit) for edit in edits),
        origin="search",
        weight=round(weight(steps, changed), 4),
    )


def _named(edits: Iterable[Edit], steps: tuple[Candidate, ...], lines: tuple[int, ...]) -> tuple[Edit, ...]:
    """Edits with the operator of the step that is nearest to each."""
    at = list(zip(lines, steps, strict=True))
    return tuple(
        edit.model_copy(update={"operator": min(at, key=lambda item: abs(item[0] - edit.line))[1].operator})
        for edit in edits
    )


def place(step: Candidate, line: int) -> str:
    """Where a change is and what kind of thing it changes, without the solution."""
    if step.operator == "guard":
        return f"a case is missing at {step.what}"
    if step.operator == "missing-return" and step.what.startswith("the end"):
        at = "" if "function" in step.what else f" (line {line})"
        return f"a return is missing at {step.what}{at}"
    return f"{step.what} in line {line}"


def _listed(parts: list[str]) -> str:
    shown = list(dict.fromkeys(parts))
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
