"""YAML files as people write them: every value with its line, every problem reported, nothing expanded.

The files come from people and over the network, so aliases are refused (they can make a kilobyte mean
a gigabyte), depth and size are limited, and no tag constructs anything. Problems are collected: a person who
has made four mistakes reads about four mistakes.
"""

from __future__ import annotations

import stat
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
        raise problems.fatal(None, f"is larger than {limit:,} bytes", "split it, or take large inputs out of it")
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
            event = cast(yaml.Event, self.peek_event())  # pyright: ignore[reportUnknownMemberType]
            raise _AliasRefused(None, None, "an alias", cast(Any, event.start_mark))
        return super().compose_node(parent, index)


def compose(text: str, problems: Problems) -> yaml.Node:
    """The node tree of one YAML document.

    Raises:
        InputError: Not YAML, empty, several documents, aliases, nested too deeply.
    """
    try:
        loader = _Composer(text)
        node = loader.get_single_node()  # pyright: ignore[reportUnknownMemberType]
    except _AliasRefused as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise problems.fatal(
            line, "uses a YAML alias (*name)", "write the value out; aliases are not accepted"
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise problems.fatal(
            line,
            f"holds a character that YAML does not allow (U+{_code_point(error.character):04X})",
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
    if node is None:
        raise problems.fatal(None, "is empty", "write the file's entries as `key: value` lines")
    return node


def _code_point(character: str | bytes | int) -> int:
    """PyYAML names the character as itself or as its number."""
    return character if isinstance(character, int) else ord(character[:1])


def _hint(reason: str) -> str:
    if "mapping values are not allowed" in reason:
        return "put quotes round a text that holds a colon and a space"
    if "\\t" in reason or "tab" in reason:
        return "indent with spaces, not tabs"
    if "another document" in reason:
        return "keep one document in a file: remove the `---` line"
    if "got '?'" in reason:
        return "put quotes round a text that holds a question mark"
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
    return names.get(node.tag.removeprefix(_TAG), "text")


def tag_of(node: yaml.Node) -> str:
    """`str`, `int`, `float`, `bool`, `null`, `timestamp`, `seq`, `map`, or a tag that somebody wrote."""
    return node.tag.removeprefix(_TAG)


def scalar_text(node: yaml.Node) -> str:
    """The text of a scalar as written."""
    return str(node.value)


def is_unicode(text: str) -> bool:
    """Whether a text can be stored and sent: no half of a surrogate pair in it."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
