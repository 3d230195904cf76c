"""A program as coloured lines; works on programs that do not compile."""

from __future__ import annotations

import keyword
import re
from typing import Literal

TokenKind = Literal["comment", "string", "number", "keyword", "name", "plain"]
Token = tuple[TokenKind, str]

_TOKEN = re.compile(
    r"""
      (?P<comment> \#[^\n]* )
    | (?P<string>  (?:\b[rbfuRBFU]{1,2})?
                   (?: "{3}[\s\S]*?(?:"{3}|\Z) | '{3}[\s\S]*?(?:'{3}|\Z)
                     | "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? ) )
    | (?P<number>  \b\d[\w.]* )
    | (?P<name>    [^\W\d]\w* )
    | (?P<plain>   [^\w\#"']+ | . )
    """,
    re.VERBOSE,
)


def lines_of(text: str) -> list[str]:
    """The lines as Python counts them: only `\\n`, `\\r\\n` and `\\r` end one."""
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[:-1] if lines[-1] == "" and len(lines) > 1 else lines


def tokens(code: str) -> list[list[Token]]:
    """The tokens of each line; joined, they are the line."""
    listing: list[list[Token]] = [[]]
    for match in _TOKEN.finditer("\n".join(lines_of(code))):
        kind = _kind(match)
        for number, piece in enumerate(match.group().split("\n")):
            if number:
                listing.append([])
            if piece:
                listing[-1].append((kind, piece))
    return listing


def _kind(match: re.Match[str]) -> TokenKind:
    if match.lastgroup == "name":
        word = match.group()
        return "keyword" if keyword.iskeyword(word) else "name"
    for kind in ("comment", "string", "number"):
        if match.lastgroup == kind:
            return kind
    return "plain"
