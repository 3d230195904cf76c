"""What a run asked of models, tools and stores, on its page."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.run.drawing import seconds
from gradatim.app.report.run.facts import pairs, table
from gradatim.app.report.run.said import text_block
from gradatim.evals.traces.view import RunView
from gradatim.evals.traces.view.calls import Asked, Found, Ran

_MOST = 200
"""Calls of one kind that a page shows."""


def asked_card(view: RunView) -> Html | None:
    """Questions to models, with tokens, settings and what was said."""
    if not view.asked:
        return None
    rows = [
        html(
            '<tr><td class="key">{by}</td><td>{model}{more}</td><td class="num">{given}</td>'
            '<td class="num">{cached}</td><td class="num">{made}</td><td>{finished}</td>'
            '<td class="num">{seconds}</td></tr>',
            by=call.by,
            model=call.model,
            more=_asked(call),
            given=_count(call.input_tokens),
            cached=_count(call.cached_tokens),
            made=_count(call.output_tokens),
            finished=", ".join(call.finished) if call.ok else f"failed: {call.message}",
            seconds=seconds(call.seconds) if view.timeline.timed else "",
        )
        for call in view.asked[:_MOST]
    ]
    names = ("by", "model", "tokens in", "cached", "out", "ended", "time")
    return card("models", "Model calls", _shown(table(names, rows, {2, 3, 4, 6}), view.asked))


def ran_card(view: RunView) -> Html | None:
    """Tools that were run, with arguments and results where they were recorded."""
    if not view.ran:
        return None
    rows = [
        html(
            '<tr><td class="key">{by}</td><td>{tool}{more}</td><td class="{tone}">{ended}</td>'
            '<td class="num">{seconds}</td></tr>',
            by=call.by,
            tool=call.tool,
            more=_details((("arguments", call.arguments), ("result", call.result)), call.facts),
            tone="ok" if call.ok else "ko",
            ended="ended" if call.ok else f"failed: {call.message}",
            seconds=seconds(call.seconds) if view.timeline.timed else "",
        )
        for call in view.ran[:_MOST]
    ]
    return card("tools", "Tool runs", _folded(table(("by", "tool", "how", "time"), rows, {3}), view.ran, "tool runs"))


def found_card(view: RunView) -> Html | None:
    """Look-ups, with what was found where it was recorded."""
    if not view.found:
        return None
    rows = [
        html(
            '<tr><td class="key">{by}</td><td>{source}{more}</td><td class="{tone}">{ended}</td>'
            '<td class="num">{seconds}</td></tr>',
            by=call.by,
            source=call.source,
            more=_details((("query", call.query), *call.documents), call.facts),
            tone="ok" if call.ok else "ko",
            ended="found" if call.ok else f"failed: {call.message}",
            seconds=seconds(call.seconds) if view.timeline.timed else "",
        )
        for call in view.found[:_MOST]
    ]
    return card(
        "retrievals", "Look-ups", _folded(table(("by", "source", "how", "time"), rows, {3}), view.found, "look-ups")
    )


def _asked(call: Asked) -> Html | None:
    said = [
        html('<div class="said {role}"><div class="who">{role}</div>{text}</div>', role=role, text=text_block(text))
        for role, text in call.messages
    ]
    if not said and not call.settings:
        return None
    return html(
        "<details><summary>{summary}</summary>{settings}{said}</details>",
        summary=f"{len(said)} messages" if said else "settings",
        settings=pairs(call.settings) if call.settings else None,
        said=said,
    )


def _details(texts: Sequence[tuple[str, str]], facts: tuple[tuple[str, str], ...]) -> Html | None:
    told = [
        html('<div class="who">{name}</div>{text}', name=name, text=text_block(text)) for name, text in texts if text
    ]
    if not told and not facts:
        return None
    return html(
        "<details><summary>more</summary>{facts}{told}</details>", facts=pairs(facts) if facts else None, told=told
    )


def _folded(shown: Html, calls: Sequence[Ran | Found], name: str) -> Html:
    """In a fold where there are many."""
    whole = _shown(shown, calls)
    if len(calls) <= 8:
        return whole
    return html("<details><summary>{count} {name}</summary>{whole}</details>", count=len(calls), name=name, whole=whole)


def _shown(shown: Html, calls: Sequence[Asked | Ran | Found]) -> Html:
    left = len(calls) - _MOST
    more = html('<p class="soft small">and {left} more, which are in the file</p>', left=left) if left > 0 else html("")
    return join((shown, more))


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
