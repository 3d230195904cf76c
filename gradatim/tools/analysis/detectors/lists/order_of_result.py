"""A beginner believes that a set keeps the order of its items, or sorts the wrong way round.

The right items come in another order.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import body_nodes, called_name, method_called
from gradatim.tools.analysis.sign import Sign

TELLS = (
    "comparison-direction-reversed",
    "dedup-loses-order",
    "set-keeps-order",
    "sort-order-reversed",
)


def detect(case: Examination) -> Iterator[Sign]:
    """The right items in the wrong order: by a set, or by sorting the other way."""
    for function in case.functions:
        facts = [fact for fact in case.wrong if fact.function == function.name]
        shuffled = tuple(fact.test for fact in facts if _same_items(fact))
        if not shuffled or len(shuffled) < len(facts):
            continue
        through_set = next(
            (n for n in function.nodes if called_name(n) == "set" or isinstance(n, ast.Set | ast.SetComp)), None
        )
        ordered = any(
            called_name(node) in ("sorted", "reversed") or (method_called(node) or (None, ""))[1] == "sort"
            for node in function.nodes
        )
        if through_set is not None and not ordered:
            line = cast(ast.expr, through_set).lineno
            fact = f"Line {line}: `{case.program.line(line)}` puts the items through a set, which keeps no order."
            name = "dedup-loses-order" if _had_duplicates(facts) else "set-keeps-order"
            yield Sign(
                name, (line,), 0.9, fact, f"The right items come in another order in {name_tests(shuffled)}.", shuffled
            )
            continue
        backwards = tuple(fact.test for fact in facts if fact.backwards)
        if len(backwards) < len(facts) or not all(_is_sorted(fact) for fact in facts):
            continue
        for node in function.nodes:
            call = method_called(node)
            by_function = called_name(node) == "sorted"
            if by_function or (call is not None and call[1] == "sort"):
                line = cast(ast.expr, node).lineno
                fact = f"Line {line}: `{case.program.line(line)}` decides the order of the result."
                yield Sign(
                    "sort-order-reversed",
                    (line,),
                    0.92,
                    fact,
                    f"The order is exactly reversed in {name_tests(backwards)}.",
                    backwards,
                )
                return
            if (
                isinstance(node, ast.If | ast.While)
                and isinstance(node.test, ast.Compare)
                and _compares_items(node.test)
                and _swaps(node)
            ):
                fact = f"Line {node.lineno}: `{case.program.text(node.test)}` decides which items change places."
                yield Sign(
                    "comparison-direction-reversed",
                    (node.lineno,),
                    0.88,
                    fact,
                    f"The order is exactly reversed in {name_tests(backwards)}.",
                    backwards,
                )
                yield Sign(
                    "sort-order-reversed",
                    (node.lineno,),
                    0.8,
                    fact,
                    f"The order is exactly reversed in {name_tests(backwards)}.",
                    backwards,
                )
                return


def _compares_items(node: ast.Compare) -> bool:
    return any(isinstance(side, ast.Subscript) for side in (node.left, *node.comparators)) and any(
        isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for op in node.ops
    )


def _swaps(node: ast.If | ast.While) -> bool:
    return any(isinstance(item, ast.Subscript) and isinstance(item.ctx, ast.Store) for item in body_nodes(node.body))


def _same_items(fact: Contrast) -> bool:
    pieces = None if fact.output or isinstance(fact.expected, str) else fact.pieces
    if pieces is None:
        return False
    wanted, got = pieces
    return list(wanted) != list(got) and sorted(map(repr, wanted)) == sorted(map(repr, got))


def _is_sorted(fact: Contrast) -> bool:
    pieces = fact.pieces
    if pieces is None:
        return False
    wanted = list(pieces[0])
    try:
        ascending = sorted(wanted)  # type: ignore[type-var]
    except TypeError:
        return False
    return wanted in (ascending, ascending[::-1])


def _had_duplicates(facts: list[Contrast]) -> bool:
    return any(len({repr(item) for item in found}) < len(found) for fact in facts for found in fact.sequences_in)
