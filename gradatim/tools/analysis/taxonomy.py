"""What kind of error a program shows (SPEC §4: Python's own kinds, and logical errors)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from gradatim.domain import Execution, Outcome, Task
from gradatim.tools.analysis.contrast import Contrast, contrast, is_number
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
        explanation: One plain sentence.
        line: 1-based line it points at, if it points at one.
        tests: Ids of the tests that show it; none if the program cannot be compiled.
    """

    name: str
    explanation: str
    line: int | None = None
    tests: tuple[str, ...] = ()


_EXCEPTIONS = {
    "NameError": "A name is used that is not defined at that moment.",
    "UnboundLocalError": "A local variable is read before it was given a value.",
    "TypeError": "An operation or call meets a value of a type that it cannot work with.",
    "ValueError": "A function gets a value of the right type that it cannot use.",
    "IndexError": "A position is used that the sequence does not have.",
    "KeyError": "A key is looked up that the dictionary does not have.",
    "AttributeError": "Something is asked of an object that it does not have.",
    "ZeroDivisionError": "Something is divided by zero.",
    "RecursionError": "A function calls itself without end.",
    "ImportError": "Something is imported that is not there.",
    "ModuleNotFoundError": "A module is imported that is not there.",
    "FileNotFoundError": "A file is opened that is not there.",
    "EOFError": "The program asks for more input than there is.",
    "AssertionError": "An assert of the program does not hold.",
    "StopIteration": "The next item is asked for where there is none.",
    "OverflowError": "A number is too large for the calculation.",
}

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
    lines = Counter(item.exception.line for item in outcomes if item.exception is not None and item.exception.line)
    return Category(
        name,
        _OTHERS.get(name) or _EXCEPTIONS.get(name) or f"The program stops with {name}.",
        lines.most_common(1)[0][0] if lines else None,
        tuple(item.test for item in outcomes),
    )


def _loading(execution: Execution, program: Program) -> Category:
    error = execution.load_error
    assert error is not None
    if program.fault is not None:
        return Category(program.fault.type, program.fault.plain, program.fault.line)
    plain = _EXCEPTIONS.get(error.type) or _OTHERS.get(error.type) or f"Loading the program stops with {error.type}."
    return Category(error.type, plain, error.line)


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
