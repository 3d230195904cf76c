"""Misconceptions about totals of several rows, entries of dictionaries, and the last step of a calculation."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, is_number, listed, mapped
from gradatim.tools.analysis.detectors.accumulators import grows, starts
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import (
    body_nodes,
    constant_number,
    same,
)
from gradatim.tools.analysis.sign import Sign


def entry_started_wrongly(case: Examination) -> Iterator[Sign]:
    """An entry of a dictionary that starts with a value off by one, or is started anew in every round."""
    for loop, function in case.loops:
        facts = case.wrong_of(function)
        for node in body_nodes(loop.body):
            match node:
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name)) as entry], value=value):
                    number = constant_number(value)
                case _:
                    continue
            grown = any(
                isinstance(item, ast.AugAssign) and isinstance(item.op, ast.Add) and same(item.target, entry)
                for item in body_nodes(loop.body)
            )
            tests = tuple(fact.test for fact in facts)
            if number is None or not grown or not facts:
                continue
            text = case.program.line(node.lineno)
            if node in loop.body and number in (0, 1):
                fact = (
                    f"Line {node.lineno}: `{text}` starts the entry anew in every round of the loop of "
                    f"line {loop.lineno}."
                )
                why = f"The result is wrong in {name_tests(tests)}."
                yield Sign("initialise-inside-loop", (node.lineno,), 0.9, fact, why, tests)
            elif all(_all_off_by(fact, 1) for fact in facts):
                fact = f"Line {node.lineno}: `{text}` starts an entry of {name} at {number}."
                why = f"Every entry is one too small in {name_tests(tests)}."
                yield Sign("wrong-initial-value", (node.lineno,), 0.93, fact, why, tests)


def _all_off_by(fact: Contrast, gap: int) -> bool:
    """Whether two dictionaries have the same keys and all wanted values are larger by `gap`."""
    wanted, got = mapped(fact.expected), mapped(fact.actual)
    if not wanted or got is None or wanted.keys() != got.keys():
        return False
    pairs = [(wanted[key], got[key]) for key in wanted]
    return all(is_number(a) and is_number(b) and cast(float, a) - cast(float, b) == gap for a, b in pairs)


def total_carried_over(case: Examination) -> Iterator[Sign]:
    """A total for each row that is never set back, so that every row contains the ones before it."""
    for loop, function in case.loops:
        facts = case.wrong_of(function)
        tests = tuple(fact.test for fact in facts if _running_sums(fact))
        if not tests or len(tests) < len(facts):
            continue
        inner = [node for node in loop.body if isinstance(node, ast.For | ast.While)]
        for name in sorted({grown for part in inner for node in body_nodes(part.body) if (grown := grows(node))}):
            inits = [s for f, n, _, s in starts(case) if n == name and f is function]
            if inits and not any(isinstance(s, ast.Assign) and _assigns(s, name) for s in loop.body):
                line = inits[0].lineno
                fact = (
                    f"Line {line}: `{case.program.line(line)}` stands before the loop of line "
                    f"{loop.lineno}, so `{name}` is set only once."
                )
                why = f"Each result contains the ones before it in {name_tests(tests)}."
                yield Sign("statement-wrongly-outside-loop", (line, loop.lineno), 0.93, fact, why, tests)


def _assigns(statement: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)


def _running_sums(fact: Contrast) -> bool:
    """Whether a list came whose items are the sums of the wanted items so far."""
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or wanted == got or len(wanted) != len(got):
        return False
    if not all(is_number(item) for item in wanted):
        return False
    return list(itertools.accumulate(cast("list[float]", wanted))) == got


def finished_inside_loop(case: Examination) -> Iterator[Sign]:
    """The last step of a calculation done in every round: a division of the total, or storing it."""
    for loop, function in case.loops:
        facts = case.wrong_of(function)
        totals = {name for part in loop.body if isinstance(part, ast.AugAssign) and (name := grows(part)) is not None}
        for part in loop.body:
            if _divides(part, totals) or (_stores(part, totals) and all(_longer_by_steps(fact) for fact in facts)):
                tests = tuple(fact.test for fact in facts)
            else:
                continue
            if tests:
                text = case.program.line(part.lineno)
                fact = f"Line {part.lineno}: `{text}` is done in every round of the loop of line {loop.lineno}."
                why = f"The result is wrong in {name_tests(tests)}."
                yield Sign("statement-wrongly-inside-loop", (part.lineno,), 0.92, fact, why, tests)


def _divides(part: ast.stmt, totals: set[str]) -> bool:
    """Whether a statement is `total = total / …`."""
    match part:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(left=ast.Name(id=left), op=op)):
            return name == left and name in totals and isinstance(op, ast.Div | ast.FloorDiv)
        case _:
            return False


def _stores(part: ast.stmt, totals: set[str]) -> bool:
    """Whether a statement is `results.append(total)`."""
    match part:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[ast.Name(id=name)])):
            return name in totals
        case _:
            return False


def _longer_by_steps(fact: Contrast) -> bool:
    """Whether the wanted items came in order, with others between them."""
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or len(got) <= len(wanted):
        return False
    rest = iter(got)
    return all(item in rest for item in wanted)
