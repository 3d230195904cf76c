"""A beginner believes that a dictionary can hold several entries with the same key.

Only the last value of a key is there where all of them are wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast, listed, mapped
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import called_name, names_in, own_loop_nodes
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import values_of
from gradatim.tools.analysis.sign import Sign

TELLS = ("dictionary-duplicate-keys",)


def detect(case: Examination) -> Iterator[Sign]:
    """An assignment to a key in a loop, where lists of all values are wanted."""
    for loop, function in case.loops:
        for node in own_loop_nodes(loop):
            match node:
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))], value=value):
                    pass
                case _:
                    continue
            made = values_of(case, function, name)
            fresh = len(made) == 1 and (isinstance(made[0], ast.Dict) or called_name(made[0]) == "dict")
            facts = [fact for fact in case.wrong_of(function) if _last_only(fact)]
            if fresh and facts and name not in names_in(value):
                said = f"replaces what `{name}` had under the same key before."
                seen = "Only the last of several values is left under a key"
                yield of_facts(case, "dictionary-duplicate-keys", node.lineno, 0.93, said, seen, facts)


def _last_only(fact: Contrast) -> bool:
    wanted, got = mapped(fact.expected), mapped(fact.actual)
    if wanted is None or got is None or wanted.keys() != got.keys():
        return False
    several = [key for key in wanted if len(listed(wanted[key]) or []) > 1]
    return bool(several) and all(_is_last(got[key], listed(wanted[key]) or []) for key in several)


def _is_last(value: object, all_of: list[object]) -> bool:
    return value in (all_of[-1], all_of[-1:])
