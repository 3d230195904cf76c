"""A statement whose truth is known before anybody checks it, and how facts are turned into false ones."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gradatim.domain import Claim
from gradatim.evals.hallucination.material import Name


@dataclass(frozen=True, slots=True)
class KnownStatement:
    """A claim, and where that is natural a sentence, that is known to be true or false.

    Attributes:
        name: The program that it speaks of.
        group: What must not lie in two folds of a cross-validation: a task, or a concept.
        false: Whether it is false, by execution or by the concept graph.
        change: What was done to a fact to get it: `value`, `line`, `negation`, …; `fact` where nothing was.
    """

    name: Name
    group: str
    claim: Claim
    sentence: str | None
    false: bool
    change: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim with its sentence and with what makes it different from a fact."""

    claim: Claim
    sentence: str | None
    change: str = "fact"


def other_literal(literal: str, draw: random.Random) -> str | None:
    """A Python literal of the same type with another value; `None` for what is no literal.

    Example:
        >>> other_literal("True", random.Random(0))
        'False'
    """
    try:
        value: Any = ast.literal_eval(literal)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    choices = [item for item in _others(value) if item != value]
    return repr(draw.choice(choices)) if choices else None


def _others(value: Any) -> Iterator[Any]:
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value - 1, value + 10, -value - 2)
        case float():
            yield from (value + 1.0, value * 2 + 1, value - 0.5)
        case str():
            yield from (value + "x", value[1:] or "none", value.upper() if value.lower() == value else value.lower())
        case list() | tuple():
            items: list[Any] = list(value)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
            empty: list[Any] = [0]
            for other in ([*items, items[-1]], items[:-1]) if items else (empty,):
                yield other if isinstance(value, list) else tuple(other)
        case dict():
            pairs: dict[Any, Any] = dict(value)  # pyright: ignore[reportUnknownArgumentType,reportUnknownVariableType]
            yield {**pairs, "other": 1}
            yield {}
        case None:
            yield from (0, "", False)
        case _:
            return
