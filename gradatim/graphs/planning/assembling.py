"""From a design to a workflow: the blocks that its flags call for, joined in their order."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, cast

from gradatim.graphs.planning.blocks import Block, Flags, NodeBlock, WayBlock, library
from gradatim.graphs.planning.settling import Design
from gradatim.languages import say, speaking

_NUMBER = re.compile(r"^\$(\w+)\.(\w+)(?:([+*])(\d+|\$\w+\.\w+))?$")
_INSIDE = re.compile(r"\$(\w+)\.(\w+)(?:([+*])(\d+|\$\w+\.\w+))?")
_CHOSEN = re.compile(r"^\$chosen\.(\w+)\.(\w+)$")
_PHRASE = re.compile(r"^\$(say|learner)\.([\w.]+)$")
_LOGITS = {"easy": -1, "medium": 0, "hard": 1}
"""Difficulties in words as logits: an average learner solves 73 %, 50 % and 27 % of such items (Rasch, 1960)."""
Document = dict[str, Any]
"""A workflow file as data."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """A workflow as data, and where each of its parts comes from.

    Attributes:
        document: As it would stand in its file.
        patterns: Node → patterns that it is there for.
    """

    document: Document
    patterns: Mapping[str, tuple[str, ...]]


def assemble(design: Design, flags: Flags, name: str, description: str) -> Assembly:
    """The workflow of a design.

    Args:
        flags: What the design comes to (`gradatim.graphs.planning.flags`).
        name: Its name.
        description: One line for people.
    """
    blocks, outputs = library()
    present = [block for block in blocks if block.fits(flags)]
    joiner = _Joiner(design, flags, present)
    nodes = joiner.nodes()
    document: Document = {
        "workflow": name,
        "description": description,
        "inputs": _inputs(flags),
        "outputs": [output.key for output in outputs if output.fits(flags)],
        "nodes": nodes,
        "edges": joiner.edges(),
    }
    owners = {node: block.patterns for block in present for node in joiner.names(block)}
    return Assembly(document, owners)


def _inputs(flags: Flags) -> list[str]:
    """What whoever runs the workflow gives."""
    if "placement" in flags:
        return ["pool"]
    if "program" in flags:
        return ["task", "submission"]
    if "short_answers" in flags:
        return ["question", "answer"]
    whose = ["learner_id"] if {"learner_report", "formative_trigger"} & flags else []
    return ["task", *whose] if "tutoring" in flags else whose


class _Joiner:
    """Nodes and edges of the blocks that are there."""

    def __init__(self, design: Design, flags: Flags, present: Sequence[Block]) -> None:
        self._design = design
        self._flags = flags
        self._present = present
        self._learners = "zh" if "chinese" in flags else "en" if "english" in flags else None
        self._order = [block.block for block in library()[0]]
        self._spine = [block for block in present if not block.aside]

    def nodes(self) -> dict[str, Any]:
        """All nodes by name, in order."""
        found: dict[str, Any] = {}
        for block in self._present:
            for written, node in block.nodes.items():
                for number, name in self._numbered(written, node):
                    spec = self._filled(_with_number(node.spec, number))
                    found[name] = self._limited(name, spec)
        return found

    def edges(self) -> list[Any]:
        """All edges, in order."""
        edges: list[Any] = [f"START -> {self._entry(self._spine[0])}"] if self._spine else []
        for block in self._present:
            names = self.names(block)
            if not block.side_by_side:
                edges += [f"{left} -> {right}" for left, right in pairwise(names)]
            ways = [way for way in block.ways if way.fits(self._flags)]
            target = self._target(block, block.then)
            if ways:
                edges.append({names[-1]: self._route(block, ways, target)})
            else:
                leaves = ", ".join(names) if block.side_by_side else names[-1]
                edges.append(f"{leaves} -> {target}")
        return edges

    def _route(self, block: Block, ways: Sequence[WayBlock], otherwise: str) -> list[dict[str, Any]]:
        route: list[dict[str, Any]] = []
        for way in ways:
            written: dict[str, Any] = {} if way.when is None else {"when": str(self._filled(way.when))}
            written["to"] = self._target(block, way.to)
            if way.at_most is not None:
                written["at_most"] = self._filled(way.at_most)
            route.append(written)
            if "when" not in written and "at_most" not in written:
                return route
        return [*route, {"to": otherwise}]

    def names(self, block: Block) -> list[str]:
        """Nodes of a block as they stand in the workflow."""
        return [name for written, node in block.nodes.items() for _, name in self._numbered(written, node)]

    def _numbered(self, name: str, item: NodeBlock) -> list[tuple[int, str]]:
        """The names under which something stands in the workflow: none, one, or several that are numbered."""
        if not item.fits(self._flags):
            return []
        if item.repeat is None:
            return [(1, name)]
        return [(number, f"{name}_{number}") for number in range(1, int(self._filled(item.repeat)) + 1)]

    def _entry(self, block: Block) -> str:
        names = self.names(block)
        return ", ".join(names) if block.side_by_side else names[0]

    def _target(self, block: Block, to: str) -> str:
        """The node, or nodes, that a way leads to: a block that is not there is stood in for by the next that is."""
        if to == "end":
            return "END"
        named = next((item for item in self._present if item.block == to), None)
        if named is not None:
            return self._entry(named)
        here = self._order.index(block.block if to == "next" else to)
        after = next((item for item in self._spine if self._order.index(item.block) > here), None)
        return "END" if after is None else self._entry(after)

    def _limited(self, name: str, spec: dict[str, Any]) -> dict[str, Any] | None:
        """A node with the limits that hold for every node that waits for nobody."""
        waits = spec.pop("waits", False)
        if self._design.has("try_again") and not waits:
            spec["retry"] = int(self._design.number("try_again", "attempts") or 1) + 1
        if self._design.has("time_limit") and not waits:
            spec["timeout"] = _plain(self._design.number("time_limit", "seconds") or 1.0)
        if self._design.has("degrade") and spec.pop("may_degrade", False):
            spec["on_error"] = "degrade"
        spec.pop("may_degrade", None)
        if spec.get("kind") == name:
            del spec["kind"]
        return spec or None

    def _filled(self, value: Any) -> Any:
        """Numbers and phrases in place of what stands for them."""
        if isinstance(value, Mapping):
            filled = {str(key): self._filled(item) for key, item in cast("Mapping[str, Any]", value).items()}
            return {key: item for key, item in filled.items() if item is not None and item != {}}
        if isinstance(value, list):
            return [self._filled(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        if not isinstance(value, str):
            return value
        if value == "$items.keys":
            count = int(self._design.number("items", "count") or 1)
            return [f"item_{number}" for number in range(1, count + 1)]
        named = _CHOSEN.match(value)
        if named:
            return list(self._design.chosen(*named.groups())) or None
        if value == "$items.theta":
            return next((_LOGITS[level] for level in self._design.chosen("items", "difficulty")), None)
        phrase = _PHRASE.match(value)
        if phrase:
            with speaking(self._learners if phrase.group(1) == "learner" else None):
                return say(f"planning.{phrase.group(2)}")
        whole = _NUMBER.match(value)
        if whole and whole.group(3) is None and self._design.number(*whole.group(1, 2)) is None:
            return None
        if whole:
            return self._reckoned(*whole.groups())
        return _INSIDE.sub(lambda match: str(self._reckoned(*match.groups())), value)

    def _reckoned(self, pattern: str, key: str, sign: str | None, other: str | None) -> float | int:
        value = self._number(pattern, key)
        if other is not None:
            second = self._number(*other[1:].split(".")) if other.startswith("$") else float(other)
            value = value + second if sign == "+" else value * second
        return _plain(value)

    def _number(self, pattern: str, key: str) -> float:
        value = self._design.number(pattern, key)
        if value is None:
            raise KeyError(f"{pattern}.{key} has no value")
        return value


def _with_number(value: Any, number: int) -> Any:
    """What a node's spec says of the so-manieth of several."""
    if isinstance(value, Mapping):
        return {key: _with_number(item, number) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value.replace("$n", str(number)) if isinstance(value, str) and value.endswith("_$n") else value


def _plain(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value
