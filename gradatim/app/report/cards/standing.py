"""How sure the assessment is, where it went, what it changed, and how it got there."""

from __future__ import annotations

from gradatim.app.report.content import NodeTime, Report
from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.svg import bar, change
from gradatim.app.report.wording import counted, named, words
from gradatim.kg.labels import concept_name


def confidence_card(report: Report) -> Html:
    """The confidence and its parts, as bars."""
    confidence = report.confidence
    total = html(
        '<dt class="total">{name}</dt><dd>{picture}</dd><dd class="value total">{value:.2f}</dd>',
        name=words("confidence"),
        picture=bar(confidence.value, words("of_one", name=words("confidence"), value=f"{confidence.value:.2f}")),
        value=confidence.value,
    )
    parts = (
        html(
            '<dt>{name}</dt><dd class="soft small">{unmeasured}</dd><dd class="value">–</dd>',
            name=named("component", name),
            unmeasured=words("unmeasured"),
        )
        if value is None
        else html(
            '<dt>{name}</dt><dd>{picture}</dd><dd class="value">{value:.2f}</dd>',
            name=named("component", name),
            picture=bar(value, words("of_one", name=named("component", name), value=f"{value:.2f}")),
            value=value,
        )
        for name, value in confidence.components.items()
    )
    note = words("calibrated.long" if confidence.calibrated else "uncalibrated.long")
    return card(
        "confidence",
        words("title.confidence"),
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
        parts.append(
            html("<p>{text}</p>", text=words("delivery.after_page", revisions=counted("revision", report.revisions)))
        )
    parts += [
        html(
            '<p class="notice"><strong>{node}</strong>: {text}</p>',
            node=item.node,
            text=words("delivery.instead", reason=item.reason.rstrip("."), fallback=item.fallback.rstrip(".")),
        )
        for item in report.degradations
    ]
    return card("delivery", words("title.delivery"), join(parts, "\n"))


def changes_card(report: Report) -> Html | None:
    """What the assessment changed in the belief about the learner."""
    if not report.changes:
        return None
    meters = join(
        html(
            '<dt><code>{concept}</code></dt><dd>{picture}</dd><dd class="value">{before:.2f} → {after:.2f}</dd>',
            concept=concept_name(item.concept, item.concept),
            picture=change(
                item.before,
                item.after,
                words("from_to", name=item.concept, before=f"{item.before:.2f}", after=f"{item.after:.2f}"),
            ),
            before=item.before,
            after=item.after,
        )
        for item in report.changes
    )
    return card(
        "learner",
        words("title.learner"),
        html(
            '<p class="soft small">{about}</p><dl class="meters">{meters}</dl>',
            about=words("mastery_page"),
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
        words("title.graph_path"),
        html(
            '<ol class="path">{stages}</ol><p class="soft small">{work}</p>',
            stages=stages,
            work=words("work_page", seconds=f"{report.node_seconds:.2f}"),
        ),
    )


def _node(node: NodeTime, longest: float) -> Html:
    return html(
        '<li class="node{degraded}"><span class="head"><span>{name}</span>'
        '<span class="soft">{seconds:.2f} s</span></span>{picture}</li>',
        degraded=" degraded" if node.degraded else "",
        name=node.name,
        seconds=node.seconds,
        picture=bar(node.seconds / longest, words("seconds", seconds=f"{node.seconds:.2f}")),
    )
