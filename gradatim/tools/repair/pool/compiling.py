"""Parsing and compiling what students write, without the warnings that Python gives about it."""

from __future__ import annotations

import ast
import warnings


def tree_of(code: str) -> ast.Module | None:
    """The syntax tree; `None` where there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def stops_at(code: str) -> int | None:
    """Line at which the compiler stops (1 where it does not say); `None` when it does not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(code, "program", "exec", dont_inherit=True)
        except SyntaxError as error:
            return max(1, error.lineno or 1)
        except (ValueError, RecursionError, MemoryError):
            return 1
    return None
