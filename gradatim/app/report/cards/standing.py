"""How sure the assessment is, where it went, what it changed, and how it got there."""

from __future__ import annotations

from gradatim.app.console import plural
from gradatim.app.report.cards.base import card
from gradatim.app.report.content import NodeTime, Report
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.svg import bar, change


def confidence_card(report: Report) -> Html:
    """The confidence and its parts, as bars."""
    confidence = report.confidence
    total = html(
        '<dt class="total">confidence</dt><dd>{picture}</dd><dd class="value total">{value:.2f}</dd>',
        picture=bar(confidence.value, f"confidence {confidence.value:.2f} of 1"),
        value=confidence.value,
    )
    parts = (
        html(
            '<dt>{name}</dt><dd class="soft small">not measured</dd><dd class="value">–</dd>',
            name=name,
        )
        if value is None
        else html(
            '<dt>{name}</dt><dd>{picture}</dd><dd class="value">{value:.2f}</dd>',
            name=name,
            picture=bar(value, f"{name} {value:.2f} of 1"),
            value=value,
        )
        for name, value in confidence.components.items()
    )
    note = "Calibrated against outcomes." if confidence.calibrated else "Not calibrated against outcomes yet."
    return card(
        "confidence",
        "Confidence",
        html(
            '<dl class="meters">\n{meters}\n</dl><p class="soft small">{note}</p>',
            meters=join((total, *parts), "\n"),
            note=note,
        ),
    )


def delivery_card(report: Report) -> Html:
    """Where the feedback went and why, and what had to be done without."""
    delivery = report.delivery
    parts = [html("<p><strong>{text}</strong></p>", text=delivery.headline)]
    if delivery.reasons:
        parts.append(
            html(
                "<ul>{items}</ul>",
                items=join(html("<li>{text}</li>", text=text) for text in delivery.reasons),
            )
        )
    if report.revisions:
        parts.append(html("<p>After {count}.</p>", count=plural(report.revisions, "revision")))
    parts += [
        html(
            '<p class="notice"><strong>{node}</strong>: {reason}. Instead: {fallback}.</p>',
            node=item.node,
            reason=item.reason.rstrip("."),
            fallback=item.fallback.rstrip("."),
        )
        for item in report.degradations
    ]
    return card("delivery", "Delivery", join(parts, "\n"))


def changes_card(report: Report) -> Html | None:
    """What the assessment changed in the belief about the learner."""
    if not report.changes:
        return None
    meters = join(
        html(
            '<dt><code>{concept}</code></dt><dd>{picture}</dd><dd class="value">{before:.2f} → {after:.2f}</dd>',
            concept=item.concept,
            picture=change(item.before, item.after, f"{item.concept} from {item.before:.2f} to {item.after:.2f}"),
            before=item.before,
            after=item.after,
        )
        for item in report.changes
    )
    return card(
        "learner",
        "Learner state",
        html(
            '<p class="soft small">Estimated mastery, before → after</p><dl class="meters">{meters}</dl>',
            meters=meters,
        ),
    )


def path_card(report: Report) -> Html | None:
    """The nodes that worked, in the order of the graph, with their times."""
    if not report.stages:
        return None
    longest = max((node.seconds for stage in report.stages for node in stage), default=0.0) or 1.0
    stages = join(
        html("<li><ul>{nodes}</ul></li>", nodes=join(_node(node, longest) for node in stage)) for stage in report.stages
    )
    return card(
        "path",
        "Path through the graph",
        html(
            '<ol class="path">{stages}</ol><p class="soft small">{seconds:.2f} seconds of work in all; '
            "nodes above each other ran side by side.</p>",
            stages=stages,
            seconds=report.node_seconds,
        ),
    )


def _node(node: NodeTime, longest: float) -> Html:
    return html(
        '<li class="node{degraded}"><span class="head"><span>{name}</span>'
        '<span class="soft">{seconds:.2f} s</span></span>{picture}</li>',
        degraded=" degraded" if node.degraded else "",
        name=node.name,
        seconds=node.seconds,
        picture=bar(node.seconds / longest, f"{node.seconds:.2f} seconds"),
    )
