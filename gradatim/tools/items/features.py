"""What an item demands of a learner, in numbers: what its difficulty is estimated from."""

from __future__ import annotations

import ast
import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence

from gradatim.kg import ConceptGraph
from gradatim.tools.items.item import ItemKind

_LOOPS = (ast.For, ast.While, ast.ListComp)
_CONTAINERS = (ast.Dict, ast.DictComp, ast.Set)
COMMON = (
    "statements", "loops", "nesting", "branches", "logic", "hard_arithmetic", "arithmetic", "comparisons", "variables",
    "indexing", "slices", "recursion", "helpers", "tables", "methods", "while", "early_return", "steps",
    "hard_steps", "recursive_steps", "concept_depth", "exceptions", "objects", "formatting",
)  # fmt: skip
OF_KIND: Mapping[ItemKind, tuple[str, ...]] = {
    "write": ("example_steps",),
    "fix": ("subtlety", "program_steps"),
    "predict": ("output", "prints", "size"),
    "parsons": ("blocks", "distractors"),
    "choice": (
        "options",
        "gap",
        "closeness",
        "gap_closeness",
        "gap_closest",
        "gap_variables",
        "output_steps",
        "size",
        "alike",
        "output_alike",
    ),
}
"""Features that only one kind of items has."""


def code_features(code: str, steps: float) -> dict[str, float]:
    """What a program demands.

    Args:
        code: The program that is read or written.
        steps: Statements that are executed in the run that is asked about, or in a typical one.
    """
    tree = ast.parse(code)
    nodes = list(ast.walk(tree))

    def count(*kinds: type[ast.AST]) -> int:
        return sum(isinstance(node, kinds) for node in nodes)

    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    names = {function.name for function in functions}
    recursive = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function.name
        for function in functions
        for node in ast.walk(function)
    )
    variables = variables_of(nodes)
    hard = sum(isinstance(node, ast.Mod | ast.FloorDiv | ast.Pow) for node in nodes)
    returns = [node for node in nodes if isinstance(node, ast.Return)]
    return {
        "statements": math.log(1 + count(ast.stmt)),
        "loops": float(count(*_LOOPS)),
        "nesting": float(_nesting(tree)),
        "branches": float(count(ast.If, ast.IfExp)),
        "logic": float(sum(len(node.values) - 1 for node in nodes if isinstance(node, ast.BoolOp)) + count(ast.Not)),
        "hard_arithmetic": float(hard),
        "arithmetic": float(count(ast.BinOp, ast.AugAssign) - hard),
        "comparisons": float(sum(len(node.ops) for node in nodes if isinstance(node, ast.Compare))),
        "variables": float(len(variables)),
        "indexing": float(
            sum(isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice) for node in nodes)
        ),
        "slices": float(count(ast.Slice)),
        "recursion": float(recursive),
        "helpers": float(len(names) - 1),
        "tables": float(count(*_CONTAINERS) > 0 or "grid" in variables or "prices" in variables),
        "methods": float(sum(isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) for node in nodes)),
        "while": float(count(ast.While)),
        "early_return": float(max(0, len(returns) - len(functions))),
        "steps": math.log(1 + steps),
        "hard_steps": math.log(1 + steps) if hard else 0.0,
        "recursive_steps": math.log(1 + steps) if recursive else 0.0,
        "exceptions": float(count(ast.Try, ast.Raise)),
        "objects": float(count(ast.ClassDef)),
        "formatting": float(count(ast.FormattedValue, ast.Lambda)),
    }


def variables_of(nodes: Iterable[ast.AST]) -> set[str]:
    """Names of the variables and parameters among the nodes of a program."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


def likeness(right: str, others: Sequence[str]) -> float:
    """How much other answers look like the right one: mean share of equal characters (Ratcliff and Metzener, 1988)."""
    return sum(difflib.SequenceMatcher(None, other, right).ratio() for other in others) / max(1, len(others))


def size(text: str) -> float:
    """Digits of the largest number in a text."""
    return float(max((len(number) for number in re.findall(r"\d+", text)), default=0))


def _nesting(tree: ast.AST, depth: int = 0) -> int:
    """Deepest nesting of loops and branches; `elif` is no nesting."""
    found = [depth]
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and isinstance(tree, ast.If) and tree.orelse == [child]:
            found.append(_nesting(child, depth))
        else:
            found.append(_nesting(child, depth + isinstance(child, ast.For | ast.While | ast.If)))
    return max(found)


def concept_depths(graph: ConceptGraph) -> dict[str, int]:
    """How many prerequisites stand before each concept on the longest way to it.

    Where prerequisites go in a circle, a way ends where it would come back to itself.
    """
    needed: dict[str, list[str]] = {}
    for relation in graph.relations:
        if relation.type == "prerequisite":
            needed.setdefault(relation.target, []).append(relation.source)
    depths: dict[str, int] = {}
    for concept in graph.concepts:
        waiting, open_ = [concept.id], set[str]()
        while waiting:
            current = waiting[-1]
            before = [item for item in needed.get(current, ()) if item not in depths and item not in open_]
            open_.add(current)
            if before:
                waiting += before
                continue
            waiting.pop()
            depths[current] = 1 + max((depths.get(item, 0) for item in needed.get(current, ())), default=-1)
    return depths


def depth_of(concepts: Sequence[str], depths: Mapping[str, int]) -> float:
    """Mean depth of some concepts, as a logarithm; concepts that the graph does not have count as the others do."""
    known = [depths[item] for item in concepts if item in depths]
    return math.log(1 + sum(known) / len(known)) if known else 0.0
