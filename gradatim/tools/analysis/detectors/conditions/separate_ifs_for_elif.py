"""A beginner believes that ifs below each other exclude each other.

A second if replaces what the first has decided, or prints a second time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import chain, leaves, names_in
from gradatim.tools.analysis.patterns.limits import covers
from gradatim.tools.analysis.sign import Sign

TELLS = ("separate-ifs-for-elif",)


def detect(case: Examination) -> Iterator[Sign]:
    """Ifs below each other of which a later one replaces what an earlier one decided."""
    for node, function in case.places:
        if not isinstance(node, ast.If) or leaves(node.body):
            continue
        after = case.program.next_of(node)
        if not isinstance(after, ast.If) or (
            isinstance(above := case.program.parent(node), ast.If) and node in above.orelse
        ):
            continue
        shared = _decided(node.body) & _decided(after.body)
        prints = _printing(node.body) and _printing(after.body)
        if not names_in(node.test) & names_in(after.test) or shared & names_in(after.test):
            continue
        replaced = bool(shared) and (
            (bool(after.orelse) and shared <= _decided_last(after)) or covers(after.test, node.test)
        )
        tests = tuple(item.test for item in case.wrong_of(function))
        both = [test for test in tests if case.ran_in(test, node.body[0].lineno) is not False]
        if replaced and both:
            name = min(shared)
            fact = (
                f"Line {after.lineno}: this if is tested also after the if of line {node.lineno} has "
                f"set `{name}`, and sets it anew."
            )
            yield Sign(
                "separate-ifs-for-elif",
                (after.lineno, node.lineno),
                0.92,
                fact,
                f"Both ifs are run in {name_tests(both)}.",
                tuple(both),
            )
            return
        extra = [
            item.test
            for item in case.wrong_of(function)
            if item.output and _extra_lines(str(item.expected), str(item.actual))
        ]
        if prints and after.orelse and _printing(after.orelse) and extra:
            fact = (
                f"Line {after.lineno}: this if, with its else, is run also when the if of line "
                f"{node.lineno} has printed."
            )
            yield Sign(
                "separate-ifs-for-elif",
                (after.lineno, node.lineno),
                0.9,
                fact,
                f"A second line is printed in {name_tests(extra)}.",
                tuple(extra),
            )
            return


def _decided(block: Sequence[ast.stmt]) -> frozenset[str]:
    """Names that a block sets to a value of its own (not computed from the old one)."""
    return frozenset(
        target.id
        for item in block
        if isinstance(item, ast.Assign)
        for target in item.targets
        if isinstance(target, ast.Name) and target.id not in names_in(item.value)
    )


def _decided_last(statement: ast.If) -> frozenset[str]:
    """Names that every branch of a chain sets."""
    links, other = chain(statement)
    sets = [_decided(link.body) for link in links] + [_decided(other)]
    return frozenset(name for name in sets[0] if all(name in found for found in sets))


def _printing(block: Sequence[ast.stmt]) -> bool:
    match block:
        case [ast.Expr(value=ast.Call(func=ast.Name(id="print")))]:
            return True
        case [ast.If(body=body, orelse=orelse)]:
            return _printing(body) and (not orelse or _printing(orelse))
        case _:
            return False


def _extra_lines(expected: str, actual: str) -> bool:
    wanted, got = expected.split("\n"), iter(actual.split("\n"))
    return len(actual.split()) > len(expected.split()) and all(line in got for line in wanted)
