"""A beginner confuses which way a comparison has to point for a larger record.

The smallest item comes where the largest was wanted, or the reverse.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import is_number
from gradatim.tools.analysis.examination import Examination, name_tests
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.patterns.records import record_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("comparison-direction-reversed",)


def detect(case: Examination) -> Iterator[Sign]:
    """The smallest found where the largest was wanted, by the comparison's direction."""
    for function in case.functions:
        facts = [fact for fact in case.wrong_of(function) if fact.function == function.name]
        swapped = [fact.test for fact in facts if _other_extreme(fact.expected, fact.actual, fact.sequences_in)]
        if not swapped or len(swapped) < len(facts):
            continue
        handed_out = {name for item in function.returns if item.value is not None for name in names_in(item.value)}
        for node in function.nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)]):
                    record = record_of(function, name)
                case _:
                    continue
            if record is not None and name in handed_out:
                line = record[0].lineno
                fact = f"Line {line}: `{case.program.text(record[0].test)}` decides which item is kept."
                yield Sign(
                    "comparison-direction-reversed",
                    (line,),
                    0.94,
                    fact,
                    f"The opposite extreme comes out in {name_tests(swapped)}.",
                    tuple(swapped),
                )
                break


def _other_extreme(expected: object, actual: object, sequences: tuple[object, ...]) -> bool:
    for found in sequences:
        values = cast("list[object]", found)
        if not values or isinstance(values, str) or expected == actual:
            continue
        if all(is_number(value) for value in values):
            sizes = {value: cast(float, value) for value in values}
        elif all(isinstance(value, str) for value in values):
            sizes = {value: float(len(cast(str, value))) for value in values}
        else:
            continue
        if expected not in values or actual not in values:
            continue
        if {sizes[expected], sizes[actual]} == {max(sizes.values()), min(sizes.values())}:
            return True
    return False
