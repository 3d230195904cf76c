"""A beginner believes that any class can be raised.

A class that derives from nothing is raised.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name
from gradatim.tools.analysis.patterns.classes import single_class
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.sign import Sign

TELLS = ("custom-exception-without-base",)


def detect(case: Examination) -> Iterator[Sign]:
    """A class of the program without a parent behind `raise`."""
    for node, _ in case.places:
        if not isinstance(node, ast.Raise):
            continue
        name = called_name(node.exc) or (node.exc.id if isinstance(node.exc, ast.Name) else "")
        owner = single_class(case, name)
        if owner is not None and all(isinstance(base, ast.Name) and base.id == "object" for base in owner.bases):
            said = f"raises `{name}`, which does not derive from Exception."
            yield of_line(case, "custom-exception-without-base", node.lineno, 0.97, said)
