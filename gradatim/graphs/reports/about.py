"""Reports about one learner: for the learner, and for those who teach."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.graphs.reports.document import Document, Section
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.sections.changes import changes
from gradatim.graphs.reports.sections.done import done
from gradatim.graphs.reports.sections.mastery import mastery
from gradatim.graphs.reports.sections.measures import measures
from gradatim.graphs.reports.sections.misconceptions import misconceptions
from gradatim.graphs.reports.sections.own import disputes, processing, rights
from gradatim.graphs.reports.sections.staff import assessments, reviews, solutions
from gradatim.graphs.reports.sections.steps import steps, way
from gradatim.graphs.reports.sections.work import work
from gradatim.graphs.reports.sources import sources
from gradatim.graphs.reports.wording import Names, count, day, spanning
from gradatim.languages import phrase, say, spoken

_WORDS = ("contents", "sources", "evidence", "more", "made", "line", "bar", "of")


def learner_report(portrait: Portrait, *, now: str, since: str | None = None) -> Document:
    """What a learner reads about their own work, in the language that is spoken.

    Args:
        portrait: Made with `own=True`.
        now: Instant of the report.
        since: Only what was done then or later; changes are told since then.
    """
    names = Names(portrait.graph)
    sections = (
        done(portrait, "you", since),
        mastery(portrait, "you", names),
        changes(portrait, "you", names, since),
        misconceptions(portrait, "you", names),
        steps(portrait, "you", names, now),
        way(portrait, "you", names),
        work(portrait, "you"),
        measures(portrait, "you"),
        disputes(portrait, "you", names),
        processing(portrait, "you"),
        rights(portrait, "you"),
    )
    return _document(portrait, names, sections, "learner", now)


def teacher_report(portrait: Portrait, *, now: str, since: str | None = None, staff: bool = False) -> Document:
    """What those who teach read about a learner; what the learner disputes is left out and said to be disputed.

    Args:
        portrait: Made with `own=False`.
        staff: With solutions, hidden tests and programs whose feedback was not delivered.
    """
    names = Names(portrait.graph)
    sections = [
        done(portrait, "they", since),
        changes(portrait, "they", names, since),
        misconceptions(portrait, "they", names, staff=staff),
        mastery(portrait, "they", names),
        steps(portrait, "they", names, now),
        way(portrait, "they", names),
        work(portrait, "they"),
        measures(portrait, "they"),
        assessments(portrait),
        reviews(portrait),
        disputes(portrait, "they", names),
        processing(portrait, "they"),
    ]
    if staff:
        sections.insert(-2, solutions(portrait))
    return _document(portrait, names, sections, "teacher", now)


def words() -> dict[str, str]:
    """What the layouts say beside the content."""
    return {name: phrase(f"report.words.{name}") for name in _WORDS}


def _document(portrait: Portrait, names: Names, parts: Sequence[Section | None], audience: str, now: str) -> Document:
    sections = tuple(part for part in parts if part is not None)
    title = say(f"report.title.{audience}", learner=portrait.learner_id)
    span = {"first": day(portrait.events[0].at), "last": day(portrait.events[-1].at)}
    events = count(len(portrait.events), "event")
    key = spanning("report.subtitle", portrait.events[0].at, portrait.events[-1].at)
    subtitle = say(key, learner=portrait.learner_id, events=events, day=day(now), **span)
    return Document(
        audience="learner" if audience == "learner" else "teacher",
        title=title,
        subtitle=subtitle,
        language=spoken(),
        sections=sections,
        sources=sources(sections, portrait.events, names, portrait.reviews),
        words=words(),
        learners=(portrait.learner_id,),
    )
