"""One YAML file as plain data that still knows on which line each part stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml
from yaml.constructor import SafeConstructor
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from gradatim.kg.validation import Problem

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT = "tag:yaml.org,2002:str"


class Document:
    """The content of a YAML file.

    Keys written twice, anchors that are used again, and syntax errors are recorded as problems, never raised.

    Args:
        text: The file's content.
        name: How the file is called in problems.
    """

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []
        self._scalars = SafeConstructor()
        self._seen: set[int] = set()
        self._root: Node | None = None
        self.data: Any = None
        """Dictionaries, lists and scalars; `None` when the file cannot be read at all."""
        try:
            self._root = yaml.compose(text, Loader=_Loader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or str(error)
            self.problems.append(Problem(self._place(mark.line if mark else 0), f"not valid YAML: {reason}"))
        if self._root is not None:
            self.data = self._plain(self._root)

    @property
    def is_mapping(self) -> bool:
        """Whether the file holds keys and values at its top."""
        return isinstance(self._root, MappingNode)

    def place(self, location: Sequence[str | int] = ()) -> str:
        """`file:line` of the part at this path of keys and indices, or of the nearest part above it."""
        node = self._root
        for step in location:
            below = _child(node, step)
            if below is None:
                break
            node = below
        return self._place(node.start_mark.line if node is not None else 0)

    def _place(self, line: int) -> str:
        return f"{self.name}:{line + 1}"

    def _plain(self, node: Node) -> Any:
        if isinstance(node, ScalarNode):
            return node.value if node.tag == _TEXT else self._scalar(node)
        if id(node) in self._seen:
            place = self._place(node.start_mark.line)
            self.problems.append(Problem(place, "this part is used again by an alias (*name); write it out instead"))
            return None
        self._seen.add(id(node))
        if isinstance(node, SequenceNode):
            return [self._plain(item) for item in node.value]
        return self._mapping(node)

    def _mapping(self, node: Node) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line: int = key_node.start_mark.line
            if not isinstance(key_node, ScalarNode):
                self.problems.append(Problem(self._place(line), "a key has to be a word"))
                continue
            key = str(key_node.value)
            if key in lines:
                first = lines[key] + 1
                self.problems.append(Problem(self._place(line), f"key {key!r} is written twice, first on line {first}"))
                continue
            lines[key] = line
            plain[key] = self._plain(value_node)
        return plain

    def _scalar(self, node: ScalarNode) -> Any:
        try:
            return self._scalars.construct_object(node)  # pyright: ignore[reportUnknownMemberType]
        except (yaml.YAMLError, ValueError) as error:
            reason = getattr(error, "problem", None) or str(error)
            self.problems.append(Problem(self._place(node.start_mark.line), f"{node.value!r} cannot be read: {reason}"))
            return None


def _child(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, MappingNode) and isinstance(step, str):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step]
    return None
