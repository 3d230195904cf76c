"""All relations on the ways from some concepts, in as few questions as their number allows."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.kg.neo4j import cypher
from gradatim.kg.neo4j.asking import Asker
from gradatim.kg.neo4j.content import Content
from gradatim.kg.schema import Relation, RelationType

_FEW = 16
"""From more concepts than this one relation at a time is followed: ways multiply, relations do not."""


async def walk(
    asker: Asker,
    content: Content,
    ids: Sequence[str],
    relation: RelationType,
    depth: int | None,
    *,
    upward: bool,
    until: str | None = None,
) -> list[Relation]:
    """The relations of one type on all ways from some concepts.

    Args:
        asker: Asks.
        content: Whose version.
        ids: Where to begin.
        relation: Which relations.
        depth: How many of them in a row; all when not given.
        upward: From target to source, else from source to target.
        until: Go no further than the layer in which this concept is reached.

    Raises:
        VersionMoved: The version is no longer in force.
        GraphServerError: There is no answer.
    """
    found: dict[tuple[str, str], Relation] = {}
    reached = set(ids)
    frontier = list(ids)
    left = depth
    while frontier and (left is None or left > 0) and until not in reached:
        span = cypher.SPAN if len(frontier) == 1 else 2 if len(frontier) <= _FEW else 1
        span = span if left is None else min(span, left)
        query = cypher.away(relation, upward=upward, span=span)
        edges = await asker.relations(content, query, {"ids": frontier})
        found |= {(edge.source, edge.target): edge for edge in edges}
        frontier = _outermost(frontier, edges, reached, span, upward=upward)
        left = None if left is None else left - span
    return list(found.values())


def _outermost(
    start: Sequence[str], edges: Sequence[Relation], reached: set[str], span: int, *, upward: bool
) -> list[str]:
    """The concepts exactly `span` relations away that were not reached before; all on the way join `reached`."""
    following: dict[str, list[str]] = {}
    for edge in edges:
        near, far = (edge.target, edge.source) if upward else (edge.source, edge.target)
        following.setdefault(near, []).append(far)
    layer = list(start)
    for _ in range(span):
        beyond = dict.fromkeys(far for near in layer for far in following.get(near, ()))
        layer = [far for far in beyond if far not in reached]
        reached.update(layer)
    return layer
