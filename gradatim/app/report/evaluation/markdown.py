"""The report of an evaluation as Markdown: tables of GitHub's kind, and pictures in words."""

from __future__ import annotations

from collections.abc import Iterator

from gradatim import __version__
from gradatim.evals.reports.document import Cell, Note, Picture, Report, Section, Table
from gradatim.graphs.reports.markdown import escaped


def render_markdown(report: Report) -> str:
    """The report; nothing that a file or a model has written becomes markup in it."""
    parts = [f"# {escaped(report.title)}", escaped(report.subtitle)]
    for section in report.sections:
        parts.append(f"## {escaped(section.title)}")
        parts += _blocks(section)
    parts.append(f"*Made by gradatim {__version__}.*")
    return "\n\n".join(part for part in parts if part) + "\n"


def _blocks(section: Section) -> Iterator[str]:
    for block in section.blocks:
        match block:
            case Table():
                yield from _table(block)
            case Note():
                yield f"**{escaped(block.text)}**" if block.tone in ("bad", "warn") else escaped(block.text)
            case Picture():
                yield f"*{escaped(block.words)}*"


def _table(table: Table) -> Iterator[str]:
    side = "| :-- " if table.words else "| --: "
    lines = ["| " + " | ".join(map(escaped, table.header)) + " |", "| :-- " + side * (len(table.header) - 1) + "|"]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in table.rows]
    yield f"**{escaped(table.caption)}**"
    yield "\n".join(lines)
    if table.notes:
        yield "\n".join(f"- {escaped(note)}" for note in table.notes)


def _cell(cell: Cell) -> str:
    if cell.text == "not measured":
        return f"*not measured*: {escaped(cell.detail)}" if cell.detail else "*not measured*"
    detail = cell.detail if not cell.text or cell.detail.startswith("[") or not cell.detail else f"({cell.detail})"
    return f"{escaped(cell.text)} {escaped(detail)}".strip()
