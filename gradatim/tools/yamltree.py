"""YAML files as people write them: every value with its line, every problem reported, nothing expanded.

The files come from people and over the network, so aliases are refused (they can make a kilobyte mean a
gigabyte), depth and size are limited, and no tag constructs anything. Problems are collected, so that a person
who has made four mistakes reads about four mistakes.
"""

from __future__ import annotations

import difflib
import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml
from yaml.composer import ComposerError

from gradatim.errors import InputError

SHOWN_PROBLEMS = 20
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where."""

    line: int | None
    message: str
    remedy: str


class Problems:
    """What is wrong with one source; raises once, with everything.

    Args:
        source: The file's name as the person gave it.
        error: Which exception tells it.
    """

    def __init__(self, source: str, error: type[InputError]) -> None:
        self.source = source
        self._error = error
        self._found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self._found)

    def add(self, line: int | None, message: str, remedy: str) -> None:
        """Note a problem on a 1-based line (`None`: the source as a whole)."""
        self._found.append(Problem(line, message, remedy))

    def fatal(self, line: int | None, message: str, remedy: str) -> InputError:
        """Note a problem after which reading cannot go on; the caller raises the result."""
        self.add(line, message, remedy)
        return self._joined()

    def raise_if_any(self) -> None:
        """Raise the collected problems as one exception."""
        if self._found:
            raise self._joined()

    def _place(self, problem: Problem) -> str:
        return self.source if problem.line is None else f"{self.source}:{problem.line}"

    def _joined(self) -> InputError:
        if len(self._found) == 1:
            only = self._found[0]
            return self._error(only.message, place=self._place(only), remedy=only.remedy)
        ordered = sorted(self._found, key=lambda problem: problem.line or 0)
        lines = [f"{self._place(p)}: {p.message} ({p.remedy})" for p in ordered[:SHOWN_PROBLEMS]]
        if len(ordered) > SHOWN_PROBLEMS:
            lines.append(f"and {len(ordered) - SHOWN_PROBLEMS} more")
        message = f"{len(ordered)} problems\n  " + "\n  ".join(lines)
        return self._error(message, place=self.source)


def read_limited(path: Path, limit: int, problems: Problems) -> bytes:
    """The bytes of a regular file of at most `limit` bytes.

    Raises:
        InputError: Missing, a folder, a device, unreadable or too large.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise problems.fatal(None, "is a folder", "name a file in it")
        if not stat.S_ISREG(mode):
            raise problems.fatal(None, "is not a regular file", "name a file on disk")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        if path.is_symlink():
            raise problems.fatal(None, "is a link to nothing", "repair or remove the link") from None
        raise problems.fatal(None, "does not exist", "check the path") from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise problems.fatal(None, f"cannot be read: {reason}", "check the path and its rights") from error
    if len(data) > limit:
        raise problems.fatal(
            None, f"is larger than {limit:,} bytes", "split it, or take large inputs out of it"
        )
    return data


def decode_utf8(data: bytes, problems: Problems) -> str:
    """The text of UTF-8 bytes, without a byte-order mark.

    Raises:
        InputError: Not UTF-8; names the first offending byte.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise problems.fatal(
            line,
            f"is not UTF-8: byte 0x{data[error.start]:02x} at offset {error.start}",
            "save the file as UTF-8",
        ) from error


class _AliasRefused(ComposerError):
    """An alias (`*name`) stands in the file."""


class _Composer(yaml.SafeLoader):
    """Composes the node tree; refuses aliases before they are followed."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise _AliasRefused(None, None, "an alias", mark)
        return cast("yaml.Node | None", super().compose_node(parent, index))  # pyright: ignore[reportUnknownMemberType]


