"""What the feedback rests on."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gradatim.app.report.cards.base import anchors_of, citations, prose
from gradatim.app.report.content import Report
from gradatim.app.report.frame import card
from gradatim.app.report.markup import Html, html, join
from gradatim.app.report.wording import counted, words
from gradatim.domain import Evidence
from gradatim.kg.labels import misconception_text


def misconceptions_card(report: Report) -> Html | None:
    """Misconceptions that the program shows signs of."""
    if not report.misconceptions:
        return None
    anchors = anchors_of(report)
    rows = join(
        html(
            '<tr><td class="key"><code>{id}</code>{name}</td><td>{why} {cites}</td>'
            '<td class="num">{confidence:.0%}</td></tr>',
            id=match.id,
            name=_name(match.id),
            why=prose(match.why),
            cites=citations(match.evidence, anchors),
            confidence=match.confidence,
        )
        for match in report.misconceptions
    )
    return card(
        "misconceptions",
        words("title.misconceptions"),
        html(
            '<table class="stack"><thead><tr><th scope="col">{misconception}</th><th scope="col">{sign}</th>'
            '<th scope="col" class="num">{confidence}</th></tr></thead><tbody>{rows}</tbody></table>',
            misconception=words("page_column.misconception"),
            sign=words("page_column.sign"),
            confidence=words("page_column.confidence"),
            rows=rows,
        ),
    )


def _name(misconception: str) -> Html | None:
    name = misconception_text(misconception, "name")
    return None if name is None else html("<br>{name}", name=name)


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
                "<details><summary>{count}</summary>{table}</details>",
                count=words("at_hand", items=counted("further", len(spare))),
                table=_table(report, spare),
            )
        )
    if report.withheld_evidence:
        parts.append(
            html(
                '<p class="soft small">{text}</p>',
                text=words("withheld_evidence_page", items=counted("withheld", report.withheld_evidence)),
            )
        )
    return card("evidence", words("title.evidence"), join(parts, "\n"))


def _table(report: Report, items: Sequence[Evidence]) -> Html:
    anchors = anchors_of(report)
    return html(
        """<div class="scroll"><table class="stack">
<thead><tr><th scope="col">{id}</th><th scope="col">{found}</th><th scope="col">{by}</th></tr></thead>
<tbody>
{rows}
</tbody></table></div>""",
        id=words("page_column.id"),
        found=words("page_column.found"),
        by=words("page_column.by"),
        rows=join((_evidence(item, anchors[item.id], report.full) for item in items), "\n"),
    )


def _evidence(item: Evidence, anchor: str, full: bool) -> Html:
    lines = join(
        html(' <a class="cite" href="#line-{number}">{text}</a>', number=number, text=words("line", line=number))
        for number in item.lines
    )
    note = None if item.visible else html(' <span class="tag">{text}</span>', text=words("not_for_learner"))
    data = (
        html(
            "<details><summary>{title}</summary><pre>{data}</pre></details>",
            title=words("data"),
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
