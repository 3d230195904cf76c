"""The misconception that a change speaks for."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a change.

    Attributes:
        misconception: Its id in the concept graph.
        subject: What is changed and where, as the subject of a sentence, without what stands there afterwards.
        strength: How likely the misconception is, given that the change makes every test pass, in [0, 1].
    """

    misconception: str
    subject: str
    strength: float


def shifted(old: ast.AST | None, new: ast.AST | None) -> int | None:
    """By how much a number grew, or by which constant an expression was changed (`n` to `n + 1` is 1)."""
    base, first = _split(old)
    other, second = _split(new)
    if base is None or other is None:
        return None
    if ast.dump(base) != ast.dump(other):
        return None
    return second - first


_ZERO = ast.Constant(value=0)


def _split(node: ast.AST | None) -> tuple[ast.AST | None, int]:
    """An expression as a part without a constant and a constant."""
    match node:
        case ast.Constant(value=bool()):
            return None, 0
        case ast.Constant(value=int() as number):
            return _ZERO, number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
            return _ZERO, -number
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=int() as number)):
            return left, number
        case ast.BinOp(left=left, op=ast.Sub(), right=ast.Constant(value=int() as number)):
            return left, -number
        case ast.expr():
            return node, 0
        case _:
            return None, 0
