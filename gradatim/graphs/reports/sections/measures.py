"""The ten indicators: measured with what they rest on, or openly not measured."""

from __future__ import annotations

import re

from gradatim.domain import Measure
from gradatim.graphs.reports.document import Block, Cell, Note, Row, Said, Section, Table
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.sources import concept_events, expanded
from gradatim.graphs.reports.wording import Voice, percent, told
from gradatim.languages import say

_NUMBER = re.compile(r"\d+")


def measures(portrait: Portrait, voice: Voice) -> Section:
    """The section."""
    found = portrait.indicators
    by_concept = concept_events(portrait.events)
    every = tuple(event.id for event in portrait.events)
    rows: list[Row] = []
    for item in found.measures:
        name = Cell(say(f"report.indicators.{item.name}.name"))
        if item.value is None:
            needs = say(f"report.indicators.{item.name}.needs")
            rows.append(Row((name, Cell(say("report.indicators.not_measured")), Cell(needs)), measured=False))
        else:
            # what counts weeks rests on every event
            ids = expanded(item.evidence, by_concept) or every
            rows.append(Row((name, Cell(percent(item.value), item.value), Cell(_why(item))), ids))
    header = tuple(say(f"report.indicators.header.{name}") for name in ("indicator", "value", "why"))
    table = Table(say("report.indicators.caption"), header, tuple(rows))
    title = told(voice, "indicators.title")
    if found.value is None:
        return Section("indicators", title, (Note(say("report.indicators.nothing")), table))
    measured = sum(item.value is not None for item in found.measures)
    together = told(
        voice, "indicators.together", value=percent(found.value), n=measured, of=len(found.measures),
        weight=percent(found.measured),
    )  # fmt: skip
    ids = tuple(dict.fromkeys(event for row in rows for event in row.evidence))
    blocks: list[Block] = [Said(together, ids), table, Note(say("report.indicators.how"))]
    return Section("indicators", title, tuple(blocks))


def _why(item: Measure) -> str:
    """What was observed, with the numbers of the measure's own sentence."""
    numbers = {f"n{place}": found for place, found in enumerate(_NUMBER.findall(item.why))}
    return say(f"report.indicators.{item.name}.why", **numbers)
