"""Layers and the order within them, with few crossings (Sugiyama, Tagawa and Toda 1981: layers, then barycentres)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Segment = tuple[str, str]
"""Two items of neighbouring layers, the one on the left first."""

_SWEEPS = 24


def longest_chains(edges: Iterable[tuple[str, str]], start: str) -> dict[str, int]:
    """Everything reached from an item over directed edges → relations of the longest chain from it.

    Args:
        edges: Without cycles.
        start: Where the chains begin.
    """
    after: defaultdict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        after[source].append(target)
    depth = {start: 0}
    layer = {start}
    while layer:
        layer = {target for node in layer for target in after[node]}
        far = max(depth.values()) + 1
        depth |= dict.fromkeys(layer, far)
    return depth


def without_crossings(layers: Sequence[Sequence[str]], segments: Sequence[Segment]) -> list[list[str]]:
    """The layers in an order in which few segments cross.

    Barycentre sweeps to and fro, then swaps of neighbours as long as they help; the best order seen is kept. The same
    input always gives the same order.

    Args:
        layers: Items from left to right, in the order to begin with.
        segments: What joins them.
    """
    left: defaultdict[str, list[str]] = defaultdict(list)
    right: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in segments:
        right[one].append(other)
        left[other].append(one)
    order = [list(layer) for layer in layers]
    best, fewest = [list(layer) for layer in order], crossings(order, segments)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        beside = left if forward else right
        indices = range(1, len(order)) if forward else range(len(order) - 2, -1, -1)
        for index in indices:
            fixed = order[index - 1 if forward else index + 1]
            order[index] = _by_barycentre(order[index], fixed, beside)
        _swap(order, left, right)
        found = crossings(order, segments)
        if found < fewest:
            best, fewest = [list(layer) for layer in order], found
        if fewest == 0:
            break
    return best


def crossings(layers: Sequence[Sequence[str]], segments: Iterable[Segment]) -> int:
    """Pairs of segments that cross."""
    place = {item: (number, index) for number, layer in enumerate(layers) for index, item in enumerate(layer)}
    between: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for one, other in segments:
        between[place[one][0]].append((place[one][1], place[other][1]))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for ends in between.values()
        for number, a in enumerate(ends)
        for b in ends[number + 1 :]
    )


def _by_barycentre(layer: Sequence[str], fixed: Sequence[str], beside: Mapping[str, list[str]]) -> list[str]:
    """Sorted by the mean place of the neighbours; items without any stay where they are."""
    place = {item: index for index, item in enumerate(fixed)}
    keys: dict[str, float] = {}
    for item in layer:
        places = [place[other] for other in beside.get(item, ()) if other in place]
        if places:
            keys[item] = sum(places) / len(places)
    moving = iter(sorted((item for item in layer if item in keys), key=lambda item: keys[item]))
    return [next(moving) if item in keys else item for item in layer]


def _swap(order: list[list[str]], left: Mapping[str, list[str]], right: Mapping[str, list[str]]) -> None:
    """Swap neighbours within layers as long as that takes crossings away."""
    place = {item: index for layer in order for index, item in enumerate(layer)}
    improved = True
    while improved:
        improved = False
        for layer in order:
            for index, (upper, lower) in enumerate(pairwise(list(layer))):
                if layer[index] != upper or layer[index + 1] != lower:
                    continue
                now = then = 0
                for beside in (left, right):
                    for a in beside.get(upper, ()):
                        for b in beside.get(lower, ()):
                            now += place[a] > place[b]
                            then += place[a] < place[b]
                if then < now:
                    layer[index], layer[index + 1] = lower, upper
                    place[upper], place[lower] = index + 1, index
                    improved = True
