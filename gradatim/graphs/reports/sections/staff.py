"""What only those who teach see: assessments with their confidence, reviewers' decisions, and solutions for staff."""

from __future__ import annotations

from gradatim.domain import Assessment
from gradatim.graphs.reports.document import Block, Cell, Listing, Note, Row, Said, Section, Table
from gradatim.graphs.reports.faults import shortened
from gradatim.graphs.reports.portrait import Portrait
from gradatim.graphs.reports.sources import REVIEW, WAITING
from gradatim.graphs.reports.wording import day, joined, percent
from gradatim.languages import rendered, say

_ROWS = 40
_SOLUTIONS = 10


def assessments(portrait: Portrait) -> Section:
    """Assessments: verdict, how far the feedback is trusted, where it went."""
    title = say("report.assessments.title")
    if not portrait.assessments:
        return Section("assessments", title, (Note(say("report.assessments.nothing")),))
    at = {event.id: event.at for event in portrait.events}
    rows: list[Row] = []
    for event, item in list(portrait.assessments.items())[-_ROWS:]:
        passed = sum(outcome.status == "passed" for outcome in item.execution.outcomes)
        confidence = item.confidence
        state = "delivered" if item.delivered else "waiting" if item.waiting else "held"
        cells = (
            Cell(day(at[event])),
            Cell(item.task.title),
            Cell(f"{passed}/{len(item.execution.outcomes)}"),
            Cell(percent(confidence.value), confidence.value),
            Cell(say(f"report.assessments.{state}") + (f" ({item.reviewed_by})" if item.reviewed_by else "")),
        )
        rows.append(Row(cells, (event,)))
    header = tuple(
        say(f"report.assessments.header.{name}") for name in ("day", "task", "passed", "confidence", "feedback")
    )
    return Section("assessments", title, (Table(say("report.assessments.caption"), header, tuple(rows)),))


def reviews(portrait: Portrait) -> Section:
    """What waits for a reviewer, and what reviewers decided about the learner's feedback."""
    title = say("report.reviews.title")
    blocks: list[Block] = [
        Said(
            say(
                "report.reviews.waiting", day=day(item.created_at), task=item.task_id,
                causes=joined(dict.fromkeys(say(f"report.reviews.causes.{cause.kind}") for cause in item.causes)),
            ),
            (f"{WAITING}{item.id}",),
        )
        for item in portrait.waiting
    ]  # fmt: skip
    if not portrait.reviews:
        return Section("reviews", title, (*blocks, Note(say("report.reviews.nothing"))))
    rows = [
        Row(
            (
                Cell(day(record.at)),
                Cell(record.task_id),
                Cell(say(f"report.reviews.kinds.{record.kind}")),
                Cell(record.reviewer),
                Cell(percent(record.value), record.value),
                Cell("" if record.changed is None else percent(record.changed)),
            ),
            (f"{REVIEW}{record.id}",),
        )
        for record in portrait.reviews[-_ROWS:]
    ]
    header = tuple(
        say(f"report.reviews.header.{name}") for name in ("day", "task", "decision", "by", "confidence", "changed")
    )
    return Section("reviews", title, (*blocks, Table(say("report.reviews.caption"), header, tuple(rows))))


def solutions(portrait: Portrait) -> Section:
    """For staff: the change that makes every test pass, and hidden tests that failed."""
    blocks: list[Block] = []
    wrong = [(event, item) for event, item in portrait.assessments.items() if not item.execution.passed]
    for event, item in wrong[-_SOLUTIONS:]:
        blocks += _solution(event, item)
    return Section(
        "solutions", say("report.solutions.title"), tuple(blocks) or (Note(say("report.solutions.nothing")),)
    )


def _solution(event: str, item: Assessment) -> list[Block]:
    hidden = {test.id for test in item.task.tests if test.hidden}
    failed = [out.test for out in item.execution.outcomes if out.status != "passed" and out.test in hidden]
    found: list[Block] = []
    general = [repair for repair in item.diagnosis.repairs if repair.generalises is not False]
    repair = general[0] if general else item.diagnosis.repair
    if repair is not None:
        key = "change" if general else "overfits"
        text = say(f"report.solutions.{key}", task=item.task.title, change=rendered(repair.change))
        found.append(Said(text, (event,)))
        lines = repair.code.splitlines()
        touched = {edit.line for edit in repair.edits}
        code = tuple((number, shortened(line), number in touched) for number, line in enumerate(lines[:60], start=1))
        found.append(Listing(say("report.solutions.code"), code, (event,)))
    else:
        found.append(Said(say("report.solutions.none", task=item.task.title), (event,)))
    if failed:
        found.append(Said(say("report.solutions.hidden", tests=", ".join(failed)), (event,)))
    return found
