"""A beginner believes that `capitalize` and `title` only make first letters large.

The result differs from the wanted one in the size of letters further on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gradatim.tools.analysis.contrast import Contrast
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.flow import method_called
from gradatim.tools.analysis.patterns.telling import of_facts
from gradatim.tools.analysis.patterns.values import own_facts
from gradatim.tools.analysis.sign import Sign

TELLS = ("capitalize-touches-first-only",)


def detect(case: Examination) -> Iterator[Sign]:
    """`capitalize` or `title` where letters that should have stayed large are small."""
    for node, function in case.places:
        call = method_called(node)
        if call is None or call[1] not in ("capitalize", "title") or not isinstance(node, ast.expr):
            continue
        facts = own_facts(case, function)
        if facts and all(_size_only(fact, call[1]) for fact in facts):
            said = f"uses `{call[1]}`, which also makes all other letters small."
            seen = "Only the size of letters further on is different"
            yield of_facts(case, "capitalize-touches-first-only", node.lineno, 0.93, said, seen, facts)


def _size_only(fact: Contrast, method: str) -> bool:
    wanted, got = fact.expected, fact.actual
    if not isinstance(wanted, str) or not isinstance(got, str) or wanted == got or len(wanted) != len(got):
        return False
    changed = [(one, two) for one, two in zip(wanted, got, strict=True) if one != two]
    lost = all(one.lower() == two and wanted[:1] == got[:1] for one, two in changed)
    apostrophe = method == "title" and "'" in wanted and all(one.upper() == two for one, two in changed)
    return lost or apostrophe
