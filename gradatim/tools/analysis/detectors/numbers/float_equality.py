"""A beginner believes that decimal fractions are added exactly.

A loop waits for a sum of decimal fractions to equal a number.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.sign import Sign

TELLS = ("float-equality",)


def detect(case: Examination) -> Iterator[Sign]:
    """A loop that waits for a sum of decimal fractions to equal a number exactly."""
    for loop, _ in case.loops:
        match loop:
            case ast.While(test=ast.Compare(left=ast.Name(id=name), ops=[ast.NotEq()])):
                pass
            case ast.While(test=ast.UnaryOp(op=ast.Not(), operand=ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()]))):
                pass
            case _:
                continue
        for node in ast.walk(loop):
            match node:
                case (
                    ast.AugAssign(target=ast.Name(id=target), value=ast.Constant(value=float() as step))
                    | ast.Assign(
                        targets=[ast.Name(id=target)],
                        value=ast.BinOp(
                            left=ast.Name(), op=ast.Add() | ast.Sub(), right=ast.Constant(value=float() as step)
                        ),
                    )
                ) if target == name:
                    if step != int(step) and case.timed_out:
                        fact = (
                            f"Line {loop.lineno}: `{case.program.text(loop.test)}` waits for an exact "
                            f"float that line {node.lineno} builds in steps of {step}."
                        )
                        yield Sign(
                            "float-equality",
                            (loop.lineno, node.lineno),
                            0.93,
                            fact,
                            f"Time ran out in {name_tests(case.timed_out)}.",
                            case.timed_out,
                        )
                case _:
                    continue
