"""Making a change that works as small as it can be.

Ideas of delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", IEEE
Transactions on Software Engineering 28(2), 2002): leave out what can be left out, larger groups first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import combinations

from gradatim.tools.repair.pool.script import Atom, Script

Subset = frozenset[Atom]
Verify = Callable[[Script, Sequence[Subset]], Awaitable[list[bool]]]
"""Which of some subsets of a script's differences make every test pass."""
_PAIRS = 10
"""Most differences of which every two are tried to be left out together."""


def cost(subset: Subset) -> tuple[int, int]:
    """Lines that a subset touches, and differences in it."""
    return len({(atom.student, atom.donor) for atom in subset}), len(subset)


async def reduce(script: Script, start: Subset, verify: Verify, time_left: Callable[[], bool]) -> Subset:
    """The smallest subset that is found by leaving out differences, as long as every test passes.

    Args:
        start: Differences that together make every test pass.
        time_left: Asked before each round.
    """
    current = start
    groups = [group for group in script.groups() if group <= start]
    while time_left() and len(current) > 1:
        without: dict[Subset, None] = {}
        members = sorted(current, key=lambda atom: (atom.kind, atom.student, atom.donor, atom.place))
        if len(members) > 4:
            half = len(members) // 2
            without[frozenset(members[:half])] = None
            without[frozenset(members[half:])] = None
        for group in groups:
            without[current - group] = None
        for atom in members:
            without[current - {atom}] = None
        if len(members) <= _PAIRS:
            for two in combinations(members, 2):
                without[current - frozenset(two)] = None
        candidates = sorted((s for s in without if s and s != current), key=cost)
        passed = [s for s, ok in zip(candidates, await verify(script, candidates), strict=True) if ok]
        if not passed:
            break
        current = passed[0]
    return current
