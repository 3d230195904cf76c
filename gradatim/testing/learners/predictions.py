"""Questions that can be answered by following a program: what it really does, and what its writer believes it does.

Whoever holds a misconception predicts what the program is meant to do (Pea 1986): so the believed answer is that of the
repaired program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gradatim.domain import TestCase
from gradatim.testing.learners.cues import Question
from gradatim.testing.learners.desk import Desk, outcome_of
from gradatim.testing.learners.fault import Draft, Fault
from gradatim.testing.learners.kinds import constructs_of, names_in
from gradatim.tools.tracing import ValueTrace, value_after

_NTH = {"first": 1, "second": 2, "third": 3}
_LONGEST = 120
"""Characters of a value that somebody would say."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """A question with both answers.

    Attributes:
        what: What is asked: a variable, a call, or the number of rounds.
        after: `value` or `rounds`.
        value: What the program really gives.
        believed: What its writer believes that it gives.
        lines: Lines that it is about, as the program stands; none where it is about the result.
        telling: Whether it has to do with the fault.
    """

    what: str
    after: str
    value: str
    believed: str
    lines: frozenset[int]
    telling: bool

    @property
    def conflicts(self) -> bool:
        """Whether following the program shows that the belief is wrong."""
        return self.value != self.believed


async def predict(question: Question, draft: Draft, fault: Fault, desk: Desk) -> Prediction | None:
    """Both answers to a question; `None` where it cannot be answered by following the program.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    if question.after not in ("value", "rounds"):
        return None
    code = draft.text
    case = question.case or await desk.example(code)
    if case is None:
        return None
    meant = Draft(fault.code, fault.patches)
    own, intended = await desk.trace(code, case), await desk.trace(meant.text, case)
    if own is None or intended is None:
        return None
    runs = _Runs(draft, meant, own, intended)
    found = _rounds(question, runs) if question.after == "rounds" else _value(question, runs, case)
    if found is None:
        return None
    what, value, believed, lines = found
    if max(len(value), len(believed)) > _LONGEST or "<" in (value[:1], believed[:1]):
        return None
    named = frozenset(question.variables) & fault.names
    touched = {draft.original(line) for line in lines} & fault.lines
    return Prediction(what, question.after, value, believed, frozenset(lines), bool(named or touched))


@dataclass(frozen=True, slots=True)
class _Runs:
    """The same input in the program and in the one that it is meant to be."""

    draft: Draft
    meant: Draft
    own: ValueTrace
    intended: ValueTrace

    def there(self, line: int) -> int:
        """The line of the meant program that a line of the program stands for."""
        return self.meant.current(self.draft.original(line))


_Found = tuple[str, str, str, tuple[int, ...]]


def _value(question: Question, runs: _Runs, case: TestCase) -> _Found | None:
    for name in question.variables:
        lines = question.lines[-1:] or ()
        for key in (name, f"self.{name}"):
            values = [
                _of_variable(trace, key, place, question.round)
                for trace, place in ((runs.own, lines), (runs.intended, tuple(map(runs.there, lines))))
            ]
            if values[0] is not None:
                where = lines or tuple(_assigning(runs.draft.text, name))
                return name, values[0], values[1] or "None", where
    value, believed = outcome_of(runs.own), outcome_of(runs.intended)
    if question.variables or value is None or believed is None:
        return None
    return case.call or case.label, value, believed, ()


def _of_variable(trace: ValueTrace, name: str, lines: tuple[int, ...], nth: str | None) -> str | None:
    """A variable's value: after a line, or among all that it had; at the last time where no round is named."""
    if lines:
        return value_after(trace, lines[0], name, _NTH.get(nth or ""))
    had = [step.changes[name] for step in trace.steps if step.kind == "line" and name in step.changes]
    place = _NTH.get(nth or "")
    if not had or (place is not None and place > len(had)):
        return None
    return had[-1 if place is None else place - 1]


def _rounds(question: Question, runs: _Runs) -> _Found | None:
    code = runs.draft.text
    loops = constructs_of(code).get("loop", frozenset())
    named = [line for line in question.lines if line in loops]
    loop = named[0] if named else min(loops, default=None)
    lines = code.splitlines()
    if loop is None or loop >= len(lines):
        return None
    body = next((number for number in range(loop + 1, len(lines) + 1) if lines[number - 1].strip()), None)
    if body is None:
        return None
    value, believed = runs.own.hits.get(body, 0), runs.intended.hits.get(runs.there(body), 0)
    return f"rounds of line {loop}", str(value), str(believed), (loop,)


def _assigning(code: str, name: str) -> Iterator[int]:
    """Lines that give a variable a value."""
    for number, line in enumerate(code.splitlines(), 1):
        head, equals, _ = line.partition("=")
        loop = line.strip().startswith("for ") and name in names_in(line.split(" in ")[0].replace("for ", ""))
        if loop or (equals and name in names_in(head.strip(" +-*/%"))):
            yield number
