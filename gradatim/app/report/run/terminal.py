"""One run in a terminal: path and bars of time, statements with their claims, evidence, calls, costs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from gradatim.app.console import printable, shorten
from gradatim.app.report.run.drawing import seconds
from gradatim.app.report.run.facts import costs_of
from gradatim.app.report.run.said import SIGNS
from gradatim.evals.traces.trace import Trace
from gradatim.evals.traces.view import RunView, view_of
from gradatim.evals.traces.view.statements import Sentence
from gradatim.evals.traces.view.timeline import Lane, Timeline

_COLOURS = {"supported": "green", "refuted": "red", "unchecked": "yellow", "none": "dim"}
_KINDS = {
    "invoke_workflow": "white",
    "invoke_agent": "blue",
    "chat": "magenta",
    "execute_tool": "green",
    "retrieval": "yellow",
    "embeddings": "yellow",
    "other": "white",
}
_NARROWEST, _WIDEST = 16, 60
"""Cells of the drawn timeline."""
_NOTE = 32
_MOST = 12
"""Calls of one kind that are listed."""
_LONG = 400
_SAID = 4_000
"""Characters of one message."""
_LANES = 120
"""Lines of the drawn timeline."""


def run_text(trace: Trace) -> str:
    """A run as text for standard output: as wide as its terminal, coloured only on one."""
    screen = Console()
    view = view_of(trace)
    with screen.capture() as captured:
        screen.print(Group(*_sections(view, screen.width)))
    text = captured.get().rstrip("\n")
    return text if screen.is_terminal else "\n".join(line.rstrip() for line in text.split("\n"))


def _sections(view: RunView, width: int) -> Iterator[RenderableType]:
    yield _heading(view)
    if view.faults:
        yield from _section(
            "What went wrong", *(_line("✗", "red", f"{f.where}: {f.kind} {f.message}") for f in view.faults)
        )
    if view.timeline.rows:
        yield from _section("Path and times", _path(view.timeline), *_lanes(view.timeline, width - 2))
    if view.turns:
        yield from _section("Dialogue", *(_turn(turn.role, turn.content) for turn in view.turns))
    if view.sentences:
        yield from _section("Statements and claims", *_statements(view.sentences))
    if view.confidence is not None or view.route:
        yield from _section("Confidence and route", *_confidence(view))
    if view.tests:
        yield from _section("Tests", _tests(view))
    if view.evidence:
        rows = [
            (item.id, item.summary, f"cited {item.cited}×" if item.cited else "not cited") for item in view.evidence
        ]
        yield from _section("Evidence", _grid(rows))
    if view.judgements:
        rows = [
            (item.by, item.name, "" if item.value is None else f"{item.value:.3g}", item.label, item.explanation)
            for item in view.judgements
        ]
        yield from _section("Scores reported while it ran", _grid(rows))
    yield from _calls(view)
    groups = (("", view.facts), ("in: ", view.given), ("out: ", view.came), ("reference: ", view.reference))
    facts = [(f"{group}{name}", value) for group, held in groups for name, value in held]
    if facts:
        yield from _section("About this run", _grid(facts))


def _section(title: str, *content: RenderableType) -> Iterator[RenderableType]:
    yield Text()
    yield Rule(Text(title, style="bold"), align="left", style="dim", characters="─")
    yield Padding(Group(*content), (0, 1))


def _heading(view: RunView) -> RenderableType:
    right = view.verdict == "correct"
    title = Text(_brief(view.title or view.name, _LONG), style="bold")
    told = Text()
    if view.verdict:
        told.append(f"{'✓' if right else '✗'} {_brief(view.verdict)}", style="green" if right else "red")
    facts = [
        view.category,
        "" if view.confidence is None else f"confidence {view.confidence:.2f}",
        view.route,
        "waits for a person" if view.waiting else "",
        *costs_of(view),
    ]
    for fact in filter(None, facts):
        told.append("  ·  " if told else "", style="dim").append(_brief(fact))
    return Group(title, Text(_brief(f"{view.name}, run {view.id}", _LONG), style="dim"), *([told] if told else []))


def _path(timeline: Timeline) -> RenderableType:
    path = Text()
    for number, stage in enumerate(timeline.stages[:_LANES]):
        path.append(" → " if number else "", style="dim")
        path.append(" ∥ ".join(_brief(name, 80) for name in stage))
    return path


def _lanes(timeline: Timeline, width: int) -> Iterator[RenderableType]:
    every = timeline.lanes()
    lanes = every[:_LANES]
    names = [_name(lane) for lane in lanes]
    longest = min(34, max(len(name) for name in names))
    notes = [_brief(lane.note, _NOTE) for lane in lanes]
    room = max(_NARROWEST, min(_WIDEST, width - longest - max(map(len, notes)) - 13))
    table = Table.grid(padding=(0, 1))
    table.add_column(width=longest, no_wrap=True, overflow="ellipsis")
    if timeline.timed:
        table.add_column(width=room, no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    for lane, name, note in zip(lanes, names, notes, strict=True):
        row: list[RenderableType] = [Text(name, style="red" if not lane.ok else "")]
        if timeline.timed:
            row += [_bar(lane, timeline.seconds, room), Text(seconds(lane.seconds), style="dim")]
        table.add_row(*row, Text(note, style="dim" if lane.ok else "red"))
    yield Text()
    yield table
    if len(every) > _LANES:
        yield Text(f"and {len(every) - _LANES:,} more (--json and --html show them)", style="dim")


def _name(lane: Lane) -> str:
    row = lane.first
    many = f" ×{len(lane.rows)}" if len(lane.rows) > 1 else ""
    return f"{'  ' * min(row.depth, 5)}{_brief(row.subject, 80)}{many}"


def _bar(lane: Lane, whole: float, room: int) -> Text:
    cells = [" "] * room
    for row in lane.rows:
        begin = min(room - 1, int(room * row.offset / whole)) if whole else 0
        end = min(room, max(begin + 1, round(room * (row.offset + row.seconds) / whole))) if whole else 1
        sign = "█" if end - begin > 1 or row.seconds / (whole or 1) > 0.5 / room else "▏"
        cells[begin:end] = sign * (end - begin)
    return Text("".join(cells), style="red" if not lane.ok else _KINDS[lane.first.operation])


def _turn(role: str, content: str) -> RenderableType:
    text = printable(content[:_SAID], lines=True)
    return Text.assemble((f"{_brief(role, 40)}: ", "bold cyan" if role == "assistant" else "bold"), text)


def _statements(sentences: Sequence[Sentence]) -> Iterator[RenderableType]:
    part = ""
    for sentence in sentences:
        if sentence.part != part:
            part = sentence.part
            yield Text(_brief(part.replace("_", " ")), style="dim")
        said = Text.assemble(
            (f"{SIGNS[sentence.mark]} ", _COLOURS[sentence.mark]), _brief(sentence.text or "(text not recorded)", _LONG)
        )
        if sentence.evidence:
            said.append(f"  [{_brief(', '.join(sentence.evidence), 120)}]", style="dim")
        yield said
        for finding in sentence.findings:
            told = f"{finding.claim}{f' — {finding.detail}' if finding.detail else ''}"
            method = f" ({finding.method})" if finding.method not in ("", "none") else ""
            yield Text.assemble(
                (f"    {SIGNS[finding.mark]} ", _COLOURS[finding.mark]), (_brief(f"{told}{method}", 240), "dim")
            )


def _confidence(view: RunView) -> Iterator[RenderableType]:
    parts = [f"{name} {'–' if value is None else f'{value:.2f}'}" for name, value in view.components]
    head = "" if view.confidence is None else f"{view.confidence:.2f}"
    yield Text.assemble((head, "bold"), f"  {_brief(view.route)}", (f"   {_brief(', '.join(parts), _LONG)}", "dim"))
    for reason in view.reasons:
        yield _line("·", "yellow", reason)


def _tests(view: RunView) -> RenderableType:
    table = _empty(3)
    for test, status, detail in view.tests:
        right = status == "passed"
        style = "green" if right else "red"
        table.add_row(
            Text(f"{'✓' if right else '✗'} {_brief(test, 60)}", style=style), _brief(status), _brief(detail, 160)
        )
    return table


def _calls(view: RunView) -> Iterator[RenderableType]:
    timed = view.timeline.timed
    asked = [
        (
            call.by,
            call.model,
            f"{call.input_tokens or 0:,} → {call.output_tokens or 0:,} tokens",
            ", ".join(call.finished) if call.ok else f"failed: {call.message}",
            seconds(call.seconds) if timed else "",
        )
        for call in view.asked
    ]
    ran = [
        (call.by, call.tool, _pairs(call.facts), f"failed: {call.message}" if not call.ok else "",
         seconds(call.seconds) if timed else "")
        for call in view.ran
    ]  # fmt: skip
    found = [
        (call.by, call.source, _pairs(call.facts), f"failed: {call.message}" if not call.ok else "",
         seconds(call.seconds) if timed else "")
        for call in view.found
    ]  # fmt: skip
    for title, rows in (("Model calls", asked), ("Tool runs", ran), ("Look-ups", found)):
        if rows:
            left = len(rows) - _MOST
            more = [Text(f"and {left} more (--json and --html show all)", style="dim")] if left > 0 else []
            yield from _section(f"{title} ({len(rows)})", _grid(rows[:_MOST]), *more)


def _pairs(facts: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name} {value}" for name, value in facts)


def _grid(rows: Sequence[Sequence[str]]) -> RenderableType:
    table = _empty(len(rows[0]))
    for first, *others in rows:
        table.add_row(Text(_brief(first, 60), style="cyan"), *(Text(_brief(cell, 240)) for cell in others))
    return table


def _empty(columns: int) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(columns):
        table.add_column(overflow="fold")
    return table


def _line(sign: str, style: str, text: str) -> RenderableType:
    return Text.assemble((f"{sign} ", style), _brief(text, _LONG))


def _brief(text: str, limit: int = 160) -> str:
    """One printable line; no more of a text is looked at than is shown."""
    return shorten(text[: limit + 1], limit)