def compose(text: str, problems: Problems) -> yaml.Node:
    """The node tree of one YAML document.

    Raises:
        InputError: Not YAML, empty, several documents, aliases, nested too deeply.
    """
    loader = _Composer(text)
    try:
        node = cast("yaml.Node | None", loader.get_single_node())  # pyright: ignore[reportUnknownMemberType]
    except _AliasRefused as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise problems.fatal(
            line, "uses a YAML alias (*name)", "write the value out; aliases are not accepted"
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise problems.fatal(
            line,
            f"holds a character that YAML does not allow (U+{ord(str(error.character)[:1]):04X})",
            'remove it, or write it as an escape ("\\x00") between double quotes',
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(part for part in (error.problem, error.note) if part)
        raise problems.fatal(mark.line + 1 if mark else None, f"not YAML: {reason}", _hint(reason)) from error
    except RecursionError:
        raise problems.fatal(None, "is nested too deeply", "write large values in a flatter form") from None
    except ValueError as error:  # an escape such as "\UFFFFFFFF"
        raise problems.fatal(None, f"not YAML: {error}", "correct the escape sequence") from error
    finally:
        loader.dispose()
    if node is None:
        raise problems.fatal(None, "is empty", "write the file's entries as `key: value` lines")
    return node


def _hint(reason: str) -> str:
    if "mapping values are not allowed" in reason:
        return "put quotes round a text that holds a colon and a space"
    if "\\t" in reason or "tab" in reason:
        return "indent with spaces, not tabs"
    if "another document" in reason:
        return "keep one document in a file: remove the `---` line"
    if "',' or '}'" in reason or "',' or ']'" in reason:
        return "close the bracket, and put quotes round texts that hold brackets, commas or colons"
    return "check indentation, quotes and brackets on this line and the one before"


def line_of(node: yaml.Node) -> int:
    """The 1-based line on which a value begins."""
    return cast(int, node.start_mark.line) + 1


def code_line(node: yaml.Node, line: int) -> int:
    """Where a line of a text stands in the file that holds it.

    Args:
        node: The text's scalar.
        line: 1-based line within the text.

    Returns:
        The 1-based line of the file; exact for block scalars (`|`), else the line on which the text begins.
    """
    if isinstance(node, yaml.ScalarNode) and node.style == "|":
        return line_of(node) + line
    return line_of(node)


def describe(node: yaml.Node) -> str:
    """What a value is, in a person's words."""
    if isinstance(node, yaml.SequenceNode):
        return "a list"
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    names = {"int": "a number", "float": "a number", "bool": "true or false", "null": "empty"}
    return names.get(cast(str, node.tag).removeprefix(_TAG), "text")


def tag_of(node: yaml.Node) -> str:
    """`str`, `int`, `float`, `bool`, `null`, `timestamp`, `seq`, `map`, or a tag that somebody wrote."""
    return cast(str, node.tag).removeprefix(_TAG)


def scalar_text(node: yaml.Node) -> str:
    """The text of a scalar as written."""
    return str(cast(Any, node.value))


def is_unicode(text: str) -> bool:
    """Whether a text can be stored and sent: no half of a surrogate pair in it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


class Fields:
    """The entries of one mapping of a file.

    Reading a field of the wrong type notes a problem and gives `None`, so that the others are still looked at.

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
                    line, f"{self.name(key)} is given twice, first on line {lines[key]}", "keep one of the two"
                )
            elif key not in known:
                remedy = self._unknown_remedy(key, value, known, synonyms or {})
                problems.add(line, f"{self._where()} has an unknown key {key!r}", remedy)
            else:
                self._nodes[key] = value
            lines.setdefault(key, line)

    def _where(self) -> str:
        return self.path or "the file"

    def _unknown_remedy(
        self, key: str, value: yaml.Node, known: Collection[str], synonyms: Mapping[str, str]
    ) -> str:
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
                self.wrong(
                    f"{key}[{index}]", f"is {describe(item)}, not text", "write a word", line=line_of(item)
                )
        return found


_TEXT_TAGS = frozenset({"str", "int", "float", "bool", "null", "timestamp", "value"})
