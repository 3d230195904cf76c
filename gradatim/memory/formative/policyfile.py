"""A YAML file of plain values, with the line that each of them stands in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, cast

import yaml

from gradatim.errors import InputError

Place = tuple[str, ...]
"""Keys on the way to a value."""
_DEPTH = 6


@dataclass(slots=True)
class Tree:
    """Values and their lines (from 1)."""

    LIMIT: ClassVar[int] = 100_000
    """Bytes that a file may have."""

    value: dict[str, Any] = field(default_factory=dict[str, Any])
    lines: dict[Place, int] = field(default_factory=dict[Place, int])

    def line(self, place: Place) -> int:
        """The line of a value, or of the nearest one around it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_tree(content: bytes, source: str) -> Tree:
    """The mapping that a YAML file holds.

    Args:
        content: Of the file.
        source: Its name, for messages.

    Raises:
        InputError: It is too large, not UTF-8, not YAML, or anything but nested mappings of plain values.
    """
    if len(content) > Tree.LIMIT:
        raise InputError(f"has more than {Tree.LIMIT:,} bytes", place=source, remedy="give a policy, not data")
    try:
        text = content.decode("utf-8-sig")
        node = cast("Any", yaml.compose(text, Loader=yaml.SafeLoader))
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", place=source, remedy="save it as UTF-8") from error
    except (yaml.YAMLError, RecursionError) as error:
        mark: Any = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark is not None else ""
        what = getattr(error, "problem", None) or "nested too deeply"
        raise InputError(f"is not YAML: {what}", place=f"{source}{line}", remedy="see docs/formative.md") from error
    tree = Tree()
    if node is not None:
        tree.value = cast("dict[str, Any]", _value(node, (), tree, source))
    if not isinstance(cast("object", tree.value), dict):
        raise InputError("holds no keys", place=f"{source}:1", remedy="see docs/formative.md")
    return tree


def _value(node: Any, place: Place, tree: Tree, source: str) -> object:
    line = int(node.start_mark.line) + 1
    tree.lines.setdefault(place, line)
    where = f"{source}:{line}"
    if len(place) > _DEPTH:
        raise InputError("is nested too deeply", place=where, remedy="see docs/formative.md")
    if isinstance(node, yaml.SequenceNode):
        raise InputError("a list stands where none belongs", place=where, remedy="see docs/formative.md")
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node, where)
    found: dict[str, object] = {}
    for key, value in node.value:
        at = f"{source}:{int(key.start_mark.line) + 1}"
        if not isinstance(key, yaml.ScalarNode):
            raise InputError("a key is no word", place=at, remedy="see docs/formative.md")
        name = str(key.value)
        if name in found:
            raise InputError(f"the key {name!r} stands there twice", place=at, remedy="leave one out")
        found[name] = _value(value, (*place, name), tree, source)
    return found


def _scalar(node: Any, where: str) -> object:
    loader = yaml.SafeLoader("")
    try:
        value: object = loader.construct_object(node)  # pyright: ignore[reportUnknownMemberType]
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"{node.value!r} is no plain value", place=where, remedy="write a number") from error
    finally:
        loader.dispose()
    return value
