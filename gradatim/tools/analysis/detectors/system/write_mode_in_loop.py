"""A beginner believes that opening a file with mode "w" goes on where its text ended.

A file is opened anew with "w" in every round of a loop.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, names_in
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.patterns.values import text_constant
from gradatim.tools.analysis.program import stored_names
from gradatim.tools.analysis.sign import Sign

TELLS = ("write-mode-appends",)


def detect(case: Examination) -> Iterator[Sign]:
    """One file opened for writing in each round."""
    for node, _ in case.places:
        if called_name(node) != "open" or not isinstance(node, ast.Call) or len(node.args) < 2:
            continue
        loops = case.program.loops_around(node)
        bound = {name for loop in loops for inner in ast.walk(loop) for name in stored_names(inner)}
        if text_constant(node.args[1]) == "w" and loops and not names_in(node.args[0]) & bound:
            said = 'opens the file with mode "w" in each round, which empties it first.'
            yield of_line(case, "write-mode-appends", node.lineno, 0.94, said)
