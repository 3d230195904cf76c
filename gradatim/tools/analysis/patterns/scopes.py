"""Where a name lives, and which known name an unknown one resembles."""

from __future__ import annotations

import ast

from gradatim.tools.analysis.examination import Examination, Raised
from gradatim.tools.analysis.program import Function

NAME = r"^name '(\w+)' is not defined"
MODULES = frozenset(
    [
        "math",
        "random",
        "string",
        "itertools",
        "functools",
        "collections",
        "datetime",
        "time",
        "os",
        "sys",
        "re",
        "json",
        "csv",
        "statistics",
        "copy",
        "operator",
        "decimal",
        "fractions",
        "heapq",
        "bisect",
    ]
)
FUNCTIONS_OF: dict[str, str] = {
    **dict.fromkeys(
        [
            "sqrt",
            "floor",
            "ceil",
            "pi",
            "factorial",
            "gcd",
            "log",
            "log10",
            "sin",
            "cos",
            "tan",
            "pow",
            "hypot",
            "isqrt",
            "prod",
        ],
        "math",
    ),
    **dict.fromkeys(["randint", "choice", "shuffle", "sample", "randrange", "uniform"], "random"),
    **dict.fromkeys(["Counter", "defaultdict", "deque", "namedtuple", "OrderedDict"], "collections"),
    **dict.fromkeys(["permutations", "combinations", "product", "accumulate"], "itertools"),
    **dict.fromkeys(["reduce", "lru_cache", "partial"], "functools"),
    **dict.fromkeys(["mean", "median", "mode", "stdev"], "statistics"),
    **dict.fromkeys(["deepcopy"], "copy"),
}


def distance(left: str, right: str) -> int:
    """Edit distance with neighbouring letters exchanged counted as one edit (Damerau, restricted)."""
    rows = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def nearest_name(name: str, known: frozenset[str]) -> str | None:
    """The known name that was meant, if one is near enough to be taken for it."""
    ranked: list[tuple[float, int, str]] = []
    for other in known:
        if other == name or other.startswith("__"):
            continue
        if other.lower() == name.lower():
            ranked.append((0.5, len(other), other))
        elif abs(len(other) - len(name)) <= 2 and min(len(name), len(other)) >= 3:
            steps = distance(name, other)
            allowed = 2 if min(len(name), len(other)) >= 6 else 1
            # In very short names one letter is a third of the word: only the same letters or one more or less.
            if len(name) == len(other) == 3 and sorted(name) != sorted(other):
                continue
            if steps <= allowed:
                ranked.append((steps, -len(other), other))
    return min(ranked)[2] if ranked else None


def home_of(case: Examination, found: Raised) -> Function | None:
    return case.function_at(found.line) if found.line else None


def on_object(case: Examination, owner: str, name: str) -> bool:
    methods = case.program.methods(owner)
    own = {
        node.attr
        for method in methods
        for node in method.nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
    }
    return name in own or any(method.name == name for method in methods)
