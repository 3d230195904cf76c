"""What kind of error a program shows (SPEC §4: Python's own kinds, and logical errors)."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gradatim.domain import Execution, Outcome, Task
from gradatim.tools.analysis.contrast import Contrast, contrast, is_number
from gradatim.tools.analysis.explanations import explain, general
from gradatim.tools.analysis.outputs import same_but_format, squeezed
from gradatim.tools.analysis.program import Program

_TIES = ("timeout", "memory", "no-output", "wrong-return-type", "wrong-output-format", "logical")
"""Order of the kinds of failing tests where equally many tests show each; exceptions come before them."""


@dataclass(frozen=True, slots=True)
class Category:
    """The kind of error of a program.

    Attributes:
        name: A Python exception's name, `timeout`, `memory`, `output-limit`, `crashed`, `no-output`,
            `wrong-output-format`, `wrong-return-type` or `logical`.
        explanation: One or two plain sentences about this program; they quote no test.
        line: 1-based line it points at, if it points at one.
        tests: Ids of the tests that show it; none if the program cannot be compiled.
        kind: The same more narrowly: for syntax errors the slip (`missing-colon`), otherwise `none-returned`,
            `wrong-type`, `partial`, `wrong-value`, `endless-loop`, `too-slow`, …; for exceptions their name.
        piece: The part of the line that it is about, as written; may be empty.
    """

    name: str
    explanation: str
    line: int | None = None
    tests: tuple[str, ...] = ()
    kind: str = ""
    piece: str = ""


_OTHERS = {
    "timeout": "The program did not end in the time it had.",
    "memory": "The program used more memory than it may.",
    "output-limit": "The program printed without end.",
    "crashed": "The program ended itself, or its process died.",
    "no-output": "The program printed nothing although output was wanted.",
    "wrong-output-format": "The output has the right content, set differently.",
    "wrong-return-type": "The value that came back is of another type than the one wanted.",
    "logical": "The program runs, and its result is not the one wanted.",
}


def categorise(task: Task, execution: Execution, program: Program) -> Category | None:
    """The kind of error that most failing tests show; `None` for a program that passes them all.

    Where equally many tests show several kinds, an exception counts before the rest, then the order of the tests.
    """
    if execution.passed:
        return None
    if execution.load_error is not None:
        return _loading(execution, program)
    cases = {case.id: case for case in task.tests}
    by_kind: dict[str, list[Outcome]] = {}
    for outcome in execution.outcomes:
        if outcome.status in ("passed", "not-run"):
            continue
        kind = _kind(outcome, contrast(cases[outcome.test], outcome))
        by_kind.setdefault(kind, []).append(outcome)
    if not by_kind:
        return Category("logical", "No test was run.")
    counted = Counter({kind: len(outcomes) for kind, outcomes in by_kind.items()})
    order = list(by_kind)
    name = min(
        order, key=lambda kind: (-counted[kind], _TIES.index(kind) + 1 if kind in _TIES else 0, order.index(kind))
    )
    outcomes = by_kind[name]
    tests = tuple(item.test for item in outcomes)
    facts = [item.exception for item in outcomes if item.exception is not None]
    lines = Counter(fact.line for fact in facts if fact.line)
    line = lines.most_common(1)[0][0] if lines else None
    if name not in _OTHERS and facts:
        fact = next((item for item in facts if item.line == line), facts[0])
        found = explain(fact, program, _names_of(task.setup))
        return Category(name, found.text, line, tests, name, found.piece)
    if name == "timeout":
        kind, text, line = _endless(outcomes, program)
        return Category(name, text, line, tests, kind)
    contrasts = [contrast(cases[item.test], item) for item in outcomes]
    kind, text = _narrowed(name, contrasts)
    return Category(name, text, line, tests, kind)


def _names_of(setup: str) -> frozenset[str]:
    return frozenset(re.findall(r"[A-Za-z_]\w*", setup))


def _loading(execution: Execution, program: Program) -> Category:
    error = execution.load_error
    assert error is not None
    fault = program.fault
    if fault is not None:
        return Category(fault.type, fault.plain, fault.line, (), fault.kind or fault.type, fault.piece)
    if error.type in _OTHERS:
        return Category(error.type, _OTHERS[error.type], error.line, (), error.type)
    found = explain(error, program)
    return Category(error.type, found.text, error.line, (), error.type, found.piece)


def _endless(outcomes: Sequence[Outcome], program: Program) -> tuple[str, str, int | None]:
    """Whether a program that was stopped stood in a loop that may never end, or in one that ends by its nature."""
    places = Counter(int(found.group(1)) for item in outcomes if (found := re.search(r"at line (\d+)", item.detail)))
    line = places.most_common(1)[0][0] if places else None
    if line is None:
        return "timeout", _OTHERS["timeout"], None
    loops = [
        node
        for node in program.nodes
        if isinstance(node, ast.While | ast.For) and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    endless = next((node for node in reversed(loops) if isinstance(node, ast.While)), None)
    if endless is not None:
        condition = program.text(endless.test)
        text = f"The program was stopped in the while loop in line {endless.lineno}, whose condition `{condition}` "
        return "endless-loop", text + "was still not false when the time was over.", line
    if loops:
        text = f"The program was stopped in the for loop in line {loops[-1].lineno}: it has more rounds than the time "
        return "too-slow", text + "allows, or grows what it goes through.", line
    return "too-slow", f"The program was stopped in line {line}: its calls take longer than the time allows.", line


def _narrowed(name: str, contrasts: Sequence[Contrast]) -> tuple[str, str]:
    """A narrower kind, and a sentence, for results that are wrong."""
    known = [item for item in contrasts if item.known]
    if name == "wrong-return-type" and known:
        if all(item.none_returned for item in known):
            return "none-returned", "The function returns None where a value is wanted: it ends without returning one."
        wanted = {type(item.expected).__name__ for item in known}
        got = {type(item.actual).__name__ for item in known}
        if len(wanted) == len(got) == 1:
            return "wrong-type", f"A value of type {got.pop()} comes back where one of type {wanted.pop()} is wanted."
        return "wrong-type", _OTHERS[name]
    if name != "logical":
        return name, _OTHERS.get(name) or general(name)
    if known and all(_is_part(item) for item in known):
        return "partial", "The program runs, and its result is only a part of the one wanted."
    return "wrong-value", _OTHERS["logical"]


def _is_part(facts: Contrast) -> bool:
    """Whether what came is a beginning or an end of what was wanted."""
    pieces = facts.pieces
    if pieces is None or not 0 < len(pieces[1]) < len(pieces[0]):
        return False
    wanted, got = list(pieces[0]), list(pieces[1])
    return wanted[: len(got)] == got or wanted[-len(got) :] == got


def _kind(outcome: Outcome, facts: Contrast) -> str:
    if outcome.status == "error":
        return outcome.exception.type if outcome.exception is not None else "logical"
    if outcome.status != "failed":
        return outcome.status
    if facts.output:
        wanted, got = str(facts.expected), outcome.actual if outcome.actual is not None else outcome.stdout
        if wanted.strip() and not got.strip():
            return "no-output"
        framed = bool(squeezed(wanted)) and len(got.split()) > len(wanted.split()) and _ends_with(got, wanted)
        return "wrong-output-format" if same_but_format(wanted, got) or framed else "logical"
    return "wrong-return-type" if facts.known and _other_type(facts.expected, facts.actual) else "logical"


def _ends_with(got: str, wanted: str) -> bool:
    """Whether the output is the wanted one behind a prompt or another introduction on the same lines."""
    lines, needed = [t.rstrip() for t in got.strip().splitlines()], [t.strip() for t in wanted.strip().splitlines()]
    return len(lines) == len(needed) and all(line.endswith(text) for line, text in zip(lines, needed, strict=True))


def _other_type(expected: object, actual: object) -> bool:
    """Whether the types differ so that no other value of the actual's type could have been right."""
    if is_number(expected) and is_number(actual):
        return type(expected) is int and type(actual) is float and bool(expected == actual)
    return type(expected) is not type(actual)
