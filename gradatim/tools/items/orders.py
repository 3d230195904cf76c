"""Other right orders of a Parsons problem, found by execution."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gradatim.tools.items.item import Block
from gradatim.tools.items.kinds.draft import Draft
from gradatim.tools.items.kinds.ordering import LEAST_BLOCKS, assembled, blocks_of
from gradatim.tools.items.source import differing_lines
from gradatim.tools.sandbox import Batch, Probe, Sandbox

_SECONDS = 0.05
_ROUNDS = 6


async def with_one_order(sandbox: Sandbox, draft: Draft) -> Draft | None:
    """The problem with lines that may stand in either order put into one block.

    Tried are all orders in which two blocks have changed places or one has moved.

    Returns:
        `None` where another order is right that cannot be taken away so, or too few blocks are left.

    Raises:
        SandboxError: Programs cannot be run safely here.
    """
    right = [block for block in draft.blocks if block.misconception is None]
    for _ in range(_ROUNDS):
        others = await _also_right(sandbox, draft, right)
        if not others:
            break
        pair = next((pair for pair in others if pair is not None), None)
        if pair is None:
            return None
        one, other = right[pair], right[pair + 1]
        right[pair : pair + 2] = [Block(text=f"{one.text}\n{other.text}", indent=one.indent)]
    else:
        return None
    if len(right) < LEAST_BLOCKS:
        return None
    distractors = _distractors(draft, right)
    return replace(draft, blocks=(*right, *distractors))


async def _also_right(sandbox: Sandbox, draft: Draft, blocks: Sequence[Block]) -> list[int | None]:
    """For each other order that is right: the place of the neighbours of one indentation that it exchanges, else
    `None`."""
    code = assembled(blocks)
    orders: dict[str, int | None] = {}
    for order, pair in _orders(blocks):
        text = assembled([blocks[place] for place in order])
        if text != code and text not in orders and _compiles(text):
            orders[text] = pair
    probes = tuple(Probe.call(case.call, _SECONDS) for case in draft.cases if case.call is not None)
    found = await sandbox.run_batch(Batch((code, *orders), probes))
    wanted = found[0].answers
    return [pair for pair, result in zip(orders.values(), found[1:], strict=True) if result.answers == wanted]


def _orders(blocks: Sequence[Block]) -> Iterator[tuple[list[int], int | None]]:
    """Orders of the places, each with the first of two neighbours that it exchanges where it does nothing else."""
    count = len(blocks)
    for one in range(count):
        for other in range(count):
            if one == other:
                continue
            moved = [place for place in range(count) if place != one]
            moved.insert(other, one)
            pair = one if other == one + 1 and blocks[one].indent == blocks[other].indent else None
            yield moved, pair
            if other > one + 1:
                swapped = list(range(count))
                swapped[one], swapped[other] = other, one
                yield swapped, None


def _compiles(code: str) -> bool:
    try:
        ast.parse(code)
    except SyntaxError:
        return False
    return True


def _distractors(draft: Draft, right: Sequence[Block]) -> list[Block]:
    """The distractors, each as long as the block in whose place it stands."""
    count = sum(block.misconception is not None for block in draft.blocks)
    found: list[Block] = []
    for wrong in draft.wrong[:count]:
        lines = blocks_of(wrong.code)
        reference = [line for line in draft.reference.splitlines() if line.strip()]
        gone, _ = differing_lines("\n".join(reference), "\n".join("    " * b.indent + b.text for b in lines))
        start = 0
        for block in right:
            length = len(block.text.splitlines())
            if start <= gone[0] < start + length:
                own = lines[start : start + length]
                text = "\n".join("    " * (line.indent - own[0].indent) + line.text for line in own)
                found.append(Block(text=text, indent=own[0].indent, misconception=wrong.misconception))
            start += length
    return found
