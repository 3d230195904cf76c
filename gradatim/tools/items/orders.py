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

    Tried are all orders in which two blocks have changed places or one has moved, and those in which two neighbouring
    statements have, each with all that stands in it: two loops, two methods.

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
    if await _belong(sandbox, draft, right, distractors):
        return None
    return replace(draft, blocks=(*right, *distractors))


async def _belong(sandbox: Sandbox, draft: Draft, right: Sequence[Block], distractors: Sequence[Block]) -> bool:
    """Whether a block that should not belong makes a right program in the place of some block."""
    programs = [
        assembled([*right[:place], distractor, *right[place + 1 :]])
        for distractor in distractors
        for place in range(len(right))
        if right[place].indent == distractor.indent
    ]
    wanted, *found = await _answers(sandbox, draft, [assembled(right), *(code for code in programs if _compiles(code))])
    return any(answers == wanted for answers in found)


async def _answers(sandbox: Sandbox, draft: Draft, codes: Sequence[str]) -> list[tuple[str, ...]]:
    """What programs give for the calls of the tests: the same texts are the same results."""
    probes = tuple(Probe.call(case.call, _SECONDS) for case in draft.cases if case.call is not None)
    return [result.answers for result in await sandbox.run_batch(Batch(tuple(codes), probes))]


async def _also_right(sandbox: Sandbox, draft: Draft, blocks: Sequence[Block]) -> list[int | None]:
    """For each other order that is right: the place of the neighbours of one indentation that it exchanges, else
    `None`."""
    code = assembled(blocks)
    orders: dict[str, int | None] = {}
    for order, pair in _orders(blocks):
        text = assembled([blocks[place] for place in order])
        if text != code and text not in orders and _compiles(text):
            orders[text] = pair
    wanted, *found = await _answers(sandbox, draft, [code, *orders])
    return [pair for pair, answers in zip(orders.values(), found, strict=True) if answers == wanted]


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
    for start in range(count):
        middle = _end(blocks, start)
        end = _end(blocks, middle) if middle < count and blocks[middle].indent == blocks[start].indent else middle
        if end > middle and end - start > 2:
            yield [*range(start), *range(middle, end), *range(start, middle), *range(end, count)], None


def _end(blocks: Sequence[Block], start: int) -> int:
    """Where the statement that begins with a block ends: the next block that stands as far to the left."""
    following = range(start + 1, len(blocks))
    return next((place for place in following if blocks[place].indent <= blocks[start].indent), len(blocks))


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
