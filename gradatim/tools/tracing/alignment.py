"""Two runs side by side: a program's own, and that of a changed program which passes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gradatim.tools.tracing.trace import TraceStep, ValueTrace


@dataclass(frozen=True, slots=True)
class LineMap:
    """Which line of a changed program stands for which line of the program.

    Attributes:
        changed: Line of the program → line of the changed one; lines that were taken out have none.
        original: The other way round; lines that were put in have none.
        follower: Line that was put in → line of the program that it comes before (its last line, at the end).
    """

    changed: Mapping[int, int]
    original: Mapping[int, int]
    follower: Mapping[int, int]

    @classmethod
    def of(cls, code: str, repaired: str) -> LineMap:
        """Compare two programs line by line; as many lines in the place of others stand for them in order."""
        before, after = code.splitlines(), repaired.splitlines()
        matcher = difflib.SequenceMatcher(None, [t.strip() for t in before], [t.strip() for t in after], False)
        changed: dict[int, int] = {}
        follower: dict[int, int] = {}
        for kind, a, b, c, d in matcher.get_opcodes():
            paired = min(b - a, d - c) if kind in ("equal", "replace") else 0
            changed.update({a + k + 1: c + k + 1 for k in range(paired)})
            follower.update({line + 1: min(b + 1, len(before)) for line in range(c + paired, d)})
        return cls(changed, {new: old for old, new in changed.items()}, follower)


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference of two runs.

    Attributes:
        step: Of the program's own run.
        how: See `Departure.how`.
        line: Line to point at where it is not the step's own.
    """

    step: TraceStep
    how: Literal["value", "branch", "return", "end", "insertion"]
    variable: str | None
    actual: str | None
    needed: str | None
    line: int | None = None


def first_difference(run: ValueTrace, right: ValueTrace, lines: LineMap) -> Difference | None:
    """Walk along both runs and tell the first step at which they differ; `None` if they do not, or were cut before."""
    return _Walk(run, right, lines).find()


class _Walk:
    def __init__(self, run: ValueTrace, right: ValueTrace, lines: LineMap) -> None:
        self._run, self._right, self._lines = run, right, lines
        self._ours = [step for step in run.steps if step.kind in ("line", "return")]
        self._theirs = [step for step in right.steps if step.kind in ("line", "return")]
        self._our_state: dict[int, dict[str, str]] = {}
        self._their_state: dict[int, dict[str, str]] = {}
        for state, trace in ((self._our_state, run), (self._their_state, right)):
            for step in trace.steps:
                if step.kind == "call":
                    state[step.frame] = dict(step.changes)

    def find(self) -> Difference | None:
        i = j = 0
        before: TraceStep | None = None
        while i < len(self._ours) and j < len(self._theirs):
            mine, theirs = self._ours[i], self._theirs[j]
            if theirs.kind == "line" and theirs.line not in self._lines.original:
                found = self._inserted(mine, theirs)
                if found is not None:
                    return found
                j += 1
                continue
            if mine.kind == "line" and mine.line not in self._lines.changed:
                found = self._removed(mine)
                if found is not None:
                    return found
                i += 1
                continue
            if mine.kind != theirs.kind or (mine.kind == "line" and self._lines.changed[mine.line] != theirs.line):
                return self._parted(before, mine, theirs)
            found = self._compared(mine, theirs, before, self._part_next(i, j))
            if found is not None:
                return found
            if mine.kind == "line":
                before = mine
            i, j = i + 1, j + 1
        return self._ended(i, j, before)

    def _take(self, state: dict[int, dict[str, str]], step: TraceStep) -> dict[str, str]:
        own = state.setdefault(step.frame, {})
        own.update(step.changes)
        return own

    def _part_next(self, i: int, j: int) -> bool:
        """Whether the runs go on with different lines: then a loop that ended left its variable as it was."""
        if i + 1 >= len(self._ours) or j + 1 >= len(self._theirs):
            return False
        mine, theirs = self._ours[i + 1], self._theirs[j + 1]
        if theirs.kind == "line" and theirs.line not in self._lines.original:
            return False
        return mine.kind != theirs.kind or self._lines.changed.get(mine.line) != theirs.line

    def _compared(
        self, mine: TraceStep, theirs: TraceStep, before: TraceStep | None, parting: bool
    ) -> Difference | None:
        if mine.kind == "return":
            if mine.value == theirs.value:
                return None
            return Difference(before or mine, "return", None, mine.value, theirs.value, mine.line)
        ours, right = self._take(self._our_state, mine), self._take(self._their_state, theirs)
        for name in (*mine.changes, *theirs.changes):
            if parting and not (name in mine.changes and name in theirs.changes):
                continue
            if name in ours and ours[name] != right.get(name):
                return Difference(mine, "value", name, ours[name], right.get(name))
        return None

    def _inserted(self, mine: TraceStep, theirs: TraceStep) -> Difference | None:
        """A line that the program lacks runs in the changed one: does it set what the program has otherwise?"""
        right = self._take(self._their_state, theirs)
        if mine.kind != "line":
            return None
        ours = self._our_state.setdefault(mine.frame, {})
        for name in theirs.changes:
            if ours.get(name) != right[name]:
                return Difference(mine, "insertion", name, ours.get(name), right[name])
        return None

    def _removed(self, mine: TraceStep) -> Difference | None:
        """A line that the changed program lacks runs: what it sets is what should not be set."""
        held = dict(self._our_state.get(mine.frame, {}))
        self._take(self._our_state, mine)
        name = next(iter(mine.changes), None)
        return None if name is None else Difference(mine, "value", name, mine.changes[name], held.get(name))

    def _parted(self, before: TraceStep | None, mine: TraceStep, theirs: TraceStep) -> Difference:
        """They go on with different lines after the same one: that one decided."""
        step = before or mine
        needed = None
        if theirs.kind == "line":
            needed = str(self._lines.original.get(theirs.line) or "") or None
        if mine.kind == "line":
            if theirs.kind == "line":
                return Difference(step, "branch", None, str(mine.line), needed)
            return Difference(step, "end", None, f"the program goes on with line {mine.line}", "the function ends")
        goes_on = f"line {needed} comes next" if needed else "the function goes on"
        return Difference(step, "end", None, "the function ends", goes_on)

    def _ended(self, i: int, j: int, before: TraceStep | None) -> Difference | None:
        """One run is over and the other is not."""
        if before is None:
            return None
        if i >= len(self._ours) and j < len(self._theirs) and self._run.whole:
            ended = f"{self._run.raised.type} is raised" if self._run.raised is not None else "the run ends"
            return Difference(before, "end", None, ended, "the run goes on")
        if j >= len(self._theirs) and i < len(self._ours) and self._right.whole:
            return Difference(before, "end", None, "the run goes on", "the run ends")
        return None
