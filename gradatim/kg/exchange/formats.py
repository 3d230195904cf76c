"""Which format a file has, and how it is written and read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from gradatim.errors import InputError
from gradatim.kg.exchange import limits
from gradatim.kg.exchange.cypher import write_cypher
from gradatim.kg.exchange.draft import Draft, assemble
from gradatim.kg.exchange.graphjson import graph_file, read_graph_json
from gradatim.kg.exchange.graphml import read_graphml, write_graphml
from gradatim.kg.exchange.jsonld import read_jsonld, write_jsonld
from gradatim.kg.exchange.tables import read_folder, read_tables, unzipped, write_tables, zipped
from gradatim.kg.schema import ConceptGraph
from gradatim.kg.validation import Problem

Format = Literal["graphml", "jsonld", "cypher", "csv", "json"]
FORMATS: tuple[Format, ...] = get_args(Format)
_SUFFIXES: Mapping[str, Format] = {
    ".graphml": "graphml",
    ".xml": "graphml",
    ".jsonld": "jsonld",
    ".cypher": "cypher",
    ".cql": "cypher",
    ".csv": "csv",
    ".zip": "csv",
    ".json": "json",
}
_WRITERS: Mapping[Format, Callable[[ConceptGraph], bytes]] = {
    "graphml": write_graphml,
    "jsonld": write_jsonld,
    "cypher": write_cypher,
}
_READERS: Mapping[Format, Callable[[bytes, str], Draft]] = {"graphml": read_graphml, "jsonld": read_jsonld}


@dataclass(frozen=True, slots=True)
class Imported:
    """A graph that was read from a file."""

    graph: ConceptGraph
    refused: tuple[Problem, ...] = ()
    """What was left out because the file says too little about it."""


def format_of(path: Path) -> Format:
    """The format that a file's name ends in; a name without an ending is a folder of CSV tables.

    Raises:
        InputError: No format ends so.
    """
    if os.path.isdir(path) or not path.suffix:  # unlike the path's own method, it takes every name
        return "csv"
    found = _SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise InputError(
            f"no format of concept graphs ends in {path.suffix!r}",
            place=str(path),
            remedy=f"end the name in {', '.join(_SUFFIXES)}, or give --format",
        )
    return found


def export_graph(graph: ConceptGraph, path: Path, kind: Format | None = None) -> tuple[Path, ...]:
    """Write a graph to a file; the tables of CSV to a folder, or to one file that ends in `.zip`.

    Args:
        graph: A valid graph.
        path: File or folder; what stands there is replaced.
        kind: The format; that of the name when not given.

    Returns:
        The files that were written.

    Raises:
        InputError: It cannot be written there, or holds a text that would not be read again.
    """
    limits.require_portable(graph)
    kind = kind or format_of(path)
    if kind == "json":
        graph_file(graph).write(path)
    elif kind != "csv":
        limits.write_file(path, _WRITERS[kind](graph))
    elif path.suffix.lower() == ".zip":
        limits.write_file(path, zipped(write_tables(graph)))
    else:
        return _write_folder(write_tables(graph), path)
    return (path,)


def import_graph(path: Path, kind: Format | None = None) -> Imported:
    """Read a graph from a file or a folder of tables.

    Args:
        path: The file or folder.
        kind: The format; that of the name when not given.

    Raises:
        InputError: It cannot be read, is not of that format, or cannot be a concept graph; `InconsistentGraph`, with
            every problem and its place, when its content cannot be used.
    """
    if not os.path.exists(path):
        raise InputError("there is no such file", place=str(path), remedy="name a file, or a folder of tables")
    kind = kind or format_of(path)
    refused: tuple[Problem, ...] = ()
    if kind == "cypher":
        raise InputError(
            "Cypher is a language of statements, which gradatim writes but does not read",
            place=str(path),
            remedy="import GraphML, JSON-LD, CSV or JSON; or read the server itself (setting: graph)",
        )
    if kind == "json":
        draft, refused = read_graph_json(path)
    elif kind == "csv":
        tables = read_folder(path) if path.is_dir() else unzipped(limits.read_file(path), str(path))
        draft = read_tables(tables, str(path))
    else:
        draft = _READERS[kind](limits.read_file(path), str(path))
    graph = assemble(draft)
    if not graph.concepts:
        raise InputError("holds no concept that can be used", place=str(path), remedy="name another file")
    return Imported(graph, refused)


def _write_folder(tables: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot be made a folder: {error.strerror or error}", place=str(folder), remedy="name another folder"
        ) from error
    for name, content in tables.items():
        limits.write_file(folder / name, content)
    return tuple(folder / name for name in tables)
