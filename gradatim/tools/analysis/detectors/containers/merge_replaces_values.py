"""A beginner believes that merging dictionaries adds values up, or keeps those that are there.

For keys in both, the value of the second dictionary came where another was wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, mapped
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("merge-keeps-first-value",)


def detect(case: Examination) -> Iterator[Sign]:
    """A merge of two dictionaries where exactly the shared keys have wrong values."""
    for node, function in case.places:
        match node:
            case ast.BinOp(op=ast.BitOr()) | ast.AugAssign(op=ast.BitOr()):
                line = node.lineno
            case ast.Dict(keys=[None, None]):
                line = node.lineno
            case ast.Call(func=ast.Attribute(attr="update"), args=[_]):
                line = node.lineno
            case _:
                continue
        facts = own_facts(case, function)
        if facts and all(_second_kept(fact) for fact in facts):
            said = "takes the value of the later dictionary for a key that is in both."
            seen = "Only shared keys have wrong values, those of the second dictionary,"
            yield of_facts(case, "merge-keeps-first-value", line, 0.94, said, seen, facts)


def _second_kept(fact: Contrast) -> bool:
    given = [found for value in fact.arguments or () if (found := mapped(value)) is not None]
    wanted, got = mapped(fact.expected), mapped(fact.actual)
    if len(given) != 2 or wanted is None or got is None or wanted.keys() != got.keys():
        return False
    shared = given[0].keys() & given[1].keys()
    different = {key for key in wanted if wanted[key] != got[key]}
    return bool(different) and different <= shared and all(got[key] == given[1][key] for key in different)
