"""Tokens of one logical line, white space included, and what two lines of tokens have in common."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

_STRING = (
    r"[rbfuRBFU]{0,2}(?:'''(?:\\.|[^\\])*?'''|\"\"\"(?:\\.|[^\\])*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")"
)
_TOKEN = re.compile(
    rf"(?P<string>{_STRING})|(?P<number>\.?\d[\w.]*)|(?P<name>[^\W\d]\w*)|(?P<comment>#[^\n]*)|(?P<space>\s+|\\\n)"
    r"|(?P<operator>\*\*=?|//=?|<<=?|>>=?|->|:=|\.\.\.|[-+*/%&|^=<>!@]=|.)",
    re.DOTALL,
)
_PIECE = re.compile(r"\{\{|\}\}|[{}]|[^{}]+")
_OPEN = frozenset("([{")
_CLOSE = frozenset(")]}")


def split(text: str) -> tuple[str, ...]:
    """All tokens of a text; joined they give it back. Replacement fields of f-strings are split as code."""
    found: list[str] = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        if match.lastgroup == "string" and "f" in token[:2].lower() and "{" in token:
            found.extend(_split_fields(token))
        else:
            found.append(token)
    return tuple(found)


def _split_fields(token: str) -> list[str]:
    found: list[str] = []
    inside = 0
    for match in _PIECE.finditer(token):
        piece = match[0]
        inside += (piece == "{") - (piece == "}")
        found.extend(split(piece) if inside > 0 and piece != "{" else [piece])
    return found


def is_space(token: str) -> bool:
    """Whether a token carries no meaning."""
    return token.isspace() or token == "\\\n" or token.startswith("#")


def meaning(tokens: Sequence[str]) -> tuple[str, ...]:
    """The tokens without white space and comments, strings by their value."""
    return tuple(_same_quotes(token) for token in tokens if not is_space(token))


@lru_cache(maxsize=4096)
def _same_quotes(token: str) -> str:
    if token[-1:] in ("'", '"') and len(token) > 1 and token[0] in "'\"":
        try:
            return repr(ast.literal_eval(token))
        except (ValueError, SyntaxError):
            return token
    return token


def is_name(token: str) -> bool:
    """Whether a token is an identifier (or a keyword)."""
    return token.isidentifier()


def rename(tokens: Sequence[str], new_name: Callable[[str, bool], str | None]) -> tuple[str, ...]:
    """Names replaced, attributes told apart, keyword arguments left alone.

    Args:
        tokens: As `split` gives them, from normalised text (a keyword argument's `=` follows at once).
        new_name: Gets a name and whether it is an attribute; returns what replaces it, or `None`.
    """
    result: list[str] = []
    previous = ""
    for position, token in enumerate(tokens):
        fresh = None
        if token.isidentifier():
            following = tokens[position + 1] if position + 1 < len(tokens) else ""
            if following != "=":
                fresh = new_name(token, previous == ".")
        result.append(token if fresh is None else fresh)
        if not is_space(token):
            previous = token
    return tuple(result)


@lru_cache(maxsize=1 << 15)
def likeness(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    """Share of tokens in common (Dice coefficient of the bags), in [0, 1]."""
    if left == right:
        return 1.0
    common = sum((Counter(left) & Counter(right)).values())
    return 2 * common / max(1, len(left) + len(right))


@dataclass(frozen=True, slots=True)
class Hunk:
    """Tokens `start`..`stop` of a line, replaced."""

    start: int
    stop: int
    new: tuple[str, ...]


def single_hunk(old: tuple[str, ...], new: tuple[str, ...]) -> Hunk | None:
    """The one place in which two token sequences (white space included) differ; `None` where it is not just one."""
    places = [place for place, token in enumerate(old) if not is_space(token)]
    others = [place for place, token in enumerate(new) if not is_space(token)]
    matcher = SequenceMatcher(
        None, [_same_quotes(old[p]) for p in places], [_same_quotes(new[p]) for p in others], False
    )
    changed = [code for code in matcher.get_opcodes() if code[0] != "equal"]
    if len(changed) != 1 or changed[0][0] != "replace":
        return None
    _, a, b, c, d = changed[0]
    found = Hunk(places[a], places[b - 1] + 1, new[others[c] : others[d - 1] + 1])
    return found if _closed(old[found.start : found.stop]) and _closed(found.new) else None


def _closed(tokens: Sequence[str]) -> bool:
    depth = 0
    for token in tokens:
        depth += (token in _OPEN) - (token in _CLOSE)
        if depth < 0:
            return False
    return depth == 0
