"""Drawing new calls: each pattern of the tests with new arguments at its places."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from gradatim.tools.inputs.calls import Call, Pattern, Site
from gradatim.tools.inputs.relations import Relations
from gradatim.tools.inputs.shapes import Shape, learn

_Signature = tuple[Site, ...]


class CallDrawer:
    """Draws calls like those of a task's tests.

    Args:
        patterns: What the tests evaluate; at least one.
    """

    def __init__(self, patterns: tuple[Pattern, ...]) -> None:
        self._patterns = patterns
        values: dict[Site, list[Any]] = {}
        rows: dict[_Signature, list[tuple[Any, ...]]] = {}
        for pattern in patterns:
            for call in pattern.calls:
                rows.setdefault(_signature(call), []).append(tuple(value for _, value in call.arguments))
                for site, value in call.arguments:
                    values.setdefault(site, []).append(value)
        self._shapes: dict[Site, Shape] = {site: learn(seen) for site, seen in values.items()}
        self._relations = {signature: Relations.learn(calls) for signature, calls in rows.items()}

    @property
    def own(self) -> tuple[str, ...]:
        """The tests' own calls."""
        return tuple(dict.fromkeys(pattern.source() for pattern in self._patterns))

    def draw(self, rng: random.Random) -> Iterator[str]:
        """New calls without end, functions in the proportion of the tests; some of them may repeat."""
        if not any(pattern.calls for pattern in self._patterns):
            return
        usable = [pattern for pattern in self._patterns if pattern.calls]
        while True:
            pattern = rng.choice(usable)
            yield pattern.fill([self._arguments(call, rng) for call in pattern.calls])

    def _arguments(self, call: Call, rng: random.Random) -> list[Any]:
        drawn = [
            value if len(call.arguments) > 1 and rng.random() < 0.15 else self._shapes[site].draw(rng)
            for site, value in call.arguments
        ]
        self._relations[_signature(call)].impose(drawn, rng)
        return drawn


def _signature(call: Call) -> _Signature:
    return tuple(site for site, _ in call.arguments)
