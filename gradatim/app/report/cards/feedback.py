"""What is said to the learner, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping

from gradatim.app.report.cards.base import anchors_of, citations, prose
from gradatim.app.report.content import Finding, Mark, Part, Report, Sentence
from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.wording import counted, named, words

FOLD = 3
"""Checks of one sentence that are shown at once."""
_SIGNS: dict[Mark, str] = {"supported": "✓", "refuted": "✗", "unchecked": "?", "none": "·"}


def feedback_card(report: Report) -> Html:
    """The four parts, every sentence with its mark, its citations and what the checks found."""
    anchors = anchors_of(report)
    if not report.parts:
        body = (
            html('<p class="notice">{text}</p>', text=words("waits"))
            if report.delivery.state == "held"
            else html('<p class="soft">{text}</p>', text=words("no_feedback"))
        )
    else:
        warning = (
            html('<p class="notice">{text}</p>', text=words("undelivered"))
            if report.delivery.state != "delivered"
            else html("")
        )
        legend = html(
            '<p class="legend soft small">✓ {supported} &nbsp; ✗ {refuted} &nbsp; '
            "? {opinion} &nbsp; · {none}. {links}</p>",
            supported=words("mark.supported"),
            refuted=words("mark.refuted"),
            opinion=words("opinion"),
            none=words("mark.none"),
            links=words("legend_links"),
        )
        body = join((warning, *(_part(part, anchors) for part in report.parts), legend), "\n")
    return card("feedback", words("title.feedback"), body)


def _part(part: Part, anchors: Mapping[str, str]) -> Html:
    return html(
        '<h3>{title}{remark}</h3>\n<ul class="sentences">\n{sentences}\n</ul>',
        title=part.title,
        remark=html(' <span class="soft small">({remark})</span>', remark=part.remark) if part.remark else html(""),
        sentences=join((_sentence(sentence, anchors) for sentence in part.sentences), "\n"),
    )


def _sentence(sentence: Sentence, anchors: Mapping[str, str]) -> Html:
    mark = sentence.mark
    label = (
        html('<span class="label">{words}</span>', words=words(f"mark.{mark}"))
        if mark in ("unchecked", "refuted")
        else None
    )
    return html(
        '<li class="{mark}"><span class="mark" role="img" aria-label="{words}">{sign}</span>'
        '<div>{label}<span class="words">{text}</span>{cites}{findings}</div></li>',
        mark=mark,
        words=words(f"mark.{mark}"),
        sign=_SIGNS[mark],
        label=label,
        text=prose(sentence.text),
        cites=citations(sentence.cites, anchors),
        findings=_findings(sentence),
    )


def _findings(sentence: Sentence) -> Html | None:
    """What the checks found; in a fold where there are many."""
    told = [finding for finding in sentence.findings if not finding.empty]
    if not told:
        return None
    items = html('<ul class="findings">{items}</ul>', items=join(_finding(finding) for finding in told))
    if len(told) <= FOLD:
        return items
    return html(
        "<details><summary>{counted}</summary>{items}</details>", counted=counted("check", len(told)), items=items
    )


def _finding(finding: Finding) -> Html:
    by = "" if finding.method == "none" else f" ({named('method', finding.method)})"
    return html(
        '<li class="{mark}"><span class="sign" role="img" aria-label="{words}">{sign}</span> {text}{by}</li>',
        mark=finding.mark,
        words=words(f"mark.{finding.mark}"),
        sign=_SIGNS[finding.mark],
        text=prose(finding.text),
        by=by,
    )
