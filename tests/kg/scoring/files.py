"""Graph files in one line."""

from __future__ import annotations

from collections.abc import Iterable

from gradatim.kg.graphfile import FileConcept, FileEdge, GraphFile
from gradatim.kg.schema import RelationType

_TYPES: dict[str, RelationType] = {"->": "prerequisite", "<": "hierarchical", "~": "similarity"}


def concept(text: str) -> FileConcept:
    """`tuple = tuples = immutable list`: a name and its aliases."""
    name, *aliases = (part.strip() for part in text.split(" = "))
    return FileConcept(name=name, aliases=tuple(aliases))


def edge(text: str) -> FileEdge:
    """`list -> sorting`: a prerequisite; `tuple < sequence`: a kind; `list ~ tuple`: similar."""
    for mark, kind in _TYPES.items():
        source, found, target = text.partition(f" {mark} ")
        if found:
            return FileEdge(source=source, target=target, type=kind, sentence=f"Of {source} and {target}.")
    raise AssertionError(text)


def graph(concepts: str, edges: Iterable[str] = ()) -> GraphFile:
    """A graph of concepts, separated by `;`, and edges."""
    return GraphFile(
        concepts=tuple(concept(part) for part in concepts.split(";") if part.strip()), edges=tuple(map(edge, edges))
    )
