"""Parsons problems: put lines in order (Parsons and Haden, 2006), with lines that do not belong.

Lines that may stand in either order are put into one block, so that one order of blocks is right. Whether there is
another one is found out by execution (`gradatim.tools.items.orders`).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence

from gradatim.tools.items.families import Said
from gradatim.tools.items.item import Block
from gradatim.tools.items.kinds.draft import Draft, Wrong, signature, title_of
from gradatim.tools.items.kinds.writing import KEPT, found_out
from gradatim.tools.items.material import Material, Rival
from gradatim.tools.items.source import differing_lines
from gradatim.tools.items.testing import TestSet

LEAST_BLOCKS = 4
_VARIANTS = 4


def parsons(material: Material, tests: TestSet, rng: random.Random) -> Iterator[Draft]:
    """Put the lines of a function in order, without and with distractors."""
    blocks = blocks_of(material.program.code)
    rivals = found_out(material, tests)
    if len(blocks) < LEAST_BLOCKS or len(rivals) < 2:
        return
    offered = _distractors(material.program.code, rivals)
    for count in range(min(_VARIANTS, len(offered) + 1)):
        chosen = rng.sample(offered, count)
        extra = tuple(block for block, _ in chosen)
        wrong = [rival for _, rival in chosen] + [
            rival for rival in rivals if all(rival is not item for _, item in chosen)
        ]
        note = (Said.of("items.kind.parsons.distractors"),) if chosen else ()
        yield Draft(
            kind="parsons",
            material=material,
            title=title_of("parsons", material),
            prompt=(
                Said.of("items.kind.parsons.prompt", call=signature(material), does=material.program.does),
                *note,
            ),
            reference=material.program.code,
            answer=material.program.code,
            cases=tests.cases,
            wrong=tuple(Wrong(rival.code, rival.misconception) for rival in wrong[: max(KEPT, count)]),
            blocks=(*blocks, *extra),
            features={
                "steps": sum(material.steps[place] for place in tests.places) / len(tests.places),
                "blocks": math.lgamma(len(blocks) + 1),
                "distractors": float(count),
            },
        )


def blocks_of(code: str) -> tuple[Block, ...]:
    """Each line of a program as a block."""
    lines = [line for line in code.splitlines() if line.strip()]
    return tuple(Block(text=line.strip(), indent=(len(line) - len(line.lstrip())) // 4) for line in lines)


def assembled(blocks: Sequence[Block]) -> str:
    """The program that blocks in this order make."""
    lines = ["    " * block.indent + line for block in blocks for line in block.text.splitlines()]
    return "\n".join(lines) + "\n"


def _distractors(code: str, rivals: Sequence[Rival]) -> list[tuple[Block, Rival]]:
    """Lines that stand in a wrong program where one line of the right program stands; one for each line of it."""
    known = {block.text for block in blocks_of(code)}
    found: dict[int, tuple[Block, Rival]] = {}
    for rival in rivals:
        gone, come = differing_lines(code, rival.code)
        if len(gone) != 1 or len(come) != 1 or gone[0] in found:
            continue
        line = rival.code.splitlines()[come[0]]
        if line.strip() and line.strip() not in known:
            indent = (len(line) - len(line.lstrip())) // 4
            block = Block(text=line.strip(), indent=indent, misconception=rival.misconception)
            found[gone[0]] = (block, rival)
    return list(found.values())
