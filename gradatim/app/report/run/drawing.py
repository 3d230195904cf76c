"""The timeline of a run, drawn: a line a span, bars where the time went, what ran side by side one below the other."""

from __future__ import annotations

from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.evals.traces.view import RunView
from gradatim.evals.traces.view.timeline import Lane, Timeline

_DEEPEST = 4
_THINNEST = 0.35
"""Percent of the whole that a bar is drawn at least, so that it is seen."""
_BESIDE = 24
"""Characters of a note that stands beside the name."""
_KINDS = {
    "invoke_workflow": "workflow",
    "invoke_agent": "agent",
    "chat": "model",
    "execute_tool": "tool",
    "retrieval": "look-up",
    "embeddings": "embeddings",
    "other": "other",
}
_TICKS = 5
_MOST = 1_500
"""Lines of a timeline that a page shows."""


def timeline_card(view: RunView) -> Html | None:
    """Path and timeline; nothing where no spans were recorded."""
    timeline = view.timeline
    if not timeline.rows:
        return None
    every = timeline.lanes()
    lanes = join((_lane(lane, timeline) for lane in every[:_MOST]), "\n")
    left = len(every) - _MOST
    body = html(
        '{path}\n<div class="lanes">\n{axis}\n{lanes}\n</div>\n{more}{key}',
        more=html('<p class="soft small">and {left} more, which are in the file</p>', left=left) if left > 0 else None,
        path=_path(timeline),
        axis=_axis(timeline),
        lanes=lanes,
        key=_key(timeline),
    )
    return card("timeline", "Path and times", body)


def seconds(value: float) -> str:
    """A time for people: `0.4 ms`, `38 ms`, `1.41 s`."""
    if value >= 0.9995:
        return f"{value:,.2f} s"
    return f"{value * 1e3:.0f} ms" if value >= 0.00995 else f"{value * 1e3:.1f} ms"


def _path(timeline: Timeline) -> Html | None:
    if not timeline.stages:
        return None
    shown = timeline.stages[:_MOST]
    stages = [
        html(
            "<li><ul>{agents}</ul></li>",
            agents=[html('<li class="node">{name}</li>', name=name) for name in stage],
        )
        for stage in shown
    ]
    return html('<ol class="path">{stages}</ol>', stages=stages)


def _axis(timeline: Timeline) -> Html | None:
    if not timeline.timed:
        return html('<div class="soft small axis">times were not recorded</div><div></div><div></div>')
    ticks = [
        html("<span>{at}</span>", at=seconds(timeline.seconds * number / (_TICKS - 1)) if number else "0")
        for number in range(_TICKS)
    ]
    return html('<div class="axis"></div><div class="ticks axis">{ticks}</div><div class="axis"></div>', ticks=ticks)


def _lane(lane: Lane, timeline: Timeline) -> Html:
    row = lane.first
    name = row.subject if len(lane.rows) == 1 else f"{row.subject} ×{len(lane.rows)}"
    note = lane.note
    beside = lane.ok and len(note) <= _BESIDE
    return html(
        '<div class="d{depth}"><span class="lane {operation}{failed}"><i></i><span>{name}{short}</span></span></div>'
        '<div class="bar">{bars}</div><div class="when">{seconds}</div>{note}',
        depth=min(row.depth, _DEEPEST),
        operation=row.operation,
        failed="" if lane.ok else " failed",
        name=name,
        short=html(' <span class="soft">{note}</span>', note=note) if note and beside else None,
        bars=_bars(lane, timeline),
        seconds=seconds(lane.seconds) if timeline.timed else "",
        note=html('<div class="note{bad}">{text}</div>', bad="" if lane.ok else " bad", text=note[:500])
        if note and not beside
        else None,
    )


def _bars(lane: Lane, timeline: Timeline) -> Html | None:
    if not timeline.timed or timeline.seconds <= 0:
        return None
    whole = timeline.seconds
    first = lane.first
    bars = [
        html(
            '<rect class="b {operation}{failed}" x="{x:.3f}" y="1" width="{width:.3f}" height="8"/>',
            operation=row.operation,
            failed="" if row.ok else " failed",
            x=min(100 * row.offset / whole, 100 - _THINNEST),
            width=max(_THINNEST, 100 * row.seconds / whole),
        )
        for row in lane.rows
    ]
    told = f"{_KINDS[first.operation]} {first.subject}: from {seconds(first.offset)}, {seconds(lane.seconds)}"
    return html(
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{told}">'
        "<title>{told}</title>{bars}</svg>",
        told=told,
        bars=bars,
    )


def _key(timeline: Timeline) -> Html:
    kinds = dict.fromkeys(row.operation for row in timeline.rows)
    return html(
        '<div class="kinds">{items}</div>',
        items=[html('<span class="lane {kind}"><i></i>{name}</span>', kind=kind, name=_KINDS[kind]) for kind in kinds],
    )
