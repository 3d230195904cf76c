"""JSON: the file of `gradatim kg build` (`gradatim.kg.graphfile`), with everything that a curriculum says beside it.

Concepts carry `id`, `definition`, `example` and so on beside `name`, edges the ids of their ends and their weight, and
the file `topics` and `misconceptions`. What a built file lacks is made up for where that can be done.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from gradatim.kg.exchange import limits
from gradatim.kg.exchange.draft import Draft, Entry
from gradatim.kg.graphfile import FileConcept, FileEdge, GraphFile, read_graph_file
from gradatim.kg.lexicon import name_key
from gradatim.kg.schema import ConceptGraph
from gradatim.kg.validation import Problem

_EXTRA = ("id", "definition", "example", "output", "counterexample", "topic")
_SIGNS = {
    "+": "plus",
    "-": "minus",
    "*": "star",
    "/": "slash",
    "%": "percent",
    "=": "equals",
    "<": "less",
    ">": "greater",
    "#": "hash",
    "@": "at",
    "&": "and",
    "|": "bar",
    "^": "caret",
    "~": "tilde",
    "!": "not",
    ".": "dot",
    "_": "underscore",
}


def graph_file(graph: ConceptGraph) -> GraphFile:
    """A graph in the form of a built one, with everything kept."""
    name_of = {concept.id: concept.name for concept in graph.concepts}
    topics = [topic.plain() for topic in graph.topics]
    return GraphFile.model_validate(
        {
            "name": graph.name,
            "topics": topics,
            "concepts": [_stated(concept.plain()) for concept in graph.concepts],
            "edges": [
                {
                    "source": name_of[edge.source],
                    "target": name_of[edge.target],
                    "type": edge.type,
                    "weight": edge.weight,
                    "source_id": edge.source,
                    "target_id": edge.target,
                }
                for edge in graph.relations
            ],
            "misconceptions": [item.plain() for item in graph.misconceptions],
        }
    )


def read_graph_json(path: Path) -> tuple[Draft, tuple[Problem, ...]]:
    """What a JSON file holds, and the concepts that it says too little about to be taken.

    A concept without an id gets one made of its name; one without a definition, the sentence it rests on; one without a
    topic, that of the graph. A concept with neither definition nor sentence is left out with its edges.

    Raises:
        InputError: It cannot be read, or is no such file.
    """
    limits.read_file(path)
    file = read_graph_file(path)
    extra = cast("Mapping[str, Any]", file.model_extra or {})
    draft = Draft(file.name)
    for index, topic in enumerate(_list(extra.get("topics"))):
        draft.topics.append(Entry(_mapping(topic), f"{path}: topics.{index}"))
    for index, item in enumerate(_list(extra.get("misconceptions"))):
        draft.misconceptions.append(Entry(_mapping(item), f"{path}: misconceptions.{index}"))
    ids = _ids(file.concepts)
    refused: list[Problem] = []
    left_out: set[str] = set()
    fallback = slug(file.name) or "graph"
    for index, (concept, own) in enumerate(zip(file.concepts, ids, strict=True)):
        place = f"{path}: concepts.{index}"
        values: dict[str, object] = {"name": concept.name, "aliases": concept.aliases, "topic": fallback}
        held = cast("Mapping[str, Any]", concept.model_extra or {})
        values |= {key: held[key] for key in _EXTRA if held.get(key) is not None} | {"id": own}
        if "definition" not in values and concept.sentence and concept.sentence.strip():
            values["definition"] = concept.sentence
        if "definition" not in values:
            reason = "has neither a definition nor a sentence it rests on"
            refused.append(Problem(place, f"concept {concept.name!r} is left out: it {reason}"))
            left_out.add(own)
            continue
        draft.concepts.append(Entry(values, place))
    _take_edges(file, ids, left_out, path, draft, refused)
    known = {str(entry.values.get("id")) for entry in draft.topics}
    if fallback not in known and any(entry.values["topic"] == fallback for entry in draft.concepts):
        draft.topics.append(Entry({"id": fallback, "title": file.name.strip() or "graph"}, str(path)))
    return draft, tuple(refused)


def slug(name: str) -> str:
    """An id made of a name: its letters without accents, digits, and signs in words where there is nothing else."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode("ascii")
    words = re.findall(r"[a-z0-9]+", plain)
    if not words:
        words = [_SIGNS[sign] for sign in plain if sign in _SIGNS]
    return "-".join(words)


def _ids(concepts: tuple[FileConcept, ...]) -> list[str]:
    """An id for every concept: its own, or one made of its name that no other has."""
    own = [cast("Mapping[str, Any]", concept.model_extra or {}).get("id") for concept in concepts]
    taken = {given for given in own if isinstance(given, str)}
    ids: list[str] = []
    for concept, given in zip(concepts, own, strict=True):
        made = given if isinstance(given, str) else ""
        if not made:
            stem = slug(concept.name) or "concept"
            made, number = stem, 1
            while made in taken:
                number += 1
                made = f"{stem}-{number}"
            taken.add(made)
        ids.append(made)
    return ids


def _take_edges(
    file: GraphFile, ids: list[str], left_out: set[str], path: Path, draft: Draft, refused: list[Problem]
) -> None:
    named: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for rank in (0, 1):  # a name goes before an alias
        claimed: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for concept, own in zip(file.concepts, ids, strict=True):
            for name in (concept.name,) if rank == 0 else concept.aliases:
                claimed[name_key(name)].append(own)
        for key, owners in claimed.items():
            named.setdefault(key, owners)
    dropped: Counter[str] = Counter()
    for index, edge in enumerate(file.edges):
        place = f"{path}: edges.{index}"
        held = cast("Mapping[str, Any]", edge.model_extra or {})
        ends: list[str] = []
        for end, name in (("source", edge.source), ("target", edge.target)):
            given = held.get(f"{end}_id")
            owners = [given] if isinstance(given, str) else list(dict.fromkeys(named[name_key(name)]))
            if len(owners) > 1:
                listed = ", ".join(owners)
                draft.problems.append(Problem(place, f"{end} {name!r} stands for several concepts: {listed}"))
            ends.append(owners[0] if owners else name)
        gone = [end for end in ends if end in left_out]
        if gone:
            dropped.update(dict.fromkeys(gone, 1))
            continue
        draft.relations.append(Entry(_relation(edge, ends[0], ends[1], held), place))
    for own, count in dropped.items():
        edges = "edge" if count == 1 else "edges"
        refused.append(Problem(str(path), f"{count} {edges} of {own!r} left out with it"))


def _relation(edge: FileEdge, source: str, target: str, held: Mapping[str, Any]) -> dict[str, object]:
    return {"source": source, "target": target, "type": edge.type, "weight": held.get("weight", 1.0)}


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _list(value: object) -> list[object]:
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {"id": value}
