"""A learning report as one self-contained HTML page: no script, nothing loaded from anywhere, fit for printing."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim import __version__
from gradatim.app.report.cards.base import prose
from gradatim.app.report.frame import card, contents, figure, page, plain_heading
from gradatim.app.report.learning.shades import step
from gradatim.app.report.markup import Html, html, join
from gradatim.graphs.reports.document import Block, Cell, Document, Listing, Note, Picture, Row, Said, Section, Table

_UNBROKEN = 12
"""Characters of a cell that stays on one line: a date, a number."""


def render_page(document: Document) -> str:
    """The page. Every text in it is escaped; see `gradatim.app.report.frame.page` for what it may do."""
    shown = [section for section in document.sections if section.blocks]
    titled = [(section.key, section.title) for section in shown if section.title]
    parts = (
        plain_heading(document.title, document.subtitle),
        contents(document.words["contents"], titled),
        *(_section(section, document) for section in shown),
        _sources(document),
    )
    first = shown[0] if shown else None
    return page(
        title=document.title,
        styles=("style.css", "learning/learning.css"),
        skip=(first.key, first.title) if first else ("sources", document.title),
        main=join((part for part in parts if part is not None), "\n"),
        footer=html("<p>{made}</p>", made=document.words["made"].format(version=__version__)),
        language=document.language,
    )


def _section(section: Section, document: Document) -> Html:
    body = join(_blocks(section.blocks, document), "\n")
    if not section.title:
        return html('<div class="card" id="{key}">{body}</div>', key=section.key, body=body)
    return card(section.key, section.title, body)


def _blocks(blocks: Sequence[Block], document: Document) -> list[Html]:
    found: list[Html] = []
    said: list[Html] = []
    for block in blocks:
        if isinstance(block, Said):
            cites = _cites(block.evidence, document)
            said.append(html("<li>{text}{cites}</li>", text=prose(block.text), cites=cites))
            continue
        if said:
            found.append(html('<ul class="said">{said}</ul>', said=said))
            said = []
        found.append(_block(block, document))
    if said:
        found.append(html('<ul class="said">{said}</ul>', said=said))
    return found


def _block(block: Note | Table | Listing | Picture, document: Document) -> Html:
    match block:
        case Note():
            return html('<p class="note">{text}</p>', text=prose(block.text))
        case Table():
            return _table(block, document)
        case Listing():
            return _listing(block, document)
        case Picture():
            caption = html("{alt}{cites}", alt=block.alt, cites=_cites(block.evidence, document))
            return figure(block.draw("svg"), caption, "cites")


def _cites(evidence: Sequence[str], document: Document) -> Html | None:
    numbers = document.cited(evidence)
    if not numbers:
        return None
    links = [
        html(
            '<a href="#source-{number}" aria-label="{word} {number}">[{number}]</a>',
            number=number,
            word=document.words["evidence"],
        )
        for number in numbers
    ]
    more = document.more(evidence)
    left = html(" {more}", more=document.words["more"].format(n=more)) if more else None
    return html(' <span class="cites">{links}{left}</span>', links=join(links, " "), left=left)


def _table(table: Table, document: Document) -> Html:
    header = [html('<th scope="col">{name}</th>', name=name) for name in (*table.header, document.words["evidence"])]
    return html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{caption}">'
        '<table class="{kind}"><caption>{caption}</caption>\n<thead><tr>{header}</tr></thead>\n'
        "<tbody>\n{rows}\n</tbody></table></div>",
        kind="heat" if table.heat else "rows",
        caption=table.caption,
        header=header,
        rows=join((_row(row, table, document) for row in table.rows), "\n"),
    )


def _row(row: Row, table: Table, document: Document) -> Html:
    first, *others = row.cells
    cells = [html('<th scope="row">{text}</th>', text=first.text)]
    cells += [_cell(cell, document, heat=table.heat) for cell in others]
    cells.append(html('<td class="cites">{cites}</td>', cites=_cites(row.evidence, document)))
    return html("<tr>{cells}</tr>", cells=cells)


def _cell(cell: Cell, document: Document, *, heat: bool) -> Html:
    if cell.course:
        return html('<td><div class="bar">{line}<span>{text}</span></div></td>', line=_line(cell), text=cell.text)
    if cell.share is None:
        if len(cell.text) <= _UNBROKEN:
            return html('<td class="key">{text}</td>', text=prose(cell.text))
        return html("<td>{text}</td>", text=prose(cell.text))
    if heat:
        return html('<td class="shade h{step}">{text}</td>', step=step(cell.share), text=cell.text)
    return html(
        '<td><div class="bar">{bar}<span>{text}</span></div></td>', bar=_bar(cell, document), text=cell.text
    )  # fmt: skip


def _line(cell: Cell) -> Html:
    """How a share came to where it is, as a line."""
    steps = max(1, len(cell.course) - 1)
    points = [
        f"{100 * place / steps:.1f},{28 - 26 * min(1.0, max(0.0, value)):.1f}"
        for place, value in enumerate(cell.course if len(cell.course) > 1 else cell.course * 2)
    ]
    return html(
        '<svg class="course" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label="{words}">'
        '<rect class="track" width="100" height="30"/><polyline points="{points}"/></svg>',
        words=cell.text,
        points=" ".join(points),
    )


def _bar(cell: Cell, document: Document) -> Html:
    """A bar with the interval of its value."""
    value = min(1.0, max(0.0, cell.share or 0.0))
    words, band = cell.text, None
    if cell.low is not None and cell.high is not None:
        words = document.words["bar"].format(value=f"{value:.0%}", low=f"{cell.low:.0%}", high=f"{cell.high:.0%}")
        band = html(
            '<path class="band" d="M{low:.2f} 2V8M{low:.2f} 5H{high:.2f}M{high:.2f} 2V8"/>',
            low=100 * cell.low,
            high=100 * cell.high,
        )
    return html(
        '<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{words}">'
        '<rect class="track" width="100" height="10"/><rect class="fill" width="{width:.2f}" height="10"/>{band}</svg>',
        words=words,
        width=100 * value,
        band=band,
    )


def _listing(listing: Listing, document: Document) -> Html:
    lines = [
        html(
            '<li class="{mark}"><span class="row"><span class="no">{number}</span>'
            '<code class="src">{text}</code></span></li>',
            mark="strong" if marked else "plain",
            number=number,
            text=text or " ",
        )
        for number, text, marked in listing.lines
    ]
    return html(
        '<p class="note">{title}{cites}</p>\n<div class="listing short"><ol>{lines}</ol></div>',
        title=listing.title,
        cites=_cites(listing.evidence, document),
        lines=lines,
    )


def _sources(document: Document) -> Html | None:
    if not document.sources:
        return None
    entries = [
        html(
            '<li id="source-{number}" value="{number}"><code>{id}</code> {text}</li>',
            number=source.number,
            id=source.id,
            text=source.text,
        )
        for source in document.sources
    ]
    return html(
        '<section class="card" id="sources" aria-labelledby="sources-title"><h2 id="sources-title">{title}</h2>\n'
        '<ol class="sources">\n{entries}\n</ol></section>',
        title=document.words["sources"],
        entries=join(entries, "\n"),
    )
