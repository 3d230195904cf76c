"""What the feedback rests on."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gradatim.app.console import plural
from gradatim.app.report.cards.base import anchors_of, card, citations, prose
from gradatim.app.report.content import Report
from gradatim.app.report.markup import Html, html, join
from gradatim.domain import Evidence


def misconceptions_card(report: Report) -> Html | None:
    """Misconceptions that the program shows signs of."""
    if not report.misconceptions:
        return None
    anchors = anchors_of(report)
    rows = join(
        html(
            '<tr><td class="key"><code>{id}</code></td><td>{why} {cites}</td>'
            '<td class="num">{confidence:.0%}</td></tr>',
            id=match.id,
            why=prose(match.why),
            cites=citations(match.evidence, anchors),
            confidence=match.confidence,
        )
        for match in report.misconceptions
    )
    return card(
        "misconceptions",
        "Misconceptions",
        html(
            '<table class="stack"><thead><tr><th scope="col">Misconception</th><th scope="col">Sign</th>'
            '<th scope="col" class="num">Confidence</th></tr></thead><tbody>{rows}</tbody></table>',
            rows=rows,
        ),
    )


def evidence_card(report: Report) -> Html | None:
    """What the feedback rests on, each under the anchor that citations link to; what nothing cites in a fold."""
    if not report.evidence and not report.withheld_evidence:
        return None
    cited = [item for item in report.evidence if item.id in report.cited]
    spare = report.evidence[len(cited) :]
    parts = [_table(report, cited)] if cited else []
    if spare:
        parts.append(
            html(
                "<details><summary>{count} at hand, not cited</summary>{table}</details>",
                count=plural(len(spare), "further item"),
                table=_table(report, spare),
            )
        )
    if report.withheld_evidence:
        parts.append(
            html(
                '<p class="soft small">{items} on hidden tests or other people’s data.</p>',
                items=plural(report.withheld_evidence, "further item rests", "further items rest"),
            )
        )
    return card("evidence", "Evidence", join(parts, "\n"))


def _table(report: Report, items: Sequence[Evidence]) -> Html:
    anchors = anchors_of(report)
    return html(
        """<div class="scroll"><table class="stack">
<thead><tr><th scope="col">Id</th><th scope="col">What was found</th><th scope="col">By</th></tr></thead>
<tbody>
{rows}
</tbody></table></div>""",
        rows=join((_evidence(item, anchors[item.id], report.full) for item in items), "\n"),
    )


def _evidence(item: Evidence, anchor: str, full: bool) -> Html:
    lines = join(
        html(' <a class="cite" href="#line-{number}">line {number}</a>', number=number) for number in item.lines
    )
    note = None if item.visible else html(' <span class="tag">not for the learner</span>')
    data = (
        html(
            "<details><summary>data</summary><pre>{data}</pre></details>",
            data=json.dumps(item.detail, ensure_ascii=False, indent=2),
        )
        if full and item.detail
        else None
    )
    return html(
        '<tr id="{anchor}"><td class="key"><code>{id}</code></td><td>{summary}{lines}{note}{data}</td>'
        '<td class="soft small key">{source}</td></tr>',
        anchor=anchor,
        id=item.id,
        summary=prose(item.summary),
        lines=lines,
        note=note,
        data=data,
        source=item.source,
    )
