"""A beginner believes that a test can use what an earlier one has set.

A test method reads an attribute that only another test method sets.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.classes import sets_attribute
from gradatim.tools.analysis.patterns.telling import of_line
from gradatim.tools.analysis.program import stored_names
from gradatim.tools.analysis.sign import Sign

TELLS = ("tests-run-in-given-order",)


def detect(case: Examination) -> Iterator[Sign]:
    """An attribute of a test case set in one test and read in another."""
    for owner in case.program.classes:
        if not any("TestCase" in case.program.text(base) for base in owner.bases):
            continue
        methods = case.program.methods(owner.name)
        tests = [item for item in methods if item.name.startswith("test")]
        given = {name for statement in owner.body for node in ast.walk(statement) for name in stored_names(node)}
        for method in tests:
            for node in method.nodes:
                match node:
                    case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Load()):
                        pass
                    case _:
                        continue
                setters = [item.name for item in methods if sets_attribute(item, name) is not None]
                if name in given or not setters or method.name in setters:
                    continue
                if all(setter.startswith("test") for setter in setters):
                    said = f"reads `self.{name}`, which only `{setters[0]}` sets, on an object of its own."
                    yield of_line(case, "tests-run-in-given-order", node.lineno, 0.94, said, anywhere=True)
                    break
