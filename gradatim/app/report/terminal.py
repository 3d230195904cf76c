"""The report in a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gradatim.app.console import printable, shorten
from gradatim.app.report.content import STRONG, Mark, NodeTime, Part, ProgramLine, Report, Sentence, TestRow
from gradatim.app.report.listing import TokenKind
from gradatim.app.report.view import report_of
from gradatim.app.report.wording import called, counted, named, words
from gradatim.domain import Assessment, Composite
from gradatim.kg.labels import concept_name

WIDE = 110
"""Columns from which sources and times have room beside what they belong to."""
CONTEXT = 4
"""Lines shown around a marked line of a long program."""
LONGEST_LINE = 400
"""Cells of a program line that are shown."""
LONG = 60
"""Lines up to which a program is shown whole."""

_GLYPHS: dict[Mark, tuple[str, str]] = {
    "supported": ("✓", "green"),
    "refuted": ("✗", "red"),
    "unchecked": ("?", "yellow"),
    "none": ("·", "dim"),
}
_STATUS: dict[str, tuple[str, str]] = {"passed": ("✓", "green"), "not-run": ("–", "dim")}
_TOKENS: dict[TokenKind, str] = {
    "comment": "dim italic",
    "string": "green",
    "number": "cyan",
    "keyword": "magenta",
    "name": "",
    "plain": "",
}
_DELIVERY = {"delivered": ("✓", "green"), "held": ("○", "yellow"), "rejected": ("✗", "red")}
_SPAN = re.compile(r"`([^`\n]+)`")


def render_assessment(assessment: Assessment, *, full: bool = False) -> RenderableType:
    """A report that fits itself to the width of the console it is printed on (best from 80 columns).

    Args:
        assessment: What is reported.
        full: For staff: with hidden tests, all evidence, feedback that is not delivered, and the repair.
            Without it, only what the learner may see.
    """
    return TerminalReport(report_of(assessment, full=full))


def assessment_text(assessment: Assessment, *, full: bool = False) -> str:
    """The same report as text for standard output: as wide as its terminal, coloured only on one.

    Args:
        assessment: What is reported.
        full: As for `render_assessment`.
    """
    screen = Console()
    with screen.capture() as captured:
        screen.print(render_assessment(assessment, full=full))
    text = captured.get().rstrip("\n")
    return text if screen.is_terminal else "\n".join(line.rstrip() for line in text.split("\n"))


@dataclass(frozen=True, slots=True)
class TerminalReport:
    """The sections of a report, from the verdict to the times."""

    report: Report

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        report, wide = self.report, options.max_width >= WIDE
        yield _heading(report)
        yield from _section(words("title.tests"), _tests(report, wide))
        yield from _section(f"{words('title.program')}  {report.filename}", _program(report))
        yield from _section(words("title.feedback"), _feedback(report))
        if report.misconceptions:
            yield from _section(words("title.misconceptions"), _misconceptions(report))
        if report.evidence or report.withheld_evidence:
            yield from _section(words("title.evidence"), _evidence(report, wide))
        if report.repair:
            yield from _section(words("title.repair"), _repair(report))
        if report.rubric is not None:
            yield from _section(words("title.rubric"), _rubric(report.rubric))
        yield from _section(words("title.confidence"), _confidence(report))
        yield from _section(words("title.delivery"), _delivery(report))
        if report.changes:
            yield from _section(words("title.learner"), _changes(report))
        if report.stages:
            yield from _section(words("title.path"), _path(report, options.max_width - 2))


def _section(title: str, *content: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(printable(title), style="bold"), align="left", style="dim", characters="─")
    yield Padding(Group(*content), (0, 1))


def _heading(report: Report) -> RenderableType:
    right = report.verdict == "correct"
    colour = "green" if right else "red"
    verdict = Text.assemble(
        (f"{'✓' if right else '✗'} {words(f'verdict.{report.verdict}')}", f"bold {colour}"),
        f"   {words('passed', passed=report.passed, tests=counted('test', report.total))}",
        (f"{words('comma')}{words('hidden_count', n=report.hidden)}" if report.hidden else "", "dim"),
    )
    facts = [report.title]
    if report.error_category:
        facts.append(words("error_category", name=report.error_category))
    if report.learner:
        facts.append(words("learner", id=report.learner))
    isolation = words("without_isolation") if report.tier == "unsafe" else words("isolated", tier=report.tier)
    lines: list[Text] = [
        verdict,
        Text(printable("  ·  ".join(facts))),
        Text(
            words("executed", how=isolation, seconds=f"{report.seconds:.2f}"),
            style="bold red" if report.tier == "unsafe" else "dim",
        ),
    ]
    if report.load_error:
        fault = report.load_error
        where = words("at_line", line=fault.line) if fault.line else ""
        text = words("cannot_load", error=fault.type, message=fault.message, where=where)
        lines.append(Text(printable(text), style="red"))
    return Panel(Group(*lines), box=box.ROUNDED, border_style=colour, padding=(0, 1))


def _tests(report: Report, wide: bool) -> RenderableType:
    table = Table(box=None, expand=True, padding=(0, 1), header_style="dim", collapse_padding=True, pad_edge=False)
    table.add_column("", width=1)
    table.add_column(words("column.id"), no_wrap=True, max_width=10)
    table.add_column(words("column.test"), ratio=4, overflow="fold")
    table.add_column(words("column.expected"), ratio=3, overflow="fold")
    table.add_column(words("column.got"), ratio=4, overflow="fold")
    if wide:
        table.add_column(words("column.time"), justify="right", no_wrap=True, width=8)
    for test in report.tests:
        glyph, colour = _STATUS.get(test.status, ("✗", "red"))
        row = [
            Text(glyph, style=colour),
            Text(printable(test.id), style="dim"),
            _name(test),
            Text(shorten(test.expected or "")),
            _actual(test, colour),
        ]
        table.add_row(*row, *([Text(f"{test.seconds:.3f} s", style="dim")] if wide else []))
    return table


def _name(test: TestRow) -> Text:
    if test.label is None:
        return Text(words("hidden_test"), style="dim italic")
    label = Text(shorten(f"{test.name}: {test.label}" if test.name else test.label))
    return label.append(f" ({words('hidden')})", style="yellow") if test.hidden else label


def _actual(test: TestRow, colour: str) -> Text:
    if test.status == "passed":
        return Text(
            words("status.passed")
            if test.hidden and test.actual is None
            else shorten(test.actual or words("status.passed")),
            style=colour,
        )
    came = test.actual if test.status in ("failed", "error") and test.actual is not None else None
    if came is None:
        came = test.detail or words(f"status.{test.status}")
    return Text(shorten(came), style=colour)


def _program(report: Report) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    shown = _shown(report.program)
    previous = 0
    for line in report.program:
        if line.number not in shown:
            continue
        if line.number > previous + 1:
            _skipped(table, line.number - previous - 1)
        previous = line.number
        strong = (line.suspicion or 0.0) >= STRONG
        colour = "red" if strong else "yellow"
        code = Text.assemble(*((printable(text, lines=True), _TOKENS[kind]) for kind, text in line.tokens))
        code.expand_tabs(4)
        code.truncate(LONGEST_LINE, overflow="ellipsis")
        if line.marked:
            code.stylize("bold")
        table.add_row(
            Text("▶" if strong else "▷" if line.marked else "", style=colour),
            Text(str(line.number), style=f"bold {colour}" if line.marked else "dim"),
            code,
        )
        for number, note in enumerate(line.notes):
            score = (
                words("suspicious", share=f"{line.suspicion:.0%}") if not number and line.suspicion is not None else ""
            )
            table.add_row("", "", Text(f"└ {printable(note)}{score}", style=f"{colour} italic"))
    if report.program and report.program[-1].number > previous:
        _skipped(table, report.program[-1].number - previous)
    return table


def _shown(program: Sequence[ProgramLine]) -> set[int]:
    """Numbers of the lines to show: all of a short program, else what lies around marked lines."""
    if len(program) <= LONG:
        return {line.number for line in program}
    marked = [line.number for line in program if line.marked] or [1 + CONTEXT]
    return {near for number in marked for near in range(number - CONTEXT, number + CONTEXT + 1)}


def _skipped(table: Table, count: int) -> None:
    table.add_row("", Text("⋮", style="dim"), Text(counted("line", count), style="dim"))


def _feedback(report: Report) -> RenderableType:
    if not report.parts:
        held = report.delivery.state == "held"
        return Text(
            words("waits") if held else words("no_feedback"),
            style="yellow" if held else "dim",
        )
    content: list[RenderableType] = []
    if report.delivery.state != "delivered":
        content.append(Text(words("undelivered"), style="bold yellow"))
    for number, part in enumerate(report.parts):
        if number or content:
            content.append(Text())
        content.extend(_part(part, report.full))
    content.append(Text())
    legend = "   ".join(f"{_GLYPHS[mark][0]} {words(f'mark.{mark}')}" for mark in ("supported", "refuted", "unchecked"))
    content.append(Text(printable(f"{legend}   {words('by_author', author=report.author)}"), style="dim"))
    return Group(*content)


def _part(part: Part, full: bool) -> Iterator[RenderableType]:
    yield Text.assemble((part.title, "bold"), (f"  ({part.remark})" if part.remark else "", "dim"))
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column()
    for sentence in part.sentences:
        glyph, colour = _GLYPHS[sentence.mark]
        table.add_row(Text(glyph, style=f"bold {colour}"), _sentence(sentence))
        for finding in sentence.findings:
            if not finding.empty and (full or finding.mark != "supported"):
                sign, tone = _GLYPHS[finding.mark]
                by = "" if finding.method == "none" else f" ({named('method', finding.method)})"
                style = tone if finding.mark == "refuted" else f"{tone} dim"
                table.add_row("", Text(f"└ {sign} {printable(finding.text)}{by}", style=style))
    yield table


def _sentence(sentence: Sentence) -> Text:
    text = Text()
    if sentence.mark == "unchecked":
        text.append(f"{words('mark.unchecked')}: ", style="yellow")
    if sentence.mark == "refuted":
        text.append(f"{words('mark.refuted')}: ", style="red")
    text.append_text(_prose(sentence.text, "italic" if sentence.mark == "unchecked" else ""))
    for cite in sentence.cites:
        text.append(f" [{printable(cite)}]", style="cyan dim")
    return text


def _prose(text: str, style: str = "") -> Text:
    """A sentence with the code between backticks set apart."""
    prose = Text(style=style)
    for number, piece in enumerate(_SPAN.split(text)):
        prose.append(printable(f"`{piece}`" if number % 2 else piece), style="bold" if number % 2 else "")
    return prose


def _misconceptions(report: Report) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True, style="cyan", justify="right", width=4)
    table.add_column()
    for match in report.misconceptions:
        lines = words("at_lines", lines=", ".join(map(str, match.lines))) if match.lines else ""
        table.add_row(
            f"{match.confidence:.0%}",
            Text.assemble((printable(called(match.id)), "bold"), (lines, "dim"), "  ", _prose(match.why)),
        )
    return table


def _evidence(report: Report, wide: bool) -> RenderableType:
    table = Table(box=None, expand=True, padding=(0, 1), header_style="dim", pad_edge=False, collapse_padding=True)
    table.add_column(words("column.id"), style="cyan", overflow="fold", max_width=38)
    table.add_column(words("column.found"), ratio=1)
    if wide:
        table.add_column(words("column.by"), style="dim", no_wrap=True)
    else:
        table.show_header = False
        table.columns[0].max_width = 2
    told = [item for item in report.evidence if report.full or item.id in report.cited]
    others = [printable(item.id) for item in report.evidence[len(told) :]]
    for item in told:
        name, source, summary = Text(printable(item.id)), Text(printable(item.source)), _prose(item.summary)
        if not item.visible:
            summary.append(f" ({words('not_for_learner')})", style="yellow")
        if wide:
            table.add_row(name, summary, source)
        else:
            title = Text.assemble((name.plain, "cyan"), "  ", (source.plain, "dim"))
            table.add_row("•", Group(title, summary))
    content: list[RenderableType] = [table] if told else []
    if others:
        content.append(Text.assemble((words("also_at_hand"), "dim"), (", ".join(others), "cyan dim")))
    if report.withheld_evidence:
        left = counted("withheld", report.withheld_evidence)
        content.append(Text(words("withheld_evidence", items=left), style="dim"))
    return Group(*content)


def _repair(report: Report) -> RenderableType:
    repair = report.repair
    if repair is None:
        return Text()
    colours = {"+": "green", "-": "red", "@": "dim"}
    lines = [Text(printable(line).expandtabs(4), style=colours.get(line[:1], "")) for line in repair.diff]
    return Group(_prose(repair.description), *lines)


def _confidence(report: Report) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(style="dim")
    confidence = report.confidence
    note = words("calibrated.short" if confidence.calibrated else "uncalibrated.short")
    table.add_row(
        Text(words("confidence"), style="bold"), _bar(confidence.value), Text(f"{confidence.value:.2f}"), note
    )
    for name, value in confidence.components.items():
        if value is None:
            table.add_row(f"  {printable(named('component', name))}", Text("–", style="dim"), "", words("unmeasured"))
        else:
            table.add_row(f"  {printable(named('component', name))}", _bar(value), f"{value:.2f}", "")
    return table


def _bar(value: float, width: int = 24) -> Text:
    filled = round(max(0.0, min(1.0, value)) * width)
    return Text.assemble(("█" * filled, "cyan"), ("░" * (width - filled), "dim"))


def _delivery(report: Report) -> RenderableType:
    glyph, colour = _DELIVERY[report.delivery.state]
    content = [Text.assemble((f"{glyph} ", colour), (printable(report.delivery.headline), colour))]
    content += [Text(printable(f"  {words('delivery.because', reason=reason)}")) for reason in report.delivery.reasons]
    if report.revisions:
        content.append(Text(f"  {words('delivery.after', revisions=counted('revision', report.revisions))}"))
    for item in report.degradations:
        text = f"! {item.node}: {item.reason} → {item.fallback}"
        content.append(Text(printable(text), style="yellow"))
    return Group(*content)


def _rubric(rubric: Composite) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(style="dim")
    for item in rubric.measures:
        name = named("rubric", item.name)
        if item.value is None:
            table.add_row(f"  {name}", Text("–", style="dim"), "", printable(item.why))
        else:
            table.add_row(f"  {name}", _bar(item.value), f"{item.value:.2f}", printable(item.why))
    return table


def _changes(report: Report) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(style="cyan")
    for _ in range(3):
        table.add_column(no_wrap=True, justify="right")
    for change in report.changes:
        up = change.after >= change.before
        table.add_row(
            Text(printable(concept_name(change.concept, change.concept))),
            f"{change.before:.2f}",
            Text(f"{'▲' if up else '▼'} {change.after:.2f}", style="green" if up else "red"),
            Text(f"{change.after - change.before:+.2f}", style="dim"),
        )
    return Group(Text(words("mastery"), style="dim"), table)


def _path(report: Report, width: int) -> RenderableType:
    """The stages, broken only between them: rich would part a node from its time."""
    lines: list[Text] = [Text()]
    for number, stage in enumerate(report.stages):
        piece = Text(" → " if number else "", style="dim")
        piece.append_text(Text(" ∥ ", style="dim").join(_node(node) for node in stage))
        if lines[-1] and lines[-1].cell_len + piece.cell_len > width:
            lines.append(Text())
        lines[-1].append_text(piece)
    facts = [words("work", seconds=f"{report.node_seconds:.2f}"), words("model", name=report.model)]
    if report.tokens:
        facts.append(report.tokens)
    return Group(*lines, Text(printable("  ·  ".join(facts)), style="dim"))


def _node(node: NodeTime) -> Text:
    name = (printable(node.name), "yellow not dim" if node.degraded else "not dim")
    return Text.assemble(name, (f" {node.seconds:.2f}", "dim"))
