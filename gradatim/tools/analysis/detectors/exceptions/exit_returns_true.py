"""A beginner believes that `__exit__` should return True when it has done its work.

It always returns True, so that every exception of the block disappears.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.exceptions import not_raised
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("exit-returns-true-for-success",)


def detect(case: Examination) -> Iterator[Sign]:
    """An `__exit__` that returns True whatever has happened."""
    lost = not_raised(case) or case.failed_ids
    for function in case.program.functions:
        if function.name != "__exit__" or function.owner is None:
            continue
        returned = function.returns
        always = len(returned) == 1 and isinstance(returned[0].value, ast.Constant) and returned[0].value.value is True
        looked_at = any(function.loads(name) for name in function.parameters[1:])
        if always and not looked_at and returned[0] in function.node.body:
            said = "makes every exception of the with block disappear."
            found = of_line(case, "exit-returns-true-for-success", returned[0].lineno, 0.93, said, anywhere=True)
            yield replace(found, tests=tuple(lost))
