"""Mastery of each concept, with how sure that is and what it rests on."""

from __future__ import annotations

from dataclasses import replace

from gradatim.graphs.reports.document import Block, Cell, Note, Picture, Row, Said, Section, Table
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.sources import concept_events
from gradatim.graphs.reports.wording import Names, Voice, count, day, joined, percent, told
from gradatim.languages import say, spoken
from gradatim.memory.pictures import Format, concept_map, map_around, marked, mastery_over_time, mastery_series
from gradatim.memory.pictures.timeline import thinned
from gradatim.memory.profile import MASTERED

_PICTURED = 9
_POINTS = 40
"""Points of the line beside a concept."""
_ROWS = 60


def mastery(portrait: Portrait, voice: Voice, names: Names) -> Section:
    """The section."""
    title = told(voice, "mastery.title")
    state = portrait.state
    ids = concept_events(portrait.events)
    disputed = {label.concept for label in portrait.disputed if label.concept is not None}
    if not state.mastery:
        return Section("mastery", title, (Note(told(voice, "mastery.nothing")),))
    series = {item.concept: item for item in mastery_series(portrait.events, portrait.parameters)}
    # what a learner can do stands first where they read it, what needs attention where a teacher does
    way_round = -1 if voice == "you" else 1
    order = sorted(
        state.mastery, key=lambda item: (way_round * item.probability, names.concept(item.concept).casefold())
    )
    rows: list[Row] = []
    for item in order[:_ROWS]:
        point = series[item.concept].points[-1]
        name = names.concept(item.concept)
        if item.concept in disputed:
            name = say("report.mastery.disputed", concept=name)
        span = say("report.mastery.span", low=percent(point.low), high=percent(point.high))
        value = Cell(f"{percent(item.probability)}{span}", item.probability, point.low, point.high)
        way = tuple(point.mastery for point in thinned(series[item.concept].points, _POINTS))
        words = say("report.mastery.course", first=percent(way[0]), last=percent(way[-1]))
        course = Cell(words, course=way) if len(way) > 1 else Cell("–")  # one answer is no course
        cells = (Cell(name), value, course, Cell(str(item.observations)), Cell(day(item.updated_at or "")))
        rows.append(Row(cells, ids.get(item.concept, ())))
    header = tuple(say(f"report.mastery.header.{name}") for name in ("concept", "mastery", "course", "answers", "last"))
    strong = [item for item in order if item.probability > MASTERED and item.concept not in disputed]
    blocks: list[Block] = []
    if strong:
        known = joined(names.concept(item.concept) for item in strong[:8])
        every = tuple(event for item in strong for event in ids.get(item.concept, ())[-1:])
        key = "mastery.strong" if len(strong) <= 8 else "mastery.strong_more"
        blocks.append(Said(told(voice, key, concepts=known, n=count(len(strong), "concept")), every))
    blocks += [Note(told(voice, "mastery.how")), Table(say("report.mastery.caption"), header, tuple(rows))]
    if len(order) > _ROWS:
        blocks.append(Note(say("report.mastery.more", n=count(len(order) - _ROWS, "concept"))))
    if spoken() == "en":
        if any(len(item.points) > 1 for item in series.values()):  # single answers are no course
            blocks.append(_picture(portrait, names, ids))
        blocks.append(_map(portrait, ids))
    return Section("mastery", title, tuple(blocks))


def _picture(portrait: Portrait, names: Names, ids: dict[str, tuple[str, ...]]) -> Picture:
    """Mastery over time of the concepts observed most; its words are English."""
    known = {item.concept for item in portrait.state.mastery}
    series = [item for item in mastery_series(portrait.events, portrait.parameters) if item.concept in known]
    series.sort(key=lambda item: (-len(item.points), item.concept))
    shown = [replace(item, label=names.concept(item.concept)) for item in series[:_PICTURED]]
    marks = marked(portrait.events)

    def draw(format: Format) -> bytes:
        return mastery_over_time(shown, marks, format=format)

    evidence = tuple(dict.fromkeys(event for item in shown for event in ids.get(item.concept, ())))
    return Picture(draw, say("report.mastery.picture", concepts=joined(item.label for item in shown)), evidence)


def _map(portrait: Portrait, ids: dict[str, tuple[str, ...]]) -> Picture:
    """The concepts worked on and what lies around them; its words are English."""
    content = map_around(portrait.graph, portrait.state.mastery, most=24)

    def draw(format: Format) -> bytes:
        return concept_map(content, format=format)

    known = [item for item in content.concepts if item.observations]
    evidence = tuple(dict.fromkeys(event for item in known for event in ids.get(item.id, ())))
    return Picture(draw, say("report.mastery.map", concepts=joined(item.label for item in known)), evidence)
