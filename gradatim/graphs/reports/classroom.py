"""The report about a class: how mastery is spread, common misconceptions, difficulty of tasks, who may need help.

Tables hold learners who agree to research, and no groups of fewer than five. Single learners are named only where they
may need help, by the names the memory knows them by (pseudonyms where these are set), in the order of those names: no
list ranks learners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradatim.domain import LearnerEvent, LearnerState
from gradatim.graphs.reports.about import words
from gradatim.graphs.reports.document import Document, Note, Said, Section, Source, evidence_of
from gradatim.graphs.reports.faults import shown_by
from gradatim.graphs.reports.grouping import SMALLEST, enough
from gradatim.graphs.reports.sections.helping import helping
from gradatim.graphs.reports.sections.spread import Aggregates, difficulty, misconceptions, spread
from gradatim.graphs.reports.sources import sources
from gradatim.graphs.reports.wording import Names, count, day, spanning
from gradatim.kg import ConceptGraph
from gradatim.languages import say, spoken
from gradatim.memory.formative import FormativeRequest
from gradatim.memory.inputs import microseconds
from gradatim.memory.profile import attempt_outcome
from gradatim.memory.rights.labels import Label


@dataclass(frozen=True, slots=True)
class Classmate:
    """One learner of a class.

    Attributes:
        state: Without what the learner disputes.
        events: Oldest first.
        labels: That hold.
        requests: Open formative requests.
        counted: Whether the learner agrees to research: only then do tables hold them.
        helped: Whether the learner agrees to personalisation: only then are they named.
    """

    learner_id: str
    state: LearnerState
    events: tuple[LearnerEvent, ...]
    labels: tuple[Label, ...] = ()
    requests: tuple[FormativeRequest, ...] = ()
    counted: bool = True
    helped: bool = True

    @classmethod
    def unread(cls, learner_id: str) -> Classmate:
        """Somebody who agreed to nothing: counted, and no more."""
        return cls(learner_id, LearnerState(learner_id=learner_id), (), counted=False, helped=False)


def class_report(
    classmates: Sequence[Classmate],
    graph: ConceptGraph,
    *,
    now: str,
    since: str | None = None,
    published: bool = False,
    titles: Mapping[str, str] | None = None,
) -> Document:
    """The report, in the language that is spoken.

    Args:
        classmates: At least one.
        since: Only attempts of then or later are counted.
        published: Without single learners: no names, no ids of events, no reasons for help.
        titles: Task → what it is called, where that is known.
    """
    names = Names(graph)
    counted = [item for item in classmates if item.counted]
    facts = Aggregates()
    begin = None if since is None else microseconds(since)
    attempts = {
        item.learner_id: [
            event
            for event in item.events
            if attempt_outcome(event) is not None and (begin is None or microseconds(event.at) >= begin)
        ]
        for item in counted
    }
    shown = {item.learner_id: shown_by(attempts[item.learner_id], graph) for item in counted}
    sections = [
        _done(counted, attempts, None if published else len(classmates) - len(counted), facts),
        spread({item.learner_id: item.state for item in counted}, names, facts),
        misconceptions(shown, names, facts),
        difficulty(attempts, titles or {}, facts, published=published),
    ]
    if not published:
        sections.append(helping(classmates, graph, names, now))
    small = "report.class.suppressed" if published else "report.class.suppressed_own"
    sections.append(Section("small", "", (Note(say(small, n=SMALLEST)),)))
    cited = tuple(part for part in sections if part.blocks)
    named = [event for item in classmates for event in item.events]
    subtitle = say(
        "report.class_subtitle", day=day(now), learners=count(len(counted if published else classmates), "learner")
    )
    return Document(
        audience="class",
        title=say("report.title.class"),
        subtitle=subtitle,
        language=spoken(),
        sections=cited,
        sources=_sources(cited, named, names, facts),
        words=words(),
        learners=tuple(item.learner_id for item in classmates),
    )


def _done(
    counted: Sequence[Classmate], attempts: dict[str, list[LearnerEvent]], left_out: int | None, facts: Aggregates
) -> Section:
    every = sorted((event for tried in attempts.values() for event in tried), key=lambda event: microseconds(event.at))
    active = sum(bool(tried) for tried in attempts.values())
    title = say("report.class.done.title")
    blocks: list[Said | Note] = []
    if every and enough(active):
        evidence = facts.note("done", title, active, len(every))
        text = say(
            spanning("report.class.done.summary", every[0].at, every[-1].at),
            learners=count(active, "learner"),
            attempts=count(len(every), "attempt"),
            tasks=count(len({event.task_id for event in every if event.task_id}), "task"),
            first=day(every[0].at),
            last=day(every[-1].at),
        )
        blocks.append(Said(text, (evidence,)))
    else:
        blocks.append(Note(say("report.class.done.nothing", n=SMALLEST)))
    if left_out is None:  # how many disagree may be fewer than five
        blocks.append(Note(say("report.class.done.only")))
    elif left_out:
        blocks.append(Note(say("report.class.done.left_out", learners=count(left_out, "learner"))))
    return Section("done", title, tuple(blocks))


def _sources(
    sections: Sequence[Section], events: Sequence[LearnerEvent], names: Names, facts: Aggregates
) -> tuple[Source, ...]:
    """Aggregates by their counts, and what single learners' reasons rest on by its events."""
    plain = {source.id: source for source in sources(sections, events, names)}
    return tuple(
        Source(number, item, facts.text(item) if item in facts.found else plain[item].text)
        for number, item in enumerate(evidence_of(sections), start=1)
    )
