"""Simulated learners: they know some constructs, hold some misconceptions, and slip while they work.

None of this is a function of the features that difficulties are estimated from: what an item is like for a learner
shows only when the learner works on it (`gradatim.app.bench.items.solving`).
"""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradatim.tools.items.faults import FAULTS

SLIPS: Mapping[str, float] = {
    "assign": -5.1, "loop": -4.8, "arithmetic": -5.0, "large": -3.5, "hard": -3.5, "compare": -5.0, "edge": -4.1,
    "logic": -3.9, "index": -4.4, "slice": -3.4, "call": -5.0, "recursion": -2.9, "method": -4.1, "table": -3.9,
    "exception": -3.6, "attribute": -4.4, "format": -3.4,
}  # fmt: skip
"""Log-odds that an average learner slips at one step of a kind."""
CONSTRUCTS: Mapping[str, float] = {
    "branch": -3.2, "loop": -2.7, "while": -1.9, "range": -2.1, "nested-loop": -0.9, "index": -2.1, "slice": -1.3,
    "hard-arithmetic": -2.0, "logic": -1.9, "method": -2.0, "table": -1.0, "helper": -1.8, "recursion": 0.2,
    "comprehension": -0.3, "tuple": -1.4, "return": -2.9, "codes": -0.9, "exceptions": -0.2, "class": 0.1,
    "format": -1.2, "lambda": 0.2,
}  # fmt: skip
"""Ability at which half of the learners know a construct, by the usual order of a first course."""
_SLOPE = 0.5
"""Log-odds of slips and misconceptions that one standard deviation of ability takes away."""
_KNOWING = 0.9
"""Log-odds of knowing a construct that it adds."""
_BELIEF = -2.2
"""Log-odds that an average learner holds a misconception."""
_LOAD = 0.12
"""Log-odds of a slip that one more variable in mind adds, beyond two; twice as much for an open call."""
LOST = 0.3
"""Probability that a step fails whose construct is not known."""
_STEP_CONSTRUCT = {
    "loop": "loop", "hard": "hard-arithmetic", "logic": "logic", "index": "index", "slice": "slice", "method": "method",
    "table": "table", "recursion": "recursion", "exception": "exceptions", "attribute": "class", "format": "format",
}  # fmt: skip


def sigmoid(value: float) -> float:
    return 0.5 + 0.5 * math.tanh(0.5 * value)


@dataclass(frozen=True, slots=True)
class World:
    """What is the same for all learners of one simulation: how hard constructs, steps and misconceptions are."""

    slips: Mapping[str, float]
    constructs: Mapping[str, float]
    beliefs: Mapping[str, float]

    @classmethod
    def of(cls, seed: int, spread: float = 0.3) -> World:
        """A world in which everything is moved a little from the usual values, each simulation's own way."""
        rng = random.Random(seed)
        names = dict.fromkeys(fault.misconception for fault in FAULTS)
        return cls(
            {name: value + rng.gauss(0.0, spread) for name, value in SLIPS.items()},
            {name: value + rng.gauss(0.0, spread) for name, value in CONSTRUCTS.items()},
            {name: _BELIEF + rng.gauss(0.0, 2.0 * spread) for name in names},
        )


@dataclass(frozen=True, slots=True)
class Learner:
    """One learner.

    Attributes:
        theta: Ability, standard normal in the population.
        known: Constructs that this learner knows.
        beliefs: Misconceptions that this learner holds.
    """

    world: World
    theta: float
    known: frozenset[str]
    beliefs: frozenset[str]
    capacity: float
    """Pieces of a plan that this learner holds together (about four; Cowan, 2001)."""

    @classmethod
    def of(cls, world: World, theta: float, rng: random.Random) -> Learner:
        known = {name for name, at in world.constructs.items() if rng.random() < sigmoid(_KNOWING * (theta - at))}
        beliefs = {name for name, odds in world.beliefs.items() if rng.random() < sigmoid(odds - _SLOPE * theta)}
        return cls(world, theta, frozenset(known), frozenset(beliefs), 4.0 + 0.8 * theta + rng.gauss(0.0, 0.8))

    def chance(self, odds: float) -> float:
        """Probability of something that an average learner does with these log-odds, and an able one less often."""
        return sigmoid(odds - _SLOPE * self.theta)

    def fails(self, kind: str, variables: int, depth: int) -> float:
        """Probability of a slip at one step."""
        construct = _STEP_CONSTRUCT.get(kind)
        if construct is not None and construct not in self.known:
            return LOST
        load = _LOAD * max(0, variables - 2) + 2.0 * _LOAD * max(0, depth - 1)
        return self.chance(self.world.slips[kind] + load)


def population(world: World, count: int, seed: int) -> list[Learner]:
    """Learners whose abilities are the quantiles of a standard normal distribution."""
    from statistics import NormalDist

    rng = random.Random(seed)
    normal = NormalDist()
    return [Learner.of(world, normal.inv_cdf((place + 0.5) / count), rng) for place in range(count)]


def pieces(code: str) -> int:
    """How many pieces the plan of a program has: loops, branches, conditions joined, variables, calls of itself."""
    tree = ast.parse(code)
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    variables: set[str] = set()
    count = 0
    for node in ast.walk(tree):
        count += isinstance(node, ast.For | ast.While | ast.If | ast.BoolOp | ast.ListComp | ast.Try)
        if isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                variables.add(node.id)
            count += 2 * (node.id in functions)
    return count + len(variables)


def constructs(code: str) -> dict[str, int]:
    """Which constructs a program uses, and how often."""
    tree = ast.parse(code)
    found: dict[str, int] = {}
    functions = [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]

    def visit(node: ast.AST, loops: int, inside: Sequence[str]) -> None:
        name = _construct(node, loops, inside, functions)
        if name is not None:
            found[name] = found.get(name, 0) + 1
        deeper = loops + isinstance(node, ast.For | ast.While)
        within = [*inside, node.name] if isinstance(node, ast.FunctionDef) else inside
        for child in ast.iter_child_nodes(node):
            visit(child, deeper, within)

    visit(tree, 0, [])
    return found


def _construct(node: ast.AST, loops: int, inside: Sequence[str], functions: Sequence[str]) -> str | None:
    if isinstance(node, ast.For | ast.While):
        return "nested-loop" if loops else "while" if isinstance(node, ast.While) else "loop"
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            return "table" if node.func.attr in ("get", "setdefault", "items") else "method"
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in functions:
            return "recursion" if name in inside else "helper"
        return "range" if name == "range" else "codes" if name in ("ord", "chr", "enumerate", "zip", "sorted") else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.FloorDiv | ast.Pow):
        return "hard-arithmetic"
    if isinstance(node, ast.Subscript):
        return "slice" if isinstance(node.slice, ast.Slice) else "index"
    kinds: tuple[tuple[type[ast.AST], str], ...] = (
        (ast.If, "branch"), (ast.BoolOp, "logic"), (ast.Not, "logic"), (ast.Dict, "table"), (ast.Return, "return"),
        (ast.ListComp, "comprehension"), (ast.Tuple, "tuple"), (ast.Try, "exceptions"), (ast.Raise, "exceptions"),
        (ast.ClassDef, "class"), (ast.JoinedStr, "format"), (ast.Lambda, "lambda"),
    )  # fmt: skip
    return next((name for kind, name in kinds if isinstance(node, kind)), None)
