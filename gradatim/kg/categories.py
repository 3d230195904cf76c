"""The names under which a program's error is filed, and how they contain one another.

A category is the name of a built-in exception, or one of the names in `OTHER_CATEGORIES` for a program that
runs but does not do what it should.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from functools import cache

OTHER_CATEGORIES = frozenset({"logical", "timeout", "no-output", "wrong-output-format", "wrong-return-type"})
"""Categories that are not exceptions."""


def is_category(name: str) -> bool:
    """Whether a misconception may name this as an error in which it shows."""
    return name in OTHER_CATEGORIES or is_exception(name)


def is_exception(name: str) -> bool:
    """Whether this names a built-in exception that a program can end with."""
    return bool(_ancestry(name))


def family(errors: Iterable[str]) -> frozenset[str]:
    """The given categories and every wider one: `UnboundLocalError` is also a `NameError`.

    `Exception` and what stands above it are left out: they would make everything related to everything.
    """
    return frozenset(wider for error in errors for wider in (error, *_ancestry(error)))


@cache
def _ancestry(name: str) -> tuple[str, ...]:
    kind = getattr(builtins, name, None)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        return ()
    return tuple(base.__name__ for base in kind.__mro__ if issubclass(base, Exception) and base is not Exception)
