"""How the results of list methods are used, and how lists nest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from gradatim.tools.analysis.contrast import Contrast, listed
from gradatim.tools.analysis.examination import Examination, name_tests

NONE_METHODS = frozenset(["append", "extend", "insert", "remove", "sort", "reverse", "clear"])


def runs_everywhere(case: Examination) -> str:
    return f"It runs in {name_tests(case.failed_ids)}."


def flat(value: list[object]) -> list[object]:
    found: list[object] = []
    for item in value:
        found.extend(cast("list[object]", item) if isinstance(item, list | tuple) else [item])
    return found


def taken_apart(fact: Contrast) -> bool:
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or wanted == got or not wanted:
        return False
    if all(isinstance(item, str) for item in wanted):
        letters = [item for item in got if isinstance(item, str)]
        return len(letters) == len(got) > len(wanted) and "".join(letters) == "".join(cast("list[str]", wanted))
    return all(isinstance(item, list | tuple) for item in wanted) and flat(wanted) == got


def reordered(fact: Contrast) -> bool:
    """Whether the right items came in a wrong order that is not just the reverse (of two items any wrong order)."""
    wanted, got = listed(fact.expected), listed(fact.actual)
    if wanted is None or got is None or wanted == got or len(wanted) != len(got):
        return False
    return (not fact.backwards or len(wanted) == 2) and same_items(wanted, got)


def same_items(one: Sequence[object], two: Sequence[object]) -> bool:
    """Whether two sequences hold the same items, each as often, in any order."""
    return len(one) == len(two) and sorted(map(repr, one)) == sorted(map(repr, two))


def has_repeats(value: Sequence[object]) -> bool:
    """Whether an item occurs more than once."""
    return len(set(map(repr, value))) < len(value)
