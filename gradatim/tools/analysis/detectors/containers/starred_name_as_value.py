"""A beginner believes that a starred name holds the remaining value itself.

Its list meets a number or text, or is returned where its only item is wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import names_in
from gradatim.tools.analysis.patterns.telling import of_errors, of_facts
from gradatim.tools.analysis.patterns.values import own_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("star-target-gives-single-value",)


def detect(case: Examination) -> Iterator[Sign]:
    """A starred name used as if it were one value."""
    errors = case.raised_at("TypeError", r"'?list'?")
    for node, function in case.places:
        if not isinstance(node, ast.Starred) or not isinstance(node.value, ast.Name):
            continue
        if not isinstance(node.ctx, ast.Store):
            continue
        name = node.value.id
        for line, found in errors.items():
            operands = [item for item in case.nodes_at(line) if isinstance(item, ast.BinOp | ast.Compare)]
            if any(name in names_in(item) for item in operands):
                said = f"uses `{name}` as one value; a starred name always holds a list."
                yield of_errors(case, "star-target-gives-single-value", line, 0.93, said, found)
        facts = [fact for fact in own_facts(case, function) if fact.actual == [fact.expected]]
        if facts and any(_returns(item, name) for item in (function.returns if function is not None else ())):
            said = f"makes `{name}` a list, as a starred name always holds one."
            seen = "The wanted value came inside of a list"
            yield of_facts(case, "star-target-gives-single-value", node.lineno, 0.93, said, seen, facts)


def _returns(node: ast.Return, name: str) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id == name
