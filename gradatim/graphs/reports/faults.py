"""Misconceptions that a learner's programs showed: which are open, which are resolved, in which lines they stood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from gradatim.domain import Assessment, LearnerEvent
from gradatim.kg import ConceptGraph
from gradatim.memory.profile import attempt_outcome

_LINE = 160
"""Characters of a line of a program that are shown."""


@dataclass(slots=True)
class Shown:
    """One misconception.

    Attributes:
        events: Attempts that showed it, oldest first.
        resolved: Attempts that resolved it: all its concepts were right after it showed last, or the task on which it
            showed last was solved.
    """

    misconception: str
    events: list[LearnerEvent] = field(default_factory=list[LearnerEvent])
    resolved: list[LearnerEvent] = field(default_factory=list[LearnerEvent])
    _waiting: set[str] = field(default_factory=set[str])

    @property
    def open(self) -> bool:
        return not self.resolved

    def show(self, event: LearnerEvent, concepts: Sequence[str]) -> None:
        """An attempt that shows it."""
        self.events.append(event)
        self.resolved = []
        self._waiting = set(concepts)

    def attempt(self, event: LearnerEvent, right: set[str], solved: bool) -> None:
        """A later attempt that does not show it."""
        if not self.open:
            return
        helped = bool(self._waiting & right)
        self._waiting -= right
        same = event.task_id is not None and event.task_id == self.events[-1].task_id
        if (solved and same) or (helped and not self._waiting):
            self.resolved = [event]


def shown_by(events: Sequence[LearnerEvent], graph: ConceptGraph, *, own: bool = False) -> list[Shown]:
    """The misconceptions of a learner's attempts: open ones first, those shown most often first.

    Args:
        events: Oldest first.
        own: For the learner's own eyes: without what was found in attempts whose feedback was not delivered.
    """
    about = {item.id: item.concepts for item in graph.misconceptions}
    found: dict[str, Shown] = {}
    for event in events:
        outcome = attempt_outcome(event)
        if outcome is None and event.kind not in ("submission", "assessment"):
            continue
        named = () if own and event.payload.get("delivered") is False else misconceptions_in(event)
        right = {seen.concept for seen in event.observations if seen.correct}
        for name in named:
            found.setdefault(name, Shown(name)).show(event, about.get(name, ()))
        for name, item in found.items():
            if name not in named:
                item.attempt(event, right, bool(outcome))
    return sorted(found.values(), key=lambda item: (not item.open, -len(item.events), item.misconception))


def misconceptions_in(event: LearnerEvent) -> tuple[str, ...]:
    """Ids that an event names."""
    listed: Any = event.payload.get("misconceptions")
    named = cast("list[Any]", listed) if isinstance(listed, list) else []
    return tuple(dict.fromkeys(item for item in named if isinstance(item, str) and item))


def lines_of(
    shown: Shown, assessments: Mapping[str, Assessment], *, staff: bool
) -> tuple[Assessment, tuple[tuple[int, str, bool], ...], str] | None:
    """The latest kept program that shows it: its assessment, the lines about, and why.

    Args:
        staff: Also of assessments whose feedback was not delivered.
    """
    for event in reversed(shown.events):
        assessment = assessments.get(event.id)
        if assessment is None or not (staff or assessment.delivered):
            continue
        match = next((item for item in assessment.diagnosis.misconceptions if item.id == shown.misconception), None)
        if match is None or not match.lines:
            continue
        code = assessment.submission.code.splitlines()
        near = {number for line in match.lines for number in (line - 1, line, line + 1) if 1 <= number <= len(code)}
        kept = sorted(near)[:12]
        lines = tuple((number, shortened(code[number - 1]), number in match.lines) for number in kept)
        return assessment, lines, match.why
    return None


def shortened(line: str) -> str:
    """A line of a program that fits on a page."""
    return line if len(line) <= _LINE else line[: _LINE - 1] + "…"
