"""What changed since an instant: mastery before and after, labels, misconceptions.

Mastery of a concept that was never seen before is not compared with what is assumed before any answer, but with what
its first answer told: with one answer nothing has changed yet, and the concept is told to be new.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from gradatim.graphs.reports.document import Block, Cell, Note, Row, Said, Section, Table
from gradatim.graphs.reports.faults import shown_by
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.sections.work import statement
from gradatim.graphs.reports.wording import Names, Voice, count, day, joined, percent, told
from gradatim.languages import say
from gradatim.memory.inputs import microseconds
from gradatim.memory.rights.timeline import timeline

_DAYS = 7
_GROWN = 0.1
"""Gain in mastery from which it is told in words."""
_TOLD = 0.005
"""Smaller changes are none."""
_FRESH = 8
"""New concepts that are named."""


def since_of(portrait: Portrait, since: str | None) -> str:
    """The instant since which changes are told: a week before the latest event where none is given."""
    if since is not None:
        return since
    last = datetime.fromisoformat(portrait.events[-1].at)
    try:
        return (last - timedelta(days=_DAYS)).isoformat()
    except OverflowError:
        return portrait.events[0].at


def changes(portrait: Portrait, voice: Voice, names: Names, since: str | None) -> Section:
    """The section."""
    begin = since_of(portrait, since)
    start = microseconds(begin)
    title = told(voice, "changes.title", day=day(begin))
    before, after = dict[str, float](), dict[str, float]()
    ids: dict[str, list[str]] = {}
    new: list[str] = []
    for moment in timeline(portrait.events, portrait.parameters):
        late = microseconds(moment.event.at) >= start
        for change in moment.changes:
            if late:
                if change.concept not in before:
                    before[change.concept] = change.after
                    new.append(change.concept)
                ids.setdefault(change.concept, []).append(moment.event.id)
                after[change.concept] = change.after
            else:
                before[change.concept] = change.after
    known = {item.concept for item in portrait.state.mastery}
    moved = [concept for concept in ids if concept in known and abs(after[concept] - before[concept]) >= _TOLD]
    moved.sort(key=lambda concept: (before[concept] - after[concept], concept))
    blocks: list[Block] = []
    grown = [concept for concept in moved if after[concept] - before[concept] >= _GROWN]
    if grown:
        evidence = tuple(event for concept in grown[:5] for event in ids[concept])
        blocks.append(Said(told(voice, "changes.grown", concepts=joined(map(names.concept, grown[:5]))), evidence))
    if moved:
        rows = [
            Row(
                (
                    Cell(names.concept(concept)),
                    Cell(percent(before[concept])),
                    Cell(percent(after[concept]), after[concept]),
                    Cell(f"{100 * (after[concept] - before[concept]):+.0f}"),
                ),
                tuple(ids[concept]),
            )
            for concept in moved
        ]
        header = tuple(say(f"report.changes.header.{name}") for name in ("concept", "before", "after", "change"))
        blocks.append(Table(say("report.changes.caption"), header, tuple(rows)))
    if fresh := sorted(
        (concept for concept in new if concept in known), key=lambda concept: names.concept(concept).casefold()
    ):
        told_of = joined(map(names.concept, fresh[:_FRESH]))
        key = "changes.first" if len(fresh) <= _FRESH else "changes.first_more"
        text = told(voice, key, n=count(len(fresh), "concept"), concepts=told_of)
        blocks.append(Said(text, tuple(ids[concept][0] for concept in fresh)))
    blocks += _labels(portrait, voice, names, start)
    for item in shown_by(portrait.events, portrait.graph, own=voice == "you"):
        if not item.open and microseconds(item.resolved[-1].at) >= start:
            text = told(voice, "changes.resolved", name=names.misconception(item.misconception))
            blocks.append(Said(text, (item.events[-1].id, item.resolved[-1].id)))
        elif item.open and microseconds(item.events[0].at) >= start:
            text = told(voice, "changes.shown", name=names.misconception(item.misconception))
            blocks.append(Said(text, tuple(event.id for event in item.events)))
    return Section("changes", title, tuple(blocks) or (Note(told(voice, "changes.nothing")),))


def _labels(portrait: Portrait, voice: Voice, names: Names, start: int) -> list[Block]:
    found: list[Block] = []
    for label in portrait.labels:
        instant = label.since if label.status == "holds" else label.until
        evidence = (*label.evidence, *label.contrary)
        if label.status == "disputed" or instant is None or microseconds(instant) < start or not evidence:
            continue
        words = statement(label.key, label.statement, voice)
        if label.concept is not None:
            prefix = label.key.partition(":")[0]
            words = told(voice, f"labels.{prefix}", rest=names.concept(label.concept))
        found.append(Said(told(voice, f"changes.{label.status}", statement=words), evidence))
    return found
