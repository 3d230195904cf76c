"""A beginner believes that what belongs to the best value changes along with it.

The best value is replaced in the loop, and what is returned with it is not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in, own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import Function
from gradatim.tools.analysis.sign import Sign

TELLS = ("best-value-without-its-partner",)


def detect(case: Examination) -> Iterator[Sign]:
    """A name that is set beside the first best value, never replaced, and returned."""
    for loop, function in case.loops:
        if not isinstance(loop, ast.For) or function is None:
            continue
        for node in own_loop_nodes(loop):
            match node:
                case ast.If(
                    test=ast.Compare(), body=[ast.Assign(targets=[ast.Name(id=best)]) as replaced], orelse=[]
                ) if best in names_in(node.test):
                    pass
                case _:
                    continue
            for name in _returned(function) - {best}:
                if name in names_in(loop) or name in function.parameters or best not in function.binders:
                    continue
                if _first_of_both(case, function, name, best):
                    said = f"replaces `{best}` and leaves `{name}` as it was at the beginning."
                    line = replaced.lineno
                    yield of_line(case, "best-value-without-its-partner", line, 0.93, said)


def _returned(function: Function) -> set[str]:
    return {item.value.id for item in function.returns if isinstance(item.value, ast.Name)}


def _first_of_both(case: Examination, function: Function, name: str, best: str) -> bool:
    """Whether both names are started side by side, and the first one never changes."""
    if len(function.stores(name)) != 1:
        return False
    started, other = case.program.statement_of(function.stores(name)[0]), function.stores(best)[0]
    beside = case.program.statement_of(other)
    if started is None or beside is None or case.program.loops_around(started):
        return False
    return started is beside or case.program.next_of(started) is beside or case.program.next_of(beside) is started
