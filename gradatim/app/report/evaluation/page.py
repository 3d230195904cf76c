"""The report of an evaluation as one HTML page: no script, nothing loaded, dark or light, fit for printing."""

from __future__ import annotations

from gradatim import __version__
from gradatim.app.report.frame import card, contents, figure, page, plain_heading
from gradatim.app.report.markup import Html, html, join
from gradatim.evals.reports.document import Cell, Note, Picture, Report, Table


def render_page(report: Report) -> str:
    """The page. Every text in it is escaped; see `gradatim.app.report.frame.page` for what it may do."""
    sections = [
        card(section.key, section.title, join(map(_block, section.blocks), "\n")) for section in report.sections
    ]
    return page(
        title=report.title,
        styles=("style.css", "evaluation/evaluation.css"),
        skip=(report.sections[0].key if report.sections else "", "Skip to the figures"),
        main=join(
            (
                plain_heading(report.title, report.subtitle),
                contents("Contents", ((section.key, section.title) for section in report.sections)),
                *sections,
            ),
            "\n",
        ),
        footer=html("<p>Made by gradatim {version}.</p>", version=__version__),
    )


def _block(block: Table | Note | Picture) -> Html:
    match block:
        case Table():
            return _table(block)
        case Note():
            if block.tone in ("bad", "warn"):
                return html('<p class="notice {tone}">{text}</p>', tone=block.tone, text=block.text)
            return html('<p class="note">{text}</p>', text=block.text)
        case Picture():
            return figure(block.draw("svg"), html("{words}", words=block.words), "note")


def _table(table: Table) -> Html:
    first, *others = table.header
    header = [html('<th scope="col">{name}</th>', name=first)]
    header += [html('<th scope="col" class="figure">{name}</th>', name=name) for name in others]
    return html(
        '<div class="scroll" tabindex="0" role="region" aria-label="{caption}">'
        '<table class="figures{words}"><caption>{caption}</caption>\n<thead><tr>{header}</tr></thead>\n'
        "<tbody>\n{rows}\n</tbody></table></div>{notes}",
        caption=table.caption,
        words=" words" if table.words else "",
        header=header,
        rows=join((_row(row) for row in table.rows), "\n"),
        notes=[html('<p class="note">{text}</p>', text=note) for note in table.notes],
    )


def _row(row: tuple[Cell, ...]) -> Html:
    first, *others = row
    name = html('<th scope="row" class="{tone}">{body}</th>', tone=first.tone, body=_content(first))
    cells = [html('<td class="figure {tone}">{body}</td>', tone=cell.tone, body=_content(cell)) for cell in others]
    return html("<tr>{name}{cells}</tr>", name=name, cells=cells)


def _content(cell: Cell) -> Html:
    if not cell.detail:
        return html("{text}", text=cell.text)
    interval, bracket, rest = cell.detail.partition("]")
    if bracket and interval.startswith("["):
        return html(
            '{text} <span class="detail ends">{interval}]</span> <span class="detail">{rest}</span>',
            text=cell.text,
            interval=interval,
            rest=rest.lstrip(", "),
        )
    return html('{text} <span class="detail">{detail}</span>', text=cell.text, detail=cell.detail)
