"""Markdown as a page that prints: the part of Markdown that the protocol's documents use, and nothing else.

Everything is escaped; nothing of a learner's or a model's text is ever taken for markup.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from gradatim.errors import InputError
from gradatim.evals.protocol.texts import packaged

_ITEM = re.compile(r"^(\*|\d+\.) +(.*)$")


def page(markdown: str, language: str) -> str:
    """A self-contained page: no script, nothing loaded from anywhere.

    Args:
        markdown: Headings, paragraphs, lists of one level, tables, `code`, **strong**.
        language: Of the text, e.g. `zh`.
    """
    title = next((line[2:] for line in markdown.splitlines() if line.startswith("# ")), "")
    style = packaged("print.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'"
    head = (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n"
    )
    return head + "\n".join(_blocks(markdown)) + "\n</body>\n</html>\n"


def write_report(text: str, path: Path) -> None:
    """Write a report as Markdown, or as a page that prints where the name ends in `.html`.

    Raises:
        InputError: The file cannot be written.
    """
    try:
        path.write_text(page(text, "en") if path.suffix.lower() in (".html", ".htm") else text, "utf-8")
    except OSError as error:
        raise InputError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="name a file that can be written"
        ) from error


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table whose columns are aligned, so that it can be read in a terminal as it is; a line each."""
    cells = [[" ".join(cell.replace("|", "\\|").split()) for cell in row] for row in (header, *rows)]
    widths = [max(3, *(_width(row[at]) for row in cells)) for at in range(len(header))]

    def line(row: Sequence[str]) -> str:
        padded = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        return f"| {' | '.join(padded)} |"

    return [line(cells[0]), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, cells[1:])]


def _width(text: str) -> int:
    """Columns that a text takes on a terminal."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else not unicodedata.combining(sign) for sign in text)


def _blocks(markdown: str) -> Iterator[str]:
    for block in re.split(r"\n\s*\n", markdown.strip()):
        lines = block.splitlines()
        while lines and (heading := re.match(r"^(#{1,4}) +(.*)$", lines[0])):
            level = len(heading[1])
            yield f"<h{level}>{_inline(heading[2])}</h{level}>"
            lines = lines[1:]
        if not lines:
            continue
        if lines[0].startswith("|"):
            yield _table(lines)
        elif _ITEM.match(lines[0]):
            yield _list(lines)
        else:
            yield f"<p>{_inline(' '.join(lines))}</p>"


def _table(lines: list[str]) -> str:
    rows = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip()[1:-1])] for line in lines]
    head = "".join(f"<th>{_inline(cell)}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{_inline(cell)}</td>" for cell in row) + "</tr>" for row in rows[2:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _list(lines: list[str]) -> str:
    items: list[str] = []
    for line in lines:
        if found := _ITEM.match(line):
            items.append(found[2])
        else:  # an item that goes on
            items[-1] += " " + line.strip()
    name = "ul" if lines[0].startswith("*") else "ol"
    return f"<{name}>" + "".join(f"<li>{_inline(item)}</li>" for item in items) + f"</{name}>"


def _inline(text: str) -> str:
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        f"<code>{escape(part[1:-1])}</code>"
        if len(part) > 1 and part.startswith("`") and part.endswith("`")
        else re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(part))
        for part in parts
    )
