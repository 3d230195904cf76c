"""Edits of a beginner's kind: each module is a family, a generator of candidates from a program.

An edit changes the text of exactly what it must change; the rest keeps its format and its comments. Which kinds there
are, and their priors, follow what beginners get wrong: comparisons and bounds first, then variables, returns, nesting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.operators import arithmetic, blocks, calls, comparisons, guards, loops, names, returns
from gradatim.tools.repair.source import Source

Family = Callable[[Source], Iterator[Candidate]]
FAMILIES: tuple[Family, ...] = (
    comparisons.candidates,
    loops.candidates,
    returns.candidates,
    names.candidates,
    blocks.candidates,
    arithmetic.candidates,
    calls.candidates,
    guards.candidates,
)


def edits(source: Source) -> list[Candidate]:
    """All candidates that are one edit away, best prior first; each program once."""
    if source.program.tree is None:
        return []
    best: dict[str, Candidate] = {}
    for family in FAMILIES:
        for candidate in family(source):
            known = best.get(candidate.code)
            if known is None or candidate.prior > known.prior:
                best[candidate.code] = candidate
    best.pop(source.text, None)
    return sorted(best.values(), key=lambda item: -item.prior)
