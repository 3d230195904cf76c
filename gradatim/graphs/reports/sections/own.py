"""What the learner says about the report's content, what was done about missing data, and the learner's rights."""

from __future__ import annotations

from typing import Any

from gradatim.graphs.reports.document import Block, Note, Said, Section
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.sections.work import statement
from gradatim.graphs.reports.wording import Names, Voice, day, percent, told
from gradatim.languages import has, say
from gradatim.memory.processing.decisions import Decision
from gradatim.memory.rights.labels import Label

_WORDS = 1_000
"""Characters of what a learner says that are shown."""
_KEYS = {
    "actions that are not in the log": "actions",
    "days without an event": "days",
    "score": "score",
    "score of incomplete attempts": "partial",
    "survey": "survey_unread",
}
"""What a decision is about → its phrase."""


def disputes(portrait: Portrait, voice: Voice, names: Names) -> Section:
    """What the learner disputes, in the learner's own words."""
    found: list[Block] = []
    for label in portrait.disputed:
        said = tuple(
            event.id
            for event in portrait.events
            if event.kind == "correction" and event.payload.get("label") == label.key
        )
        words = told(voice, "disputes.words", words=_brief(label.words)) if label.words else ""
        text = told(voice, "disputes.disputed", statement=_statement(label, voice, names), day=day(label.until or ""))
        found.append(Said(text + words, said))
    title = told(voice, "disputes.title")
    return Section("disputes", title, tuple(found) or (Note(told(voice, "disputes.nothing")),))


def processing(portrait: Portrait, voice: Voice) -> Section:
    """What was done about missing and doubtful data."""
    ends = (portrait.events[0].id, portrait.events[-1].id)
    known = {event.id for event in portrait.events}
    found: list[Block] = []
    for decision in portrait.decisions:
        named = [item for item in str(decision.figures.get("ids", "")).removesuffix(", …").split(", ") if item in known]
        surveys = [event.id for event in portrait.events if event.kind == "survey"] if "survey" in decision.what else []
        found.append(Said(_decision(decision), tuple(named) or tuple(surveys[-3:]) or ends))
    found.append(Note(say("report.processing.how")))
    return Section("processing", told(voice, "processing.title"), tuple(found))


def rights(portrait: Portrait, voice: Voice) -> Section:
    """What the learner agreed to, and what they can do."""
    found: list[Block] = []
    for consent in portrait.consents.values():
        key = "agrees" if consent.given else "refuses"
        text = told(voice, f"rights.{key}", purpose=say(f"report.purposes.{consent.purpose}"))
        if consent.event is None:
            found.append(Note(text + say("report.rights.assumed")))
        else:
            found.append(Said(text, (consent.event,)))
    found.append(Note(told(voice, "rights.how")))
    return Section("rights", told(voice, "rights.title"), tuple(found))


def _brief(words: str) -> str:
    return words if len(words) <= _WORDS else words[: _WORDS - 1] + "…"


def _statement(label: Label, voice: Voice, names: Names) -> str:
    if label.concept is not None:
        return told(voice, f"labels.{label.key.partition(':')[0]}", rest=names.concept(label.concept))
    return statement(label.key, label.statement, voice)


def _decision(decision: Decision) -> str:
    key = _KEYS.get(decision.what)
    if key is None:
        prefix = "time" if decision.what == "time" else "survey"
        key = f"{prefix}_{decision.kind.replace(' ', '_')}"
    place = f"report.processing.{key}"
    figures: dict[str, Any] = dict(decision.figures)
    figures["absent"] = len(str(figures.get("actions", "")).split(", "))
    if not has(place):
        return f"{decision.kind}: {decision.what}. {decision.reason}"
    value = figures.get("value")
    return say(place, **{**figures, "value": percent(value) if isinstance(value, float) else ""})
