"""Heights in a layered picture: everything as near to its neighbours as the order and the distances allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_SWEEPS = 30


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands in a layer, or passes through it."""

    height: float
    anchor: float
    """Where lines meet it, from its top."""
    gap: float
    """Distance that it keeps from what stands below it."""


@dataclass(frozen=True, slots=True)
class Pull:
    """Two slots that should be at the same height."""

    one: str
    other: str
    strength: float = 1.0


def tops(layers: Sequence[Sequence[str]], slots: Mapping[str, Slot], pulls: Sequence[Pull]) -> dict[str, float]:
    """The top of every slot, with nothing overlapping.

    To and fro over the layers, each slot goes to the mean height of what pulls it, as far as the order lets it: the
    least squares under the distances, which is an isotonic regression (pool adjacent violators).

    Args:
        layers: Slots from left to right, in each layer from top to bottom.
        slots: Their sizes.
        pulls: What belongs at one height.
    """
    layer_of = {item: number for number, layer in enumerate(layers) for item in layer}
    beside: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for pull in pulls:
        beside[pull.one].append((pull.other, pull.strength))
        beside[pull.other].append((pull.one, pull.strength))
    top: dict[str, float] = {}
    for layer in layers:
        total = sum(slots[item].height + slots[item].gap for item in layer)
        y = -total / 2
        for item in layer:
            top[item] = y
            y += slots[item].height + slots[item].gap
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        last = sweep >= _SWEEPS - 2  # in the end both sides count
        for number in range(len(layers)) if forward else range(len(layers) - 1, -1, -1):
            wanted: list[float] = []
            weights: list[float] = []
            for item in layers[number]:
                pulled = [
                    (top[other] + slots[other].anchor - slots[item].anchor, strength)
                    for other, strength in beside[item]
                    if last or (layer_of[other] < number) == forward
                ]
                weight = sum(strength for _, strength in pulled)
                wanted.append(sum(y * strength for y, strength in pulled) / weight if weight else top[item])
                weights.append(weight or 0.1)
            top.update(_spread(layers[number], slots, wanted, weights))
    return top


def _spread(
    layer: Sequence[str], slots: Mapping[str, Slot], wanted: Sequence[float], weights: Sequence[float]
) -> dict[str, float]:
    """The tops nearest to those wanted that keep the order and the distances."""
    offsets: list[float] = []
    offset = 0.0
    for item in layer:
        offsets.append(offset)
        offset += slots[item].height + slots[item].gap
    blocks: list[tuple[float, float, int]] = []  # mean, weight, slots
    for want, weight, own in zip(wanted, weights, offsets, strict=True):
        mean, total, count = want - own, weight, 1
        while blocks and blocks[-1][0] > mean:
            before, heavy, several = blocks.pop()
            mean = (before * heavy + mean * total) / (heavy + total)
            total, count = heavy + total, several + count
        blocks.append((mean, total, count))
    levels = [mean for mean, _, count in blocks for _ in range(count)]
    return {item: level + own for item, level, own in zip(layer, levels, offsets, strict=True)}
