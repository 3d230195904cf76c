"""Exceptions that a test wanted and did not get."""

from __future__ import annotations

import ast
import builtins

from gradatim.tools.analysis.examination import Examination


def is_exception(name: str | None) -> bool:
    kind = getattr(builtins, name or "", None)
    return isinstance(kind, type) and issubclass(kind, BaseException)


def not_raised(case: Examination) -> tuple[str, ...]:
    """Failing tests that wanted an exception and got a value."""
    by_test = {item.test: item for item in case.failing}
    return tuple(test for test in case.failed_ids if case.task.test(test).raises and by_test[test].status == "failed")


def caught_by(handler: ast.ExceptHandler) -> tuple[type[BaseException], ...]:
    """Python's own exceptions that an except clause names; empty if it names others, or catches everything."""
    match handler.type:
        case ast.Tuple(elts=named):
            pass
        case ast.expr() as one:
            named = [one]
        case None:
            return ()
    kinds = [getattr(builtins, item.id, None) for item in named if isinstance(item, ast.Name)]
    found = tuple(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseException))
    return found if len(found) == len(named) else ()
