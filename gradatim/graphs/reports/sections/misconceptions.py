"""Misconceptions: open and resolved, with the lines of the programs in which they stood."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.graphs.reports.document import Block, Listing, Note, Said, Section
from gradatim.graphs.reports.faults import Shown, lines_of, shown_by
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.wording import Names, Voice, count, day, told
from gradatim.languages import rendered, say

_OPEN, _RESOLVED = 8, 12


def misconceptions(portrait: Portrait, voice: Voice, names: Names, *, staff: bool = False) -> Section:
    """The section.

    Args:
        staff: Also the lines of programs whose feedback was not delivered.
    """
    title = told(voice, "misconceptions.title")
    found = shown_by(portrait.events, portrait.graph, own=voice == "you")
    if not found:
        return Section("misconceptions", title, (Note(told(voice, "misconceptions.nothing")),))
    blocks: list[Block] = []
    still = [item for item in found if item.open]
    for item in still[:_OPEN]:
        blocks += _open(item, portrait, voice, names, staff)
    if not still:
        last = tuple(event.id for item in found for event in item.resolved)
        blocks.append(Said(told(voice, "misconceptions.none_open"), last))
    resolved = [item for item in found if not item.open]
    for item in resolved[:_RESOLVED]:
        by = item.resolved[-1]
        text = told(
            voice, "misconceptions.resolved", name=names.misconception(item.misconception), day=day(by.at)
        )  # fmt: skip
        blocks.append(Said(text, (item.events[-1].id, by.id)))
    if left := len(still[_OPEN:]) + len(resolved[_RESOLVED:]):
        blocks.append(Note(say("report.misconceptions.more", n=count(left, "misconception"))))
    blocks.append(Note(told(voice, "misconceptions.how")))
    return Section("misconceptions", title, tuple(blocks))


def _open(item: Shown, portrait: Portrait, voice: Voice, names: Names, staff: bool) -> Iterator[Block]:
    ids = tuple(event.id for event in item.events)
    values = {"name": names.misconception(item.misconception), "n": count(len(ids), "attempt")}
    key = "misconceptions.open" if len(ids) > 1 else "misconceptions.open_once"
    yield Said(told(voice, key, **values, day=day(item.events[-1].at)), ids)
    if correction := names.correction(item.misconception):
        yield Note(say("report.misconceptions.instead", correction=correction))
    seen = lines_of(item, portrait.assessments, staff=staff)
    if seen is None:
        yield Note(say("report.misconceptions.no_lines"))
        return
    assessment, lines, why = seen
    event = f"assessment:{assessment.id}"
    yield Listing(say("report.misconceptions.listing", task=assessment.task.title), lines, (event,))
    if staff:  # it may tell of hidden tests
        yield Said(rendered(why), (event,))
