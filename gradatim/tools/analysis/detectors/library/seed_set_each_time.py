"""A beginner believes that the seed has to be set each time a random number is wanted.

A fixed seed is set where numbers are drawn again and again.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, constant_number
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("seed-before-every-number",)


def detect(case: Examination) -> Iterator[Sign]:
    """A fixed seed in a loop, or in a function that is called several times."""
    for node, function in case.places:
        if library_call(case.program, node, "random") != "seed" or not isinstance(node, ast.Call) or not node.args:
            continue
        if constant_number(node.args[0]) is None and text_constant(node.args[0]) is None:
            continue
        loops = case.program.loops_around(node)
        drawn = [item for loop in loops for item in ast.walk(loop)] or (function.nodes if function is not None else ())
        names = {library_call(case.program, item, "random") for item in drawn} - {None, "seed"}
        if names and (loops or (function is not None and _called_again(case, function))):
            said = "puts the generator back to the same beginning each time."
            yield of_line(case, "seed-before-every-number", node.lineno, 0.92, said)


def _called_again(case: Examination, function: Function) -> bool:
    """Whether the program calls a function in a loop or comprehension, or in several places."""
    calls = [node for node in case.program.nodes if called_name(node) == function.name]
    repeated = any(
        case.program.loops_around(call)
        or any(isinstance(above, ast.ListComp | ast.GeneratorExp) for above in case.program.ancestors(call))
        for call in calls
    )
    return repeated or len(calls) > 1
