"""Cutting a line into pieces although the program around it cannot be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

PieceKind = Literal["text", "open-text", "comment", "number", "name", "operator"]

_PIECE = re.compile(
    r"""
    (?P<text>(?:[rRbBuUfF]{1,2})?(?:\"\"\".*?\"\"\"|'''.*?'''|"(?!"")(?:\\.|[^"\\])*"|'(?!'')(?:\\.|[^'\\])*'))
    | (?P<opentext>(?:[rRbBuUfF]{1,2})?(?:"|').*$)
    | (?P<comment>\#.*$)
    | (?P<number>(?:\d[\d_]*\.?\d*(?:[eE][+-]?\d+)?|\.\d+)[jJ]?)
    | (?P<name>[^\W\d]\w*)
    | (?P<operator>
        \*\*=|//=|>>=|<<=|===|!==|\.\.\.|[<>=!+\-*/%&|^@:]=|=[<>!]|->|\*\*|//|<<|>>|<>|&&|\|\||\+\+|--|[^\s\w]
      )
    """,
    re.VERBOSE,
)
_KINDS: dict[str, PieceKind] = {"opentext": "open-text"}

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = {closing: opening for opening, closing in OPENING.items()}


@dataclass(frozen=True, slots=True)
class Piece:
    """A token of one line, as far as one line alone tells."""

    kind: PieceKind
    text: str
    start: int
    end: int


def pieces_of(line: str) -> list[Piece]:
    """The pieces of a line from left to right; a text that does not end on the line is one `open-text`."""
    found: list[Piece] = []
    for match in _PIECE.finditer(line):
        name = match.lastgroup or "operator"
        kind = _KINDS.get(name, name)
        found.append(Piece(kind, match.group(), match.start(), match.end()))  # pyright: ignore[reportArgumentType]
    return found


def code_end(line: str) -> int:
    """Where the code of a line ends: before blanks and a comment."""
    pieces = [piece for piece in pieces_of(line) if piece.kind != "comment"]
    return pieces[-1].end if pieces else len(line.rstrip())


def margin_of(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def is_code(line: str) -> bool:
    """Whether a line holds more than blanks and a comment."""
    text = line.strip()
    return bool(text) and not text.startswith("#")


def open_brackets(line: str) -> tuple[list[Piece], list[Piece]]:
    """Brackets of a line that are opened and not closed on it, and those that close none of it."""
    opened: list[Piece] = []
    extra: list[Piece] = []
    for piece in pieces_of(line):
        if piece.kind != "operator":
            continue
        if piece.text in OPENING:
            opened.append(piece)
        elif piece.text in CLOSING:
            if opened and opened[-1].text == CLOSING[piece.text]:
                opened.pop()
            else:
                extra.append(piece)
    return opened, extra
