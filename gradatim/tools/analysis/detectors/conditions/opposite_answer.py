"""A beginner states the opposite of the condition that is meant.

True comes for False throughout, or the two branches of an if come out exchanged.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, is_number, listed
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes
from gradatim.tools.analysis.patterns.accumulators import grows
from gradatim.tools.analysis.patterns.limits import ORDER, at_limit
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "comparison-direction-reversed",
    "inverted-condition",
)


def detect(case: Examination) -> Iterator[Sign]:
    """A single condition whose branches come out exchanged in every test."""
    yield from _others_kept(case)
    for function in case.functions:
        mine = [fact for fact in case.contrasts if fact.function == function.name]
        wrong = [fact for fact in mine if not fact.passed and fact.known]
        test = _only_condition(function)
        if test is None or len(wrong) < 2 or not _exchanged(wrong, function):
            continue
        text = case.program.text(test)
        tests = tuple(fact.test for fact in wrong)
        right = [fact for fact in mine if fact.passed]
        line = getattr(test, "lineno", function.line)
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ORDER):
            # At equality both directions agree as often as not: such tests may pass.
            ties = all(at_limit(test, case.bindings(fact, function), function) for fact in right)
            if ties:
                fact = f"Line {line}: `{text}` decides the result."
                yield Sign(
                    "comparison-direction-reversed",
                    (line,),
                    0.9,
                    fact,
                    f"The result is the opposite one in {name_tests(tests)}.",
                    tests,
                )
        elif not right:
            fact = f"Line {line}: `{text}` decides the result."
            yield Sign(
                "inverted-condition",
                (line,),
                0.9,
                fact,
                f"The result is the opposite one in {name_tests(tests)}, and no test passes.",
                tests,
            )


def _only_condition(function: Function) -> ast.expr | None:
    """The condition of a function that consists of one decision between two results."""
    body = function.body
    match body:
        case [ast.Return(value=ast.Compare() as test)]:
            return test
        case [ast.Return(value=ast.IfExp(test=test))]:
            return test
        case [ast.If(test=test, body=[ast.Return()], orelse=[ast.Return()])]:
            return test
        case [ast.If(test=test, body=[ast.Return()], orelse=[]), ast.Return()]:
            return test
        case _:
            return None


def _exchanged(wrong: list[Contrast], function: Function) -> bool:
    if all(fact.opposite for fact in wrong):
        return True
    constants = {
        node.value.value
        for node in function.returns
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str | int)
    }
    if len(constants) == 2:
        return all({fact.expected, fact.actual} == constants for fact in wrong if _plain(fact)) and all(
            map(_plain, wrong)
        )
    names = [node.value.id for node in function.returns if isinstance(node.value, ast.Name)]
    if len(names) == 2 and len(function.returns) == 2 and set(names) == set(function.parameters[:2]):
        return all(
            fact.arguments is not None
            and [fact.expected, fact.actual] in (list(fact.arguments), list(fact.arguments)[::-1])
            for fact in wrong
        )
    return False


def _plain(fact: Contrast) -> bool:
    return isinstance(fact.expected, str | int) and isinstance(fact.actual, str | int)


def _others_kept(case: Examination) -> Iterator[Sign]:
    """A loop that counts or keeps exactly the items that it should leave out."""
    for loop, function in case.loops:
        facts = case.wrong_of(function)
        match loop:
            case ast.For(body=[ast.If(test=test, body=inner, orelse=[]) as choice]):
                pass
            case _:
                continue
        grown = {name for node in body_nodes(inner) if (name := grows(node)) is not None}
        if not grown or len(facts) < 2 or not all(_complement(fact) for fact in facts):
            continue
        tests = tuple(fact.test for fact in facts)
        fact = f"Line {choice.lineno}: `{case.program.text(test)}` decides which items count."
        why = f"Exactly the other items were wanted in {name_tests(tests)}."
        yield Sign("inverted-condition", (choice.lineno,), 0.88, fact, why, tests)


def _complement(fact: Contrast) -> bool:
    """Whether what came and what was wanted make up all the items of an argument."""
    if is_number(fact.expected) and is_number(fact.actual):
        both = cast(float, fact.expected) + cast(float, fact.actual)
        return any(len(found) == both for found in fact.sequences_in)
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None:
        return False
    return any(sorted(map(repr, [*wanted, *got])) == sorted(map(repr, found)) for found in fact.sequences_in)
