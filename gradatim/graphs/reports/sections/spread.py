"""Tables about a class: mastery of each concept, misconceptions, tasks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from gradatim.domain import LearnerEvent, LearnerState
from gradatim.graphs.reports.document import Block, Cell, Note, Row, Section, Table
from gradatim.graphs.reports.faults import Shown
from gradatim.graphs.reports.grouping import SMALLEST, enough, suppressed
from gradatim.graphs.reports.wording import Names, count, percent
from gradatim.languages import say, variants
from gradatim.memory.pictures.intervals import Z80, wilson
from gradatim.memory.profile import MASTERED, attempt_outcome

_LIMITS = (0.25, 0.5, MASTERED)
_FINE = 30
"""Learners of a class from which there are four stretches of mastery, and not two: smaller groups would not be told."""
_ROWS = 40


@dataclass(slots=True)
class Aggregates:
    """What tables rest on: how many events of how many learners, and nobody's in particular."""

    found: dict[str, tuple[str, int, int]] = field(default_factory=dict[str, tuple[str, int, int]])

    def note(self, key: str, what: str, learners: int, events: int) -> str:
        """The id of so many events of so many learners."""
        name = f"class:{key}"
        self.found[name] = (what, learners, events)
        return name

    def text(self, name: str) -> str:
        """What it is, for a person."""
        what, learners, events = self.found[name]
        if not enough(learners):
            return say("report.class.source_few", what=what, n=SMALLEST)
        return say(
            "report.class.source", what=what, learners=count(learners, "learner"), events=count(events, "event")
        )  # fmt: skip


def spread(states: Mapping[str, LearnerState], names: Names, facts: Aggregates) -> Section:
    """How many learners stand where on each concept, as a heat map."""
    title = say("report.class.mastery.title")
    by_concept: dict[str, list[tuple[float, int]]] = {}
    for state in states.values():
        for item in state.mastery:
            by_concept.setdefault(item.concept, []).append((item.probability, item.observations))
    told = sorted((concept for concept, seen in by_concept.items() if enough(len(seen))), key=names.concept)
    if not told:
        return Section("mastery", title, (Note(say("report.class.mastery.nothing", n=SMALLEST)),))
    told.sort(key=lambda concept: (-len(by_concept[concept]), names.concept(concept)))
    fine = len(states) >= _FINE
    limits = _LIMITS if fine else _LIMITS[-1:]
    rows: list[Row] = []
    for concept in told[:_ROWS]:
        seen = by_concept[concept]
        bins = [0] * (len(limits) + 1)
        for probability, _ in seen:
            bins[sum(probability > limit for limit in limits)] += 1
        mean = sum(probability for probability, _ in seen) / len(seen)
        cells = [Cell("–") if number is None else Cell(str(number), number / len(seen)) for number in suppressed(bins)]
        answers = sum(answers for _, answers in seen)
        evidence = facts.note(f"mastery:{concept}", names.concept(concept), len(seen), answers)
        rows.append(
            Row((Cell(names.concept(concept)), Cell(str(len(seen))), Cell(percent(mean), mean), *cells), (evidence,))
        )
    header = (
        say("report.class.mastery.header.concept"),
        say("report.class.mastery.header.learners"),
        say("report.class.mastery.mean"),
        *variants(f"report.class.mastery.{'bins' if fine else 'halves'}"),
    )
    return Section("mastery", title, (Table(say("report.class.mastery.caption"), header, tuple(rows), heat=True),))


