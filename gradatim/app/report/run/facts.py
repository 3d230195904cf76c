"""How a run stands: tests, confidence and route, judgements, what went wrong, what it cost, what it was about."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim.app.report.cards.base import prose
from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.run.drawing import seconds
from gradatim.app.report.svg import bar
from gradatim.evals.traces.view import RunView


def costs_of(view: RunView) -> Iterator[str]:
    """What a run took, in a few words each."""
    costs = view.costs
    if costs.seconds is not None:
        yield seconds(costs.seconds)
    if costs.requests:
        yield f"{costs.requests} model call{'s' if costs.requests != 1 else ''}"
    if costs.input_tokens is not None or costs.output_tokens is not None:
        cached = f" ({costs.cached_tokens:,} cached)" if costs.cached_tokens else ""
        yield f"{costs.input_tokens or 0:,}{cached} → {costs.output_tokens or 0:,} tokens"
    if costs.cost is not None:
        yield f"cost {costs.cost:.4g}"


def standing_card(view: RunView) -> Html | None:
    """Confidence with its parts, where it sends the feedback and why, misconceptions, tests."""
    parts = [part for part in (_confidence(view), _misconceptions(view), _tests(view)) if part is not None]
    return card("standing", "Confidence, route and tests", join(parts, "\n")) if parts else None


def judgements_card(view: RunView) -> Html | None:
    """What the agents that check reported."""
    if not view.judgements:
        return None
    rows = [
        html(
            '<tr><td class="key">{by}</td><td>{name}</td><td class="num">{value}</td><td>{label}</td>'
            "<td>{why}</td></tr>",
            by=item.by,
            name=item.name,
            value="" if item.value is None else f"{item.value:.3g}",
            label=item.label,
            why=prose(item.explanation),
        )
        for item in view.judgements
    ]
    return card("scores", "Scores reported while it ran", table(("by", "score", "value", "label", "why"), rows, {2}))


def faults_card(view: RunView) -> Html | None:
    """Everything that went wrong."""
    if not view.faults:
        return None
    items = [
        html(
            '<p class="notice bad"><strong>{where}</strong> {kind}: {message}</p>',
            where=fault.where,
            kind=fault.kind,
            message=fault.message or "no message",
        )
        for fault in view.faults
    ]
    return card("errors", "What went wrong", join(items, "\n"))


def facts_card(view: RunView) -> Html | None:
    """What the run was about, and what is known of the truth."""
    parts = [
        html("<h3>{title}</h3>{pairs}", title=title, pairs=pairs(held))
        for title, held in (
            ("Run", view.facts),
            ("What went in", view.given),
            ("What came out", view.came),
            ("Reference", view.reference),
        )
        if held
    ]
    return card("facts", "About this run", join(parts, "\n")) if parts else None


def pairs(held: tuple[tuple[str, str], ...]) -> Html:
    """Names with their values."""
    items = [html("<dt>{name}</dt><dd>{value}</dd>", name=name, value=value[:5_000]) for name, value in held]
    return html('<dl class="pairs">{items}</dl>', items=items)


def table(names: tuple[str, ...], rows: list[Html], numbers: set[int]) -> Html:
    """A table; the columns whose places are in `numbers` stand to the right."""
    head = [
        html(
            '<th scope="col" class="num">{name}</th>' if place in numbers else '<th scope="col">{name}</th>', name=name
        )
        for place, name in enumerate(names)
    ]
    return html(
        '<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>',
        head=head,
        rows=join(rows, "\n"),
    )


def _confidence(view: RunView) -> Html | None:
    if view.confidence is None and not view.route:
        return None
    meters = [
        html(
            '<dt>{name}</dt><dd>{bar}</dd><dd class="value">{value:.2f}</dd>',
            name=name,
            bar=bar(value, f"{name} {value:.2f}"),
            value=value,
        )
        if value is not None
        else html('<dt>{name}</dt><dd class="soft small">not measured</dd><dd class="value"></dd>', name=name)
        for name, value in (("confidence", view.confidence), *view.components)
    ]
    told = f"route {view.route}" if view.route else "no route"
    if view.delivered is not None:
        told += ", delivered" if view.delivered else ", not delivered"
    if view.revisions:
        told += f", revised {view.revisions} time{'s' if view.revisions != 1 else ''}"
    reasons = html("<ul>{items}</ul>", items=[html("<li>{why}</li>", why=prose(why)) for why in view.reasons])
    return html(
        '<dl class="meters">{meters}</dl><p>{told}</p>{reasons}',
        meters=meters,
        told=told,
        reasons=reasons if view.reasons else None,
    )


def _misconceptions(view: RunView) -> Html | None:
    if not view.misconceptions:
        return None
    rows = [
        html(
            '<tr><td class="key mono">{id}</td><td class="num">{value}</td><td>{why}</td></tr>',
            id=key,
            value="" if value is None else f"{value:.2f}",
            why=prose(why),
        )
        for key, value, why in view.misconceptions
    ]
    return html("<h3>Misconceptions</h3>{table}", table=table(("misconception", "confidence", "why"), rows, {1}))


def _tests(view: RunView) -> Html | None:
    if not view.tests:
        return None
    rows = [
        html(
            '<tr><td class="key mono">{test}</td><td class="{tone}">{status}</td><td>{detail}</td></tr>',
            test=test,
            tone="ok" if status == "passed" else "ko",
            status=status,
            detail=prose(detail),
        )
        for test, status, detail in view.tests
    ]
    return html("<h3>Tests</h3>{table}", table=table(("test", "status", "detail"), rows, set()))
