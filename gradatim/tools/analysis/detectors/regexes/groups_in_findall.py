"""A beginner believes that `re.findall` returns whole matches, also with groups in the pattern.

The list has the right length and holds parts of the wanted items, or tuples of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.regexes import compiled, pattern_calls
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("findall-ignores-groups",)


def detect(case: Examination) -> Iterator[Sign]:
    """`re.findall` with groups, whose items are parts of what was wanted."""
    for call in pattern_calls(case):
        if call.name != "findall" or not _has_groups(call.pattern):
            continue
        facts = [fact for fact in case.wrong_of(call.function) if _parts(fact)]
        if facts:
            said = "has a group in its pattern, so the list holds what the groups matched."
            seen = "Parts of the wanted items came"
            yield of_facts(case, "findall-ignores-groups", call.node.lineno, 0.94, said, seen, facts)


def _has_groups(pattern: str) -> bool:
    found = compiled(pattern)
    return found is not None and found.groups > 0


def _parts(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if not wanted or got is None or len(wanted) != len(got) or wanted == got:
        return False
    return all(isinstance(one, str) and _part_of(one, two) for one, two in zip(wanted, got, strict=True))


def _part_of(whole: str, part: object) -> bool:
    if isinstance(part, tuple):
        return all(isinstance(item, str) and item in whole for item in cast("tuple[object, ...]", part))
    return isinstance(part, str) and part in whole