def misconceptions(shown: Mapping[str, Sequence[Shown]], names: Names, facts: Aggregates) -> Section:
    """Misconceptions by how many learners showed them; rare ones are only counted."""
    title = say("report.class.misconceptions.title")
    found: dict[str, list[Shown]] = {}
    for items in shown.values():
        for item in items:
            found.setdefault(item.misconception, []).append(item)
    common = sorted(
        (name for name, items in found.items() if enough(len(items))), key=lambda name: (-len(found[name]), name)
    )
    blocks: list[Block] = []
    rows: list[Row] = []
    for name in common[:_ROWS]:
        items = found[name]
        still = sum(item.open for item in items)
        attempts = sum(len(item.events) for item in items)
        # still open and resolved are two groups of those who showed it
        told = suppressed((still, len(items) - still))[0]
        evidence = facts.note(f"misconception:{name}", names.misconception(name), len(items), attempts)
        cells = (names.misconception(name), str(len(items)), "–" if told is None else str(told), str(attempts))
        rows.append(Row(tuple(map(Cell, cells)), (evidence,)))
    if rows:
        header = tuple(
            say(f"report.class.misconceptions.header.{part}")
            for part in ("misconception", "learners", "open", "attempts")
        )
        blocks.append(Table(say("report.class.misconceptions.caption"), header, tuple(rows)))
    else:
        blocks.append(Note(say("report.class.misconceptions.nothing", n=SMALLEST)))
    if rare := len(found) - len(common):
        blocks.append(
            Note(say("report.class.misconceptions.rare", misconceptions=count(rare, "misconception"), n=SMALLEST))
        )
    return Section("misconceptions", title, tuple(blocks))


def difficulty(
    attempts: Mapping[str, Sequence[LearnerEvent]],
    titles: Mapping[str, str],
    facts: Aggregates,
    *,
    published: bool = False,
) -> Section:
    """Tasks by how many first attempts are right.

    Args:
        titles: Task → what it is called, where that is known.
        published: Without shares that give away what fewer than five learners did.
    """
    title = say("report.class.tasks.title")
    tried: dict[str, list[list[bool]]] = {}
    for events in attempts.values():
        by_task: dict[str, list[bool]] = {}
        for event in events:
            if event.task_id is not None:
                by_task.setdefault(event.task_id, []).append(bool(attempt_outcome(event)))
        for task, outcomes in by_task.items():
            tried.setdefault(task, []).append(outcomes)
    told = [(task, outcomes) for task, outcomes in tried.items() if enough(len(outcomes))]
    if not told:
        return Section("tasks", title, (Note(say("report.class.tasks.nothing", n=SMALLEST)),))
    firsts = {task: [one[0] for one in outcomes] for task, outcomes in told}
    kept_back = {task for task, first in firsts.items() if published and _gives_away(first)}
    told.sort(
        key=lambda item: (item[0] in kept_back, 0.0 if item[0] in kept_back else -_logit(firsts[item[0]]), item[0])
    )
    rows: list[Row] = []
    for task, outcomes in told[:_ROWS]:
        first = firsts[task]
        share = sum(first) / len(first)
        low, high = wilson(share, len(first), Z80)
        solved = [one.index(True) + 1 for one in outcomes if True in one]
        total = sum(map(len, outcomes))
        span = say("report.mastery.span", low=percent(low), high=percent(high))
        cells = (
            Cell(titles.get(task, task)),
            Cell(str(len(first))),
            Cell(str(total)),
            Cell("–") if task in kept_back else Cell(f"{percent(share)}{span}", share, low, high),
            Cell(f"{median(solved):g}" if enough(len(solved)) else "–"),
            Cell("–" if task in kept_back else f"{_logit(first):+.1f}"),
        )
        rows.append(Row(cells, (facts.note(f"task:{task}", titles.get(task, task), len(first), total),)))
    header = tuple(
        say(f"report.class.tasks.header.{part}")
        for part in ("task", "learners", "attempts", "first", "median", "difficulty")
    )
    table = Table(say("report.class.tasks.caption"), header, tuple(rows))
    return Section("tasks", title, (table, Note(say("report.class.tasks.how"))))


def _gives_away(right: Sequence[bool]) -> bool:
    """Whether a share tells what fewer than five learners did, or that all did the same."""
    return None in suppressed((sum(right), len(right) - sum(right)))


def _logit(right: Sequence[bool]) -> float:
    """`−ln((r + ½) / (n − r + ½))`: the empirical logit (Haldane, 1956), larger for what fewer get right."""
    good = sum(right)
    return -math.log((good + 0.5) / (len(right) - good + 0.5))
