"""A report as Markdown: text that cannot become anything else, whatever a learner or a file has written in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from gradatim import __version__
from gradatim.graphs.reports.document import Block, Cell, Document, Listing, Note, Picture, Said, Table

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~&]")
_SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_BEGINS = re.compile(r"^(\s*\d*)([-+=.)])(?=\s|$)")
_BAR = 10
_LEVELS = "▁▂▃▄▅▆▇█"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def render_markdown(document: Document) -> str:
    """The report as CommonMark with tables (GitHub Flavored Markdown); pictures are left out."""
    parts = [f"# {escaped(document.title)}", escaped(document.subtitle)]
    for section in document.sections:
        if section.title:
            parts.append(f"## {escaped(section.title)}")
        parts += _blocks(section.blocks, document)
    if document.sources:
        parts.append(f"## {escaped(document.words['sources'])}")
        lines = [f"{source.number}. `{_code(source.id)}` {escaped(source.text)}" for source in document.sources]
        parts.append("\n".join(lines))
    parts.append(f"*{escaped(document.words['made'].format(version=__version__))}*")
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """A text on one line in which nothing is markup but code between backticks."""
    line = " ".join(_visible(text).split())
    pieces = _SPAN.split(line)
    plain = "".join(
        f"`{piece}`".replace("|", "\\|") if place % 2 else _SPECIAL.sub(r"\\\g<0>", piece)
        for place, piece in enumerate(pieces)
    )
    return _BEGINS.sub(lambda found: f"{found[1]}\\{found[2]}", plain)


def _visible(text: str) -> str:
    return "".join(
        character if character in "\n\t" or unicodedata.category(character) not in _INVISIBLE else "\ufffd"
        for character in text
    )


def _code(text: str) -> str:
    """A text between backticks."""
    return " ".join(_visible(text).split()).replace("`", "'")


def _blocks(blocks: Sequence[Block], document: Document) -> Iterator[str]:
    bullets: list[str] = []
    for block in blocks:
        if isinstance(block, Said):
            bullets.append(f"- {escaped(block.text)}{_cites(block.evidence, document)}")
            continue
        if bullets:
            yield "\n".join(bullets)
            bullets = []
        match block:
            case Note():
                yield f"*{escaped(block.text)}*"
            case Table():
                yield _table(block, document)
            case Listing():
                yield _listing(block, document)
            case Picture():
                pass
    if bullets:
        yield "\n".join(bullets)


def _cites(evidence: Sequence[str], document: Document) -> str:
    numbers = ", ".join(map(str, document.cited(evidence)))
    more = document.more(evidence)
    left = f" {document.words['more'].format(n=more)}" if more else ""
    return f" [{numbers}{left}]" if numbers else ""


def _table(table: Table, document: Document) -> str:
    lines = [f"**{escaped(table.caption)}**", ""]
    lines.append("| " + " | ".join(map(escaped, (*table.header, document.words["evidence"]))) + " |")
    lines.append("|" + " --- |" * (len(table.header) + 1))
    for row in table.rows:
        cells = [_cell(cell, bars=not table.heat) for cell in row.cells]
        lines.append("| " + " | ".join([*cells, _cites(row.evidence, document).strip()]) + " |")
    return "\n".join(lines)


def _cell(cell: Cell, *, bars: bool) -> str:
    if cell.course:
        return f"{''.join(_LEVELS[min(7, int(8 * value))] for value in cell.course[-_BAR:])} {escaped(cell.text)}"
    if cell.share is None or not bars:
        return escaped(cell.text)
    full = round(cell.share * _BAR)
    return f"{'█' * full}{'░' * (_BAR - full)} {escaped(cell.text)}"


def _listing(listing: Listing, document: Document) -> str:
    width = max((len(str(number)) for number, _, _ in listing.lines), default=1)
    code = [
        f"{'>' if marked else ' '} {number:>{width}}  {_visible(text).expandtabs(4)}".rstrip()
        for number, text, marked in listing.lines
    ]
    longest = max((len(found) for line in code for found in re.findall(r"`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    title = f"{escaped(listing.title)}{_cites(listing.evidence, document)}"
    return "\n".join([title, "", fence + "text", *code, fence])
