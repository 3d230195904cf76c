"""JSON-LD: the graph as linked data, in SKOS where SKOS has a word for it.

A concept is a `skos:Concept` with `prefLabel`, `altLabel`, `definition`, `example`, `broader` (what it is a kind or
part of) and `related` (what is similar). SKOS knows no order of learning: `prerequisite` is a term of its own, as are
those of misconceptions and counterexamples. A weight other than 1 belongs to a relation, not to a concept, so that
relation has a node (`WeightedRelation`) beside its link.

What is read is this very form of JSON, not any serialisation of the same triples: contexts are neither fetched nor
expanded.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import quote

from gradatim.errors import InputError
from gradatim.kg.exchange.draft import Draft, Entry
from gradatim.kg.exchange.plainjson import load
from gradatim.kg.schema import Concept, ConceptGraph, Counterexample, Misconception, RelationType
from gradatim.kg.validation import Problem

_TEXTS = ("belief", "correction", "evidence", "talk", "code", "error", "why", "output")
_LINK: Mapping[str, RelationType] = {
    "prerequisite": "prerequisite",
    "related": "similarity",
    "broader": "hierarchical",
}
"""The key of a concept → the relation; a prerequisite leads to the concept, the others lead away from it."""
_KEY = {relation: key for key, relation in _LINK.items()}


def context(name: str) -> dict[str, Any]:
    """What the keys mean, for a graph of this name."""
    base = f"urn:gradatim:{quote(name, safe='')}:"
    links = {key: {"@id": f"skos:{key}", "@type": "@id"} for key in ("broader", "related", "inScheme")}
    own = {key: {"@id": f"gradatim:{key}", "@type": "@id"} for key in ("prerequisite", "about", "topic")}
    ends = {key: {"@id": f"gradatim:{key}", "@type": "@id"} for key in ("source", "target")}
    return {
        "@version": 1.1,
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "dcterms": "http://purl.org/dc/terms/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "gradatim": "urn:gradatim:terms:",
        "concept": f"{base}concept:",
        "misconception": f"{base}misconception:",
        "topics": f"{base}topic:",
        "graph": base,
        **{key: f"skos:{key}" for key in ("prefLabel", "altLabel", "definition", "example")},
        "title": "dcterms:title",
        **links,
        **own,
        **ends,
        **{key: f"gradatim:{key}" for key in (*_TEXTS, "counterexample", "errors", "looksLike", "relation")},
        "weight": {"@id": "gradatim:weight", "@type": "xsd:double"},
        **{key: f"gradatim:{key}" for key in ("Misconception", "Counterexample", "WeightedRelation")},
        **{key: f"skos:{key}" for key in ("Concept", "ConceptScheme", "Collection")},
    }


def write_jsonld(graph: ConceptGraph) -> bytes:
    """A graph as a JSON-LD file."""
    data = {"@context": context(graph.name), "@graph": list(_nodes(graph))}
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _nodes(graph: ConceptGraph) -> Iterator[dict[str, Any]]:
    yield {"@id": "graph:scheme", "@type": "ConceptScheme", "title": graph.name}
    for topic in graph.topics:
        yield {"@id": f"topics:{topic.id}", "@type": "Collection", "prefLabel": topic.title}
    links: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for edge in graph.relations:
        at, other = (edge.target, edge.source) if edge.type == "prerequisite" else (edge.source, edge.target)
        links[at][_KEY[edge.type]].append(f"concept:{other}")
    for concept in graph.concepts:
        yield {**_concept(concept), **links[concept.id]}
    for item in graph.misconceptions:
        yield _misconception(item)
    for edge in graph.relations:
        if edge.weight != 1.0:
            yield {
                "@type": "WeightedRelation",
                "relation": edge.type,
                "source": f"concept:{edge.source}",
                "target": f"concept:{edge.target}",
                "weight": edge.weight,
            }


def _concept(concept: Concept) -> dict[str, Any]:
    wrong = concept.counterexample
    found = {
        "@id": f"concept:{concept.id}",
        "@type": "Concept",
        "inScheme": "graph:scheme",
        "prefLabel": concept.name,
        "altLabel": list(concept.aliases) or None,
        "definition": concept.definition,
        "example": concept.example,
        "output": concept.output,
        "counterexample": None if wrong is None else {"@type": "Counterexample", **_stated(wrong.plain())},
        "topic": f"topics:{concept.topic}",
    }
    return _stated(found)


def _misconception(item: Misconception) -> dict[str, Any]:
    plain = item.plain()
    texts = {key: plain[key] for key in ("belief", "correction", "evidence", "talk", "errors")}
    return {
        "@id": f"misconception:{item.id}",
        "@type": "Misconception",
        "about": [f"concept:{concept}" for concept in item.concepts],
        "looksLike": item.looks_like,
        **texts,
    }


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def read_jsonld(data: bytes, name: str) -> Draft:
    """What a JSON-LD file holds.

    Args:
        data: The file.
        name: How it is called in errors.

    Raises:
        InputError: It is no JSON-LD of a concept graph.
    """
    document = load(data, name)
    nodes = cast("dict[str, object]", document).get("@graph") if isinstance(document, dict) else None
    if not isinstance(nodes, list):
        raise InputError("has no list @graph", place=name, remedy="name a JSON-LD file that lists its nodes there")
    draft = Draft("graph")
    weights: dict[tuple[str, str, str], tuple[object, str]] = {}
    for number, node in enumerate(cast("list[object]", nodes)):
        place = f"{name}: @graph[{number}]"
        if not isinstance(node, dict):
            draft.problems.append(Problem(place, "has to be an object"))
            continue
        found = {str(key).removeprefix("skos:"): value for key, value in cast("dict[object, object]", node).items()}
        _take(found, place, draft, weights)
    _weigh(draft, weights)
    return draft


def _take(
    node: Mapping[str, object], place: str, draft: Draft, weights: dict[tuple[str, str, str], tuple[object, str]]
) -> None:
    kinds = {str(kind).rpartition(":")[2].rpartition("#")[2] for kind in _list(node.get("@type"))}
    own = _identity(node.get("@id"))
    if "Concept" in kinds:
        values = {
            "id": own,
            "name": _text(node.get("prefLabel")),
            "aliases": [_text(one) for one in _list(node.get("altLabel"))],
            "topic": _identity(node.get("topic")),
            **{key: _text(node[key]) for key in ("definition", "example", "output") if key in node},
        }
        wrong = node.get("counterexample")
        if isinstance(wrong, dict):
            keys = Counterexample.model_fields
            held = cast("dict[str, object]", wrong)
            values["counterexample"] = {key: _text(held[key]) for key in keys if key in held}
        draft.concepts.append(Entry(_stated(values), place))
        for key, relation in _LINK.items():
            for index, link in enumerate(_list(node.get(key))):
                other = _identity(link)
                ends = (other, own) if relation == "prerequisite" else (own, other)
                edge = {"source": ends[0], "target": ends[1], "type": relation, "weight": 1.0}
                draft.relations.append(Entry(edge, f"{place}.{key}[{index}]"))
    elif "Misconception" in kinds:
        values = {key: _text(node[key]) for key in ("belief", "correction", "evidence", "talk") if key in node}
        draft.misconceptions.append(
            Entry(
                {
                    **values,
                    "id": own,
                    "concepts": [_identity(one) for one in _list(node.get("about"))],
                    "looks_like": _text(node.get("looksLike")),
                    "errors": [_text(one) for one in _list(node.get("errors"))],
                },
                place,
            )
        )
    elif "Collection" in kinds:
        draft.topics.append(Entry({"id": own, "title": _text(node.get("prefLabel"))}, place))
    elif "ConceptScheme" in kinds:
        draft.name = str(_text(node.get("title")) or draft.name)
    elif "WeightedRelation" in kinds:
        key = (str(node.get("relation")), _identity(node.get("source")), _identity(node.get("target")))
        weights[key] = (node.get("weight"), place)
    else:
        draft.problems.append(Problem(place, "is none of the types of a concept graph"))


def _weigh(draft: Draft, weights: dict[tuple[str, str, str], tuple[object, str]]) -> None:
    for number, entry in enumerate(draft.relations):
        key = (str(entry.values["type"]), str(entry.values["source"]), str(entry.values["target"]))
        if key in weights:
            weight, place = weights.pop(key)
            draft.relations[number] = Entry({**entry.values, "weight": weight}, place)
    for (kind, source, target), (_, place) in weights.items():
        draft.problems.append(Problem(place, f"there is no {kind} relation from {source!r} to {target!r}"))


def _list(value: object) -> list[object]:
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else [value]


def _text(value: object) -> object:
    """The text of a plain or tagged value; whatever else it is, for the check of the whole to object to."""
    if not isinstance(value, dict):
        return value
    held = cast("dict[str, object]", value)
    return held.get("@value", held)


def _identity(value: object) -> str:
    """The last part of `concept:loop`, of an address, or of `{"@id": …}`."""
    if isinstance(value, dict):
        value = cast("dict[str, object]", value).get("@id")
    text = value if isinstance(value, str) else ""
    return text.rpartition(":")[2].rpartition("/")[2].rpartition("#")[2]
