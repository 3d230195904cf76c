"""The report of an evaluation as one HTML page: no script, nothing loaded, dark or light, fit for printing."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from gradatim import __version__
from gradatim.app.report.markup import Html, html, join
from gradatim.evals.reports.document import Cell, Note, Picture, Report, Section, Table


def render_page(report: Report) -> str:
    """The page. Every text in it is escaped, and its own content security policy allows no script, no request and no
    style but its own."""
    style, digest = _style()
    return html(
        """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#{first}">Skip to the figures</a>
<main>
<header class="top plain">
<h1>{title}</h1>
<p class="eyebrow">{subtitle}</p>
</header>
<nav class="card contents" aria-label="Contents"><h2>Contents</h2><ol>{entries}</ol></nav>
{sections}
</main>
<footer><p>Made by gradatim {version}.</p></footer>
</body>
</html>
""",
        digest=digest,
        title=report.title,
        style=style,
        first=report.sections[0].key if report.sections else "",
        subtitle=report.subtitle,
        entries=[html('<li><a href="#{key}">{title}</a></li>', key=s.key, title=s.title) for s in report.sections],
        sections=join(map(_section, report.sections), "\n"),
        version=__version__,
    ).source


def _section(section: Section) -> Html:
    return html(
        '<section class="card" id="{key}" aria-labelledby="{key}-title">\n'
        '<h2 id="{key}-title">{title}</h2>\n{body}\n</section>',
        key=section.key,
        title=section.title,
        body=join(map(_block, section.blocks), "\n"),
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
            drawn = Html(block.draw("svg").decode("utf-8"))  # drawn by gradatim, which escapes every text in it
            return html(
                '<figure class="picture">{drawn}<figcaption class="note">{words}</figcaption></figure>',
                drawn=drawn,
                words=block.words,
            )


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


@cache
def _style() -> tuple[Html, str]:
    """The style sheets, and the digest by which the page's policy admits them."""
    folder = files("gradatim.app.report")
    css = folder.joinpath("style.css").read_text(encoding="utf-8")
    css += folder.joinpath("evaluation").joinpath("evaluation.css").read_text(encoding="utf-8")
    return Html(css), base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
