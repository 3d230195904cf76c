"""What evidence is called in a report: each id that a statement names, in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gradatim.domain import LearnerEvent
from gradatim.graphs.reports.document import Section, Source, evidence_of
from gradatim.graphs.reports.wording import Names, day, joined
from gradatim.languages import has, say
from gradatim.memory.profile import attempt_outcome
from gradatim.memory.storage.decisions import DecisionRecord
from gradatim.memory.tracing.estimates import evidence

PATH = "path:"
REVIEW = "review:"
WAITING = "waiting:"
_MASTERY = "mastery:"


def concept_events(events: Iterable[LearnerEvent]) -> dict[str, tuple[str, ...]]:
    """Concept → ids of the events that observed it, oldest first."""
    found: dict[str, list[str]] = {}
    for event in events:
        for concept in dict.fromkeys(seen.concept for seen in evidence(event)):
            found.setdefault(concept, []).append(event.id)
    return {concept: tuple(ids) for concept, ids in found.items()}


def expanded(ids: Iterable[str], by_concept: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Evidence ids with `mastery:CONCEPT` replaced by the latest events that it rests on."""
    found: list[str] = []
    for item in ids:
        if item.startswith(_MASTERY):
            found += by_concept.get(item.removeprefix(_MASTERY), ())[-2:]
        else:
            found.append(item)
    return tuple(dict.fromkeys(found))


def sources(
    sections: Sequence[Section],
    events: Iterable[LearnerEvent],
    names: Names,
    reviews: Iterable[DecisionRecord] = (),
) -> tuple[Source, ...]:
    """Everything that the sections name, numbered in the order of reading."""
    known = {event.id: event for event in events}
    decided = {f"{REVIEW}{record.id}": record for record in reviews}
    found: list[Source] = []
    for number, item in enumerate(evidence_of(sections), start=1):
        if item in known:
            text = event_text(known[item])
        elif item in decided:
            record = decided[item]
            text = say("report.source.review", day=day(record.at), task=record.task_id)
        elif item.startswith(WAITING):
            text = say("report.source.waiting")
        elif item.startswith(PATH):
            concept = item.removeprefix(PATH)
            needed = joined(map(names.concept, names.needs(concept)))
            key = "report.source.path" if needed else "report.source.graph"
            text = say(key, concept=names.concept(concept), needed=needed)
        else:
            text = item
        found.append(Source(number, item, text))
    return tuple(found)


def event_text(event: LearnerEvent) -> str:
    """An event in one line."""
    outcome = attempt_outcome(event)
    result = "" if outcome is None else say(f"report.result.{'right' if outcome else 'wrong'}")
    kind = f"report.event.{event.kind}"
    parts = [say(kind) if has(kind) else event.kind, event.task_id or "", result]
    return f"{day(event.at)} " + say("report.clauses").join(part for part in parts if part)
