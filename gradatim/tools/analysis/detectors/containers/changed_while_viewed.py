"""A beginner believes that `d.keys()` or `d.items()` takes a snapshot.

The dictionary changes its size in a loop over one of them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.telling import of_errors
from gradatim.tools.analysis.sign import Sign

TELLS = ("view-is-snapshot",)


def detect(case: Examination) -> Iterator[Sign]:
    """A RuntimeError of a loop over a view of a dictionary that grows or shrinks."""
    for line, found in case.raised_at("RuntimeError", r"dictionary (changed|keys changed)").items():
        for node in case.nodes_at(line):
            call = method_called(node.iter) if isinstance(node, ast.For) else None
            if call is not None and call[1] in ("keys", "items", "values"):
                said = "goes over a view, which shows the dictionary as it is now, while the body changes its size."
                yield of_errors(case, "view-is-snapshot", line, 0.95, said, found)
