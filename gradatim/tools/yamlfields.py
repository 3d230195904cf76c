"""One mapping of a YAML file, read key by key: typed values out, problems with their lines noted."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import cast

import yaml

from gradatim.tools.yamltree import Problems, describe, is_unicode, line_of, scalar_text, tag_of


class Fields:
    """The entries of one mapping of a file.

    Reading a field of the wrong type notes a problem and gives `None`, so that the rest is still looked at.

    Args:
        node: The mapping.
        path: Where it stands (`tests[3]`), empty for the file itself.
        known: Keys that may occur.
        synonyms: Keys that people write instead, with the right one.
        problems: Where problems are noted.
    """

    def __init__(
        self,
        node: yaml.MappingNode,
        path: str,
        known: Collection[str],
        problems: Problems,
        synonyms: Mapping[str, str] | None = None,
    ) -> None:
        self.node = node
        self.path = path
        self.problems = problems
        self._nodes: dict[str, yaml.Node] = {}
        lines: dict[str, int] = {}
        for key_node, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            line = line_of(key_node)
            if not isinstance(key_node, yaml.ScalarNode):
                problems.add(line, f"{self._where()} has {describe(key_node)} as a key", "use a word as the key")
                continue
            key = scalar_text(key_node)
            if key in lines:
                problems.add(
                    line,
                    f"{self.name(key)} is given twice, first on line {lines[key]}",
                    "keep one of the two",
                )
            elif key not in known:
                remedy = self._unknown_remedy(key, value, known, synonyms or {})
                problems.add(line, f"{self._where()} has an unknown key {key!r}", remedy)
            else:
                self._nodes[key] = value
            lines.setdefault(key, line)

    def _where(self) -> str:
        return self.path or "the file"

    def _unknown_remedy(self, key: str, value: yaml.Node, known: Collection[str], synonyms: Mapping[str, str]) -> str:
        if self.node.flow_style and tag_of(value) == "null" and not scalar_text(value):
            return "put quotes round a text that holds commas, brackets or colons"
        guess = synonyms.get(key.lower()) or next(iter(difflib.get_close_matches(key.lower(), known, 1)), None)
        return f"did you mean {guess!r}?" if guess else f"known keys: {', '.join(known)}"

    def name(self, key: str) -> str:
        """The full name of a field, such as `tests[3].expect`."""
        return f"{self.path}.{key}" if self.path else key

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def get(self, key: str) -> yaml.Node | None:
        """The node of a field, if it is there."""
        return self._nodes.get(key)

    def line(self, key: str | None = None) -> int:
        """The line of a field; of the mapping when the field is not there."""
        node = self._nodes.get(key) if key else None
        return line_of(node if node is not None else self.node)

    def wrong(self, key: str, message: str, remedy: str, *, line: int | None = None) -> None:
        """Note a problem of a field: `message` goes on after the field's name."""
        self.problems.add(line or self.line(key), f"{self.name(key)} {message}", remedy)

    def text(self, key: str, *, required: bool = False, may_be_empty: bool = False) -> str | None:
        """A field that is text; numbers and dates written without quotes are taken as written."""
        node = self._nodes.get(key)
        if node is None:
            if required:
                self.wrong(key, "is missing", f"add `{key}:`")
            return None
        if not isinstance(node, yaml.ScalarNode) or tag_of(node) not in _TEXT_TAGS:
            self.wrong(key, f"is {describe(node)}, not text", "write it as text, between quotes")
            return None
        value = "" if tag_of(node) == "null" and node.style is None else scalar_text(node)
        if not value.strip() and not may_be_empty:
            self.wrong(key, "is empty", "write its text, or leave the key out" if not required else "write its text")
            return None
        if not is_unicode(value):
            self.wrong(key, "holds half of a surrogate pair", "write the character itself instead of \\ud800 escapes")
            return None
        return value

    def flag(self, key: str) -> bool:
        """A field that is true or false; false when it is not there."""
        node = self._nodes.get(key)
        if node is None:
            return False
        if tag_of(node) != "bool":
            self.wrong(key, f"is {describe(node)}, not true or false", f"write `{key}: true` or `{key}: false`")
            return False
        return scalar_text(node).lower() in {"true", "yes", "on"}

    def number(self, key: str, *, above: float, most: float, default: float) -> float:
        """A field that is a number with `above < number <= most`."""
        node = self._nodes.get(key)
        if node is None:
            return default
        remedy = f"write a number above {above:g} and at most {most:g}"
        if tag_of(node) not in {"int", "float"}:
            self.wrong(key, f"is {describe(node)}, not a number", remedy)
            return default
        try:
            value = float(scalar_text(node))
        except ValueError:
            self.wrong(key, f"is not a plain number: {scalar_text(node)}", remedy)
            return default
        if not above < value <= most:
            self.wrong(key, f"is {scalar_text(node)}, out of range", remedy)
            return default
        return value

    def texts(self, key: str) -> Sequence[tuple[str, int]]:
        """A field that is a list of texts, each with its line; empty when it is not there."""
        node = self._nodes.get(key)
        if node is None:
            return ()
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(key, f"is {describe(node)}, not a list", f"write `{key}: [one, two]`")
            return ()
        found: list[tuple[str, int]] = []
        for index, item in enumerate(cast("list[yaml.Node]", node.value)):
            if isinstance(item, yaml.ScalarNode) and tag_of(item) in _TEXT_TAGS - {"null"} and scalar_text(item):
                found.append((scalar_text(item), line_of(item)))
            else:
                self.wrong(f"{key}[{index}]", f"is {describe(item)}, not text", "write a word", line=line_of(item))
        return found


_TEXT_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "value"})
