"""Where concepts stand on a map: after what they need, near what they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_SWEEPS = 8


def levels(nodes: Sequence[str], needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The length of the longest chain of prerequisites before each concept, among these concepts.

    A prerequisite that leads back to where it began is passed over.
    """
    inside = set(nodes)
    found: dict[str, int] = {}
    for root in nodes:
        path: list[tuple[str, list[str]]] = [(root, [need for need in needs.get(root, ()) if need in inside])]
        open_nodes = {root}
        while path:
            node, waiting = path[-1]
            if node in found or not waiting:
                if node not in found:
                    known = [found[need] for need in needs.get(node, ()) if need in found]
                    found[node] = max(known, default=-1) + 1
                open_nodes.discard(node)
                path.pop()
                continue
            need = waiting.pop()
            if need not in found and need not in open_nodes:
                open_nodes.add(need)
                path.append((need, [other for other in needs.get(need, ()) if other in inside]))
    return found


def columns(
    nodes: Sequence[str], needs: Mapping[str, Sequence[str]], level: Mapping[str, int], height: int
) -> list[list[str]]:
    """Concepts by level, each level ordered so that lines cross little, a long level in several columns.

    The order is found by barycentres, forth and back (Sugiyama, Tagawa and Toda, 1981).

    Args:
        nodes: In the order that decides between equals.
        needs: Concept → its prerequisites.
        level: As `levels` gives it.
        height: Concepts in a column at most.
    """
    rows: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
    for node in nodes:
        rows[level[node]].append(node)
    near: dict[str, list[str]] = {node: [] for node in nodes}
    for node in nodes:
        for need in needs.get(node, ()):
            if need in near:
                near[node].append(need)
                near[need].append(node)
    for sweep in range(_SWEEPS):
        place = _places(rows)
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=lambda node: _barycentre(node, near[node], place))
            place |= _places([row])
    split: list[list[str]] = []
    for row in rows:
        parts = -(-len(row) // height)
        each = -(-len(row) // parts) if parts else 0
        split += [row[start : start + each] for start in range(0, len(row), each)] if each else []
    return split


def _places(rows: Sequence[Sequence[str]]) -> dict[str, float]:
    """Where each concept stands in its row, in [0, 1]."""
    return {node: (number + 0.5) / len(row) for row in rows for number, node in enumerate(row)}


def _barycentre(node: str, near: Sequence[str], place: Mapping[str, float]) -> float:
    return sum(place[other] for other in near) / len(near) if near else place[node]
