"""What a reviewer reads before deciding: each sentence beside its claims and the evidence that it cites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from difflib import unified_diff

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gradatim.app.console import printable, shorten
from gradatim.app.report.listing import lines_of
from gradatim.domain import (
    Assessment,
    CheckReport,
    Diagnosis,
    Evidence,
    Repair,
    ReviewDecision,
    ReviewRequest,
    Statement,
)

NARROW = 100
"""Columns from which three columns stand side by side; in fewer, one under the other."""
LONGEST_CODE = 200
"""Lines of the program that are shown."""
_GLYPHS = {"supported": ("✓", "green"), "refuted": ("✗", "red"), "unchecked": ("?", "yellow")}


def age(created_at: str, now: datetime | None = None) -> str:
    """How long ago an instant was, in the largest unit that fits: `3 min`, `2 h`, `5 d`; `-` where it is none."""
    try:
        begun = datetime.fromisoformat(created_at)
    except ValueError:
        return "-"
    begun = begun.replace(tzinfo=UTC) if begun.tzinfo is None else begun
    minutes = max(0, int(((now or datetime.now(UTC)) - begun).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"


def review_text(
    request: ReviewRequest, decision: ReviewDecision | None, held: Assessment | None, *, width: int | None = None
) -> str:
    """All that a reviewer needs, as text for standard output: as wide as its terminal, coloured only on one.

    Args:
        held: What the request is about; without it (the run was deleted) only the feedback is shown.
        width: Columns; those of the terminal when not given.
    """
    screen = Console(width=width)
    with screen.capture() as captured:
        screen.print(Group(*_blocks(request, decision, held, screen.width)))
    text = captured.get().rstrip("\n")
    return text if screen.is_terminal else "\n".join(line.rstrip() for line in text.split("\n"))


def _blocks(
    request: ReviewRequest, decision: ReviewDecision | None, held: Assessment | None, width: int
) -> Iterator[RenderableType]:
    yield _head(request)
    evidence: dict[str, Evidence] = {}
    if held is not None:
        evidence = {item.id: item for item in held.diagnosis.evidence}
        yield _rule("program")
        yield _program(held)
        yield _rule("diagnosis")
        yield _diagnosis(held.diagnosis)
        for number, repair in enumerate(held.diagnosis.repairs, 1):
            yield _repair(number, repair, held)
    yield _rule(f"feedback by {request.feedback.author}: sentence | claims and checks | evidence")
    yield from _feedback(request, evidence, width)
    if request.feedback.withheld:
        yield _rule("withheld: nothing bears it out, no learner sees it")
        yield _rows(request.feedback.withheld, evidence, {}, 0, width)
    yield Text()
    if decision is None:
        yield Text(f"decide with: gradatim review decide {printable(request.id)} --approve --reviewer NAME")
    else:
        yield Text(f"decided by {printable(decision.reviewer)} at {decision.decided_at}: {decision.kind}")
        if decision.message:
            yield Text(f"  {printable(decision.message, lines=True)}")


def _head(request: ReviewRequest) -> RenderableType:
    confidence = request.confidence
    note = "probability of being right" if confidence.calibrated else "not calibrated"
    parts = ", ".join(
        f"{name} {'not measured' if value is None else format(value, '.2f')}"
        for name, value in confidence.components.items()
    )
    lines = [
        Text(f"review {printable(request.id)}  ({request.status}, priority {request.priority})", style="bold"),
        Text(f"task {printable(request.task_id)}, learner {printable(request.learner_id or '-')}"),
        Text(f"since {request.created_at} ({age(request.created_at)})"),
        Text(f"confidence {confidence.value:.2f} ({note}): {parts}"),
    ]
    lines += [Text(_report(report)) for report in confidence.detections if report.score is not None]
    if request.causes:
        lines += [Text(f"why: [{item.priority}] {item.kind}: {printable(item.detail)}") for item in request.causes]
    else:
        lines.append(Text(f"why: {printable('; '.join(request.reasons))}"))
    return Group(*lines)


def _report(report: CheckReport) -> str:
    doubts = f", {len(report.flags)} doubted" if report.flags else ""
    return f"{report.name} check {report.score:.2f}{doubts}"


def _program(held: Assessment) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    suspects = {item.line for item in held.diagnosis.suspicious_lines[:3]}
    lines = lines_of(held.submission.code)
    for number, line in enumerate(lines[:LONGEST_CODE], 1):
        mark = "▶" if number in suspects else " "
        table.add_row(f"{mark}{number}", Text(printable(line.expandtabs(4), lines=True)))
    if len(lines) > LONGEST_CODE:
        table.add_row("", Text(f"… {len(lines) - LONGEST_CODE} more lines", style="dim"))
    return table


def _diagnosis(diagnosis: Diagnosis) -> RenderableType:
    lines = [Text(f"{diagnosis.verdict}; kind of error: {diagnosis.error_category or 'none'}")]
    lines += [
        Text(f"line {item.line} is suspicious ({item.score:.0%}): {printable(item.why)}")
        for item in diagnosis.suspicious_lines[:3]
    ]
    for match in diagnosis.misconceptions:
        where = f" (line {', '.join(map(str, match.lines))})" if match.lines else ""
        lines.append(Text(f"{printable(match.id)} {match.confidence:.0%}{where}: {printable(match.why)}"))
    return Group(*lines)


def _repair(number: int, repair: Repair, held: Assessment) -> RenderableType:
    tried = f" on {repair.inputs_tried} further inputs" if repair.inputs_tried else ""
    holds = {True: f", holds{tried}", False: f", fails{tried}", None: ""}[repair.generalises]
    lines = [Text(f"repair {number} ({repair.origin}, {repair.weight:.0%}{holds}): {printable(repair.change)}")]
    colours = {"+": "green", "-": "red", "@": "dim"}
    changes = unified_diff(lines_of(held.submission.code), lines_of(repair.code), lineterm="", n=1)
    lines += [Text(f"  {printable(line.expandtabs(4))}", style=colours.get(line[:1], "")) for line in list(changes)[2:]]
    return Group(*lines)


def _feedback(request: ReviewRequest, evidence: Mapping[str, Evidence], width: int) -> Iterator[RenderableType]:
    flags: dict[int, list[str]] = {}
    for report in request.confidence.detections:
        for flag in report.flags:
            flags.setdefault(flag.statement, []).append(f"{report.name}: {flag.reason}")
    first = 0
    for part, statements in request.feedback.parts():
        remark = " (from evidence, not by the model)" if part in request.feedback.completed else ""
        yield Text(f"{part.replace('_', ' ')}{remark}", style="bold")
        yield _rows(statements, evidence, flags, first, width)
        first += len(statements)


def _rows(
    statements: tuple[Statement, ...],
    evidence: Mapping[str, Evidence],
    flags: Mapping[int, list[str]],
    first: int,
    width: int,
) -> RenderableType:
    side_by_side = width >= NARROW
    table = Table(show_header=False, box=None, padding=(0, 1), expand=True)
    for _ in range(3 if side_by_side else 1):
        table.add_column(ratio=1, overflow="fold")
    for number, statement in enumerate(statements, first):
        said = Text(printable(statement.text))
        if statement.author:
            said.append(f" (by {printable(statement.author)})", style="dim")
        checks = [_check(check.verdict, check.claim.kind, check.detail) for check in statement.checks]
        checks += [Text(f"! {shorten(reason, 200)}", style="yellow") for reason in flags.get(number, ())]
        checks = checks or [Text("· claims nothing that can be checked", style="dim")]
        cited = [_cited(name, evidence.get(name)) for name in statement.evidence] or [Text("cites nothing", "dim")]
        cells = (said, Group(*checks), Group(*cited))
        if side_by_side:
            table.add_row(*cells)
        else:
            for cell in cells:
                table.add_row(cell)
        table.add_row(*[""] * (3 if side_by_side else 1))
    return table


def _check(verdict: str, kind: str, detail: str) -> Text:
    glyph, colour = _GLYPHS[verdict]
    return Text.assemble((f"{glyph} ", colour), (f"{kind}: ", "dim"), printable(detail))


def _cited(name: str, item: Evidence | None) -> Text:
    text = Text.assemble((f"[{printable(name)}] ", "cyan"), printable(item.summary) if item else "not kept")
    if item is not None and not item.visible:
        text.append(" (not for the learner)", style="yellow")
    return text


def _rule(title: str) -> Rule:
    return Rule(printable(title), align="left", style="dim", characters="─")
