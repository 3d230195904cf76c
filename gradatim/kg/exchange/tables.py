"""CSV: four tables in a folder or a zip file, for spreadsheets, pandas and Gephi's data laboratory.

`nodes.csv` (concepts), `edges.csv`, `misconceptions.csv`, and `graph.csv` with the name of the graph and its topics.
Text that a spreadsheet would take for a formula stands behind an apostrophe, which is taken off when it is read.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from gradatim.errors import InputError
from gradatim.kg.exchange import limits
from gradatim.kg.exchange.draft import Draft, Entry
from gradatim.kg.exchange.flat import CONCEPT_FIELDS, MISCONCEPTION_FIELDS, flat, nested
from gradatim.kg.schema import ConceptGraph
from gradatim.kg.validation import Problem

_GRAPH, _NODES, _EDGES, _MISCONCEPTIONS = "graph.csv", "nodes.csv", "edges.csv", "misconceptions.csv"
_HEADERS: Mapping[str, tuple[str, ...]] = {
    _GRAPH: ("kind", "id", "title"),
    _NODES: ("id", "label", *(name for name in CONCEPT_FIELDS if name not in ("id", "name"))),
    _EDGES: ("source", "target", "kind", "weight"),
    _MISCONCEPTIONS: MISCONCEPTION_FIELDS,
}
_NEEDED: Mapping[str, tuple[str, ...]] = {
    _GRAPH: _HEADERS[_GRAPH],
    _NODES: ("id", "label", "topic", "definition"),
    _EDGES: ("source", "target", "kind"),
    _MISCONCEPTIONS: MISCONCEPTION_FIELDS,
}
_FORMULA = re.compile(r"[=+\-@\t\r']")
_GUARDED = re.compile(r"'[=+\-@\t\r']")


def write_tables(graph: ConceptGraph) -> dict[str, bytes]:
    """A graph as tables: file name → content."""
    topics = [("topic", topic.id, topic.title) for topic in graph.topics]
    concepts = (flat(concept) for concept in graph.concepts)
    misconceptions = (flat(item) for item in graph.misconceptions)
    return {
        _GRAPH: _table(_GRAPH, [("graph", "", graph.name), *topics]),
        _NODES: _table(_NODES, (_cells(_NODES, {**row, "label": row["name"]}) for row in concepts)),
        _EDGES: _table(_EDGES, ((edge.source, edge.target, edge.type, repr(edge.weight)) for edge in graph.relations)),
        _MISCONCEPTIONS: _table(_MISCONCEPTIONS, (_cells(_MISCONCEPTIONS, row) for row in misconceptions)),
    }


def zipped(tables: Mapping[str, bytes]) -> bytes:
    """Files as a zip file; the same for the same files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in tables.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def unzipped(data: bytes, name: str) -> dict[str, bytes]:
    """The tables of a zip file, wherever in it they lie; nothing is unpacked to disk.

    Args:
        data: The zip file.
        name: How it is called in errors.

    Raises:
        InputError: It is no zip file, or holds more than a graph needs.
    """
    found: dict[str, bytes] = {}
    left = limits.MAX_FILE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.infolist():
                table = member.filename.rpartition("/")[2]
                if table not in _HEADERS or table in found:
                    continue
                with archive.open(member) as file:
                    found[table] = file.read(left + 1)
                left -= len(found[table])
                if left < 0:
                    raise limits.too_large(f"{name}/{table}")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise InputError(f"is not a zip file that can be read: {error}", place=name, remedy="zip it again") from error
    return found


def read_folder(folder: Path) -> dict[str, bytes]:
    """The tables of a folder.

    Raises:
        InputError: One cannot be read, or is too large.
    """
    return {name: limits.read_file(folder / name) for name in _HEADERS if (folder / name).exists()}


def read_tables(tables: Mapping[str, bytes], name: str) -> Draft:
    """What tables hold. Columns that are not known are left aside, `graph.csv` and `misconceptions.csv` may be missing.

    Args:
        tables: File name → content.
        name: Of the folder or zip file, before the file names in errors.

    Raises:
        InputError: A table is missing, or is none.
    """
    for needed in (_NODES, _EDGES):
        if needed not in tables:
            raise InputError(
                f"holds no {needed}", place=name, remedy=f"name a folder or zip file with {_NODES} and {_EDGES}"
            )
    draft = Draft(Path(name).stem)
    for row, place in _rows(tables, _GRAPH, name, draft):
        if row.get("kind") == "graph":
            draft.name = row.get("title", "")
        elif row.get("kind") == "topic":
            draft.topics.append(Entry({"id": row.get("id", ""), "title": row.get("title", "")}, place))
        else:
            draft.problems.append(Problem(place, "the kind has to be graph or topic"))
    for row, place in _rows(tables, _NODES, name, draft):
        draft.concepts.append(Entry(nested({**row, "name": row.get("label", "")}, CONCEPT_FIELDS), place))
    for row, place in _rows(tables, _EDGES, name, draft):
        values = {"source": row.get("source", ""), "target": row.get("target", ""), "type": row.get("kind", "")}
        draft.relations.append(Entry({**values, "weight": row.get("weight") or "1"}, place))
    for row, place in _rows(tables, _MISCONCEPTIONS, name, draft):
        draft.misconceptions.append(Entry(nested(row, MISCONCEPTION_FIELDS), place))
    if _GRAPH not in tables:
        topics = dict.fromkeys(str(entry.values.get("topic", "")) for entry in draft.concepts)
        draft.topics.extend(Entry({"id": topic, "title": topic}, f"{name}/{_NODES}") for topic in topics if topic)
    return draft


def _cells(table: str, row: Mapping[str, str]) -> list[str]:
    return [row.get(column, "") for column in _HEADERS[table]]


def _table(name: str, rows: Iterable[Sequence[str]]) -> bytes:
    held = io.StringIO(newline="")
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(_HEADERS[name])
    writer.writerows([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row] for row in rows)
    return held.getvalue().encode("utf-8")


def _rows(tables: Mapping[str, bytes], table: str, name: str, draft: Draft) -> Iterator[tuple[dict[str, str], str]]:
    """The rows of a table by column, each with `folder/table:line`."""
    place = f"{name}/{table}"
    if table not in tables:
        return
    try:
        text = tables[table].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = tables[table].count(b"\n", 0, error.start) + 1
        raise InputError("is not UTF-8 text", place=f"{place}:{line}", remedy="save it as CSV UTF-8") from error
    first = text[:1000].partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: list[str] = []
    line = 1
    try:
        for row in reader:
            where, line = f"{place}:{line}", reader.line_num + 1
            if not header:
                header = [column.strip().casefold() for column in row]
                _check_header(header, table, where)
            elif len(row) > len(header):
                draft.problems.append(Problem(where, f"has {len(row)} cells, but there are {len(header)} columns"))
            elif row:
                yield {key: _bare(cell) for key, cell in zip(header, row, strict=False)}, where
    except csv.Error as error:
        what = "a cell is too long" if "field limit" in str(error) else f"is not valid CSV: {error}"
        raise InputError(what, place=f"{place}:{line}", remedy="correct the file, or export it again") from error
    if not header:
        _check_header(header, table, place)


def _check_header(header: Sequence[str], table: str, place: str) -> None:
    missing = [column for column in _NEEDED[table] if column not in header]
    if missing:
        raise InputError(
            f"has no column {', '.join(missing)}",
            place=place,
            remedy="write the names of the columns in the first line",
        )


def _bare(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell
