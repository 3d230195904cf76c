"""Who may need help, and why: reasons that were observed, in the order of names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from gradatim.graphs.reports.document import Block, Note, Said, Section
from gradatim.graphs.reports.faults import shown_by
from gradatim.graphs.reports.wording import Names, count, day, joined
from gradatim.kg import ConceptGraph
from gradatim.languages import say
from gradatim.memory.formative import FormativeRequest, SignalReason, reason_text
from gradatim.memory.inputs import microseconds

if TYPE_CHECKING:
    from gradatim.graphs.reports.classroom import Classmate

_SHOWN = 3
"""Attempts that show one misconception from which it is a reason."""
_IDLE_DAYS = 14
_DAY = timedelta(days=1) // timedelta(microseconds=1)
_WORSE_DOWN = frozenset(
    {"mastery", "success_rate", "persistence", "strategy_change", "self_assessment_accuracy", "self_reported_affect"}
)
_WORSE_UP = frozenset({"misconception", "error_kind", "overconfidence", "hesitation"})
"""Signals that call for help when they go down, and when they go up."""
STRUGGLES, LEAVES = "struggles-with:", "leaves-after-failure"


def helping(classmates: Sequence[Classmate], graph: ConceptGraph, names: Names, now: str) -> Section:
    """The section."""
    title = say("report.class.help.title")
    agreed = [item for item in classmates if item.helped]
    newest = max((microseconds(item.events[-1].at) for item in agreed if item.events), default=microseconds(now))
    found: list[Block] = []
    for item in sorted(agreed, key=lambda one: one.learner_id):
        found += _reasons(item, graph, names, newest)
    blocks: list[Block] = [Note(say("report.class.help.how")), *found] if found else []
    if not found:
        blocks.append(Note(say("report.class.help.nothing")))
    if left := len(classmates) - len(agreed):
        blocks.append(Note(say("report.class.help.left_out", learners=count(left, "learner"))))
    if any(label.status == "disputed" for item in agreed for label in item.labels):
        blocks.append(Note(say("report.class.help.disputed")))
    return Section("help", title, tuple(blocks))


def _reasons(item: Classmate, graph: ConceptGraph, names: Names, newest: int) -> Iterator[Said]:
    who = {"learner": item.learner_id}
    known = {state.concept for state in item.state.mastery}  # without what is disputed
    request = item.requests[-1] if item.requests else None
    reason = None if request is None else _worry(request)
    if request is not None and reason is not None:
        subject = reason.subject or ""
        name = names.concept(subject) if reason.signal == "mastery" else names.misconception(subject)
        told = reason_text(reason, None if reason.signal == "error_kind" else name)
        yield Said(say("report.class.help.formative", **who, day=day(request.at), reason=told), reason.events)
    for shown in shown_by(item.events, graph):
        if shown.open and len(shown.events) >= _SHOWN:
            values = {"attempts": count(len(shown.events), "attempt"), "name": names.misconception(shown.misconception)}
            text = say("report.class.help.misconception", **who, **values)
            yield Said(text, tuple(event.id for event in shown.events))
    held = [label for label in item.labels if label.status == "holds"]
    hard = [label for label in held if label.key.startswith(STRUGGLES) and label.concept in known]
    if hard:
        concepts = joined(names.concept(label.concept or "") for label in hard)
        evidence = tuple(event for label in hard for event in (*label.evidence[-3:], *label.contrary[-1:]))
        yield Said(say("report.class.help.struggles", **who, concepts=concepts), evidence)
    leaves = next((label for label in held if label.key == LEAVES and label.evidence), None)
    if leaves is not None:
        yield Said(say("report.class.help.leaves", **who), leaves.evidence)
    if item.events:
        last = item.events[-1]
        idle = (newest - microseconds(last.at)) // _DAY
        if idle >= _IDLE_DAYS:
            text = say("report.class.help.idle", **who, days=count(idle, "day"), day=day(last.at))
            yield Said(text, (last.id,))


def _worry(request: FormativeRequest) -> SignalReason | None:
    """What moved most for the worse; nothing where more moved for the better, which calls for no help."""
    worse = [reason for reason in request.reasons if _worries(reason)]
    bad, every = (sum(reason.contribution for reason in reasons) for reasons in (worse, request.reasons))
    return worse[0] if worse and 2 * bad >= every else None


def _worries(reason: SignalReason) -> bool:
    return reason.signal in (_WORSE_DOWN if reason.change < 0 else _WORSE_UP)
