"""The five dimensions of the rubric, with what each rests on."""

from __future__ import annotations

from gradatim.app.report.cards.base import prose
from gradatim.app.report.content import Report
from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.svg import bar
from gradatim.app.report.wording import named, words
from gradatim.domain import Measure


def rubric_card(report: Report) -> Html | None:
    """Meters of what was measured; what was not says so."""
    if report.rubric is None:
        return None
    shares = report.rubric.shares
    meters = join(_meter(item) for item in report.rubric.measures)
    left_out = [item for item in report.rubric.measures if item.name not in shares]
    note = words("shared_weights" if left_out else "equal_weights")
    value = words("unmeasured") if report.rubric.value is None else f"{report.rubric.value:.2f}"
    return card(
        "rubric",
        words("title.rubric"),
        html(
            '<p class="soft small">{composite}</p><dl class="meters">{meters}</dl>',
            composite=words("composite", value=value, note=note),
            meters=meters,
        ),
    )


def _meter(measure: Measure) -> Html:
    name = named("rubric", measure.name)
    if measure.value is None:
        return html(
            '<dt>{name}</dt><dd class="soft small">{why}</dd><dd class="value">–</dd>',
            name=name,
            why=prose(measure.why),
        )
    return html(
        '<dt title="{why}">{name}</dt><dd>{picture}</dd><dd class="value">{value:.2f}</dd>',
        name=name,
        why=measure.why,
        picture=bar(measure.value, f"{name} {measure.value:.2f}"),
        value=measure.value,
    )
