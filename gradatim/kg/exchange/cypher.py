"""Cypher: statements that put a graph on a Neo4j 5 server, for `cypher-shell --file` or the Browser.

They do what `gradatim kg push` does, for a server that only somebody else can reach: constraints first, then nodes and
relations beside whatever is there, then the switch to this version, so that gradatim can read it there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from gradatim.kg.neo4j import cypher
from gradatim.kg.neo4j.migrations import MIGRATIONS
from gradatim.kg.neo4j.records import properties
from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Topic

BATCH = 200
"""Rows of one statement: what a server reads at once."""

_PARAMETER = re.compile(r"\$(\w+)")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPES = {
    "\\u": "\\\\' + 'u",
    "\\": "\\\\",
    "'": "\\'",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_SPECIAL = re.compile("\\\\u|[\\\\'\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def write_cypher(graph: ConceptGraph) -> bytes:
    """A graph as statements, each ended by a semicolon."""
    return "".join(f"{statement};\n" for statement in statements(graph)).encode("utf-8")


def statements(graph: ConceptGraph) -> Iterator[str]:
    """The statements, in their order; each is a transaction of its own and can be repeated."""
    for migration in MIGRATIONS:
        yield from migration.statements
    which = {"graph": graph.name, "version": graph.version}
    yield _filled(cypher.BEGIN, which)
    yield from _batches(cypher.PUT_TOPICS, which, _nodes(graph.topics, which))
    yield from _batches(cypher.PUT_CONCEPTS, which, _nodes(graph.concepts, which))
    yield from _batches(cypher.PUT_MISCONCEPTIONS, which, _nodes(graph.misconceptions, which))
    about = [{"id": item.id, "concept": concept} for item in graph.misconceptions for concept in item.concepts]
    yield from _batches(cypher.PUT_ABOUT, which, about)
    for kind, query in cypher.PUT_RELATIONS.items():
        edges = [
            {"source": edge.source, "target": edge.target, "weight": edge.weight, "position": position}
            for position, edge in enumerate(graph.relations)
            if edge.type == kind
        ]
        yield from _batches(query, which, edges)
    yield _filled(cypher.READY, which)
    yield _filled(cypher.SWITCH, which)


def literal(value: object) -> str:
    """A value as Cypher writes it.

    A text of Cypher may be decoded in two steps, `\\u0027` before the quotes are looked for: a backslash never stands
    before a `u` that it does not belong to.

    Raises:
        TypeError: Cypher has no such value.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return f"'{_SPECIAL.sub(_escaped, value)}'"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {literal(item)}" for key, item in value.items()) + "}"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(literal, value)) + "]"  # pyright: ignore[reportUnknownArgumentType]
    raise TypeError(f"Cypher has no {type(value).__name__}")


def _escaped(found: re.Match[str]) -> str:
    known = _ESCAPES.get(found.group())
    return f"\\u{ord(found.group()):04X}" if known is None else known


def _key(name: object) -> str:
    text = str(name)
    return text if _PLAIN.fullmatch(text) else f"`{text.replace('`', '``')}`"


def _nodes(nouns: Sequence[Topic | Concept | Misconception], which: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {"id": noun.id, "properties": {**properties(noun), **which, "position": position}}
        for position, noun in enumerate(nouns)
    ]


def _batches(query: str, which: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> Iterator[str]:
    for start in range(0, len(rows), BATCH):
        yield _filled(query, {**which, "rows": _Rows(rows[start : start + BATCH])})


class _Rows(list[Mapping[str, object]]):
    """Rows of a statement, one a line."""


def _filled(query: str, values: Mapping[str, object]) -> str:
    def value(found: re.Match[str]) -> str:
        held = values[found.group(1)]
        if isinstance(held, _Rows):
            return "[\n" + ",\n".join(map(literal, held)) + "\n]"
        return literal(held)

    return _PARAMETER.sub(value, query)
