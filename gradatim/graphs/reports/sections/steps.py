"""What to practise next, with the reasons."""

from __future__ import annotations

from gradatim.graphs.reports.document import Block, Cell, Note, Row, Said, Section, Table
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.sources import PATH, concept_events
from gradatim.graphs.reports.wording import Names, Voice, count, joined, percent, told
from gradatim.languages import say
from gradatim.memory.inputs import microseconds
from gradatim.memory.recommendation import Reason, Recommendation

_REASONS, _STEPS = 3, 40
_SUITS = (0.4, 0.9)
"""Chances of a right answer of which a learner is told that the difficulty suits them."""


def steps(portrait: Portrait, voice: Voice, names: Names, now: str) -> Section:
    """The section."""
    title = told(voice, "next.title")
    if portrait.next is None:
        return Section("next", title, (Note(told(voice, "next.no_consent")),))
    if not portrait.next:
        return Section("next", title, (Note(told(voice, "next.nothing")),))
    ids = concept_events(portrait.events)
    blocks: list[Block] = []
    for item in portrait.next:
        told_of = (_reason(reason, item, portrait, names, voice, now) for reason in item.reasons)
        reasons = list(filter(None, told_of))[:_REASONS]
        own = ids.get(item.concept, ())
        before = tuple(event for need in names.needs(item.concept) for event in ids.get(need, ())[-1:])
        evidence = own or (f"{PATH}{item.concept}", *before)
        text = told(
            voice,
            "next.step",
            concept=names.concept(item.concept),
            reasons=say("report.clauses").join(reasons),
        )
        blocks.append(Said(text, evidence))
    blocks.append(Note(told(voice, "next.how")))
    return Section("next", title, tuple(blocks))


def way(portrait: Portrait, voice: Voice, names: Names) -> Section | None:
    """The way to a goal; nothing where no goal was named."""
    path = portrait.path
    if path is None:
        return None
    goal = names.concept(path.goal)
    title = say("report.path.title", goal=goal)
    ids = concept_events(portrait.events)
    if not path.steps:
        evidence = ids.get(path.goal) or (f"{PATH}{path.goal}",)
        return Section("path", title, (Said(told(voice, "path.mastered", goal=goal), evidence),))
    rows = [
        Row(
            (
                Cell(names.concept(step.concept)),
                Cell(percent(step.mastery), step.mastery),
                Cell(f"{step.practices:.1f}"),
                Cell(joined(map(names.concept, step.opens[:4]))),
            ),
            ids.get(step.concept) or (f"{PATH}{step.concept}",),
        )
        for step in path.steps[:_STEPS]
    ]
    header = tuple(say(f"report.path.header.{name}") for name in ("concept", "mastery", "practices", "opens"))
    blocks: list[Block] = [Table(say("report.path.caption"), header, tuple(rows))]
    if left := len(path.steps) - len(rows):
        blocks.append(Note(say("report.mastery.more", n=count(left, "concept"))))
    if path.taken_as_met:
        blocks.append(Note(say("report.path.met", concepts=joined(map(names.concept, path.taken_as_met[:10])))))
    blocks.append(Note(say("report.path.how")))
    return Section("path", title, tuple(blocks))


def _reason(
    reason: Reason, item: Recommendation, portrait: Portrait, names: Names, voice: Voice, now: str
) -> str:  # fmt: skip
    """One reason in words; nothing where there is nothing to tell."""
    if reason.name == "review":
        known = portrait.state.of(item.concept)
        if known is None or known.updated_at is None:
            return ""
        days = max(0, (microseconds(now) - microseconds(known.updated_at)) // (24 * 3_600_000_000))
        return told(voice, "next.reasons.review", days=count(days, "day")) if days else ""
    if reason.name == "difficulty" and not _SUITS[0] <= item.success <= _SUITS[1]:
        return ""
    if reason.name == "progress" and item.inferred and (needs := names.needs(item.concept)):
        return told(voice, "next.reasons.opened", needed=joined(map(names.concept, needs[:4])))
    return told(voice, f"next.reasons.{reason.name}", chance=percent(item.success), mastery=percent(item.mastery))
