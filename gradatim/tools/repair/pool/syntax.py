"""Simple means against programs that do not compile: one line at a time, where the compiler stops."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from io import StringIO

from gradatim.tools.repair.pool.compiling import stops_at

MOST_STEPS = 8
_HEADER = re.compile(r"\s*(if|elif|else|for|while|def|class|try|except|finally|with)\b")
_WORDS = (
    "if",
    "elif",
    "else",
    "for",
    "while",
    "def",
    "class",
    "return",
    "import",
    "print",
    "break",
    "continue",
    "pass",
)
_SIGNS = (("=<", "<="), ("=>", ">="), ("=!", "!="), ("<>", "!="), ("&&", " and "), ("||", " or "), ("===", "=="))
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def compilable(physical: Sequence[str]) -> list[str] | None:
    """Lines of a program that compiles, with as little changed as simple means allow.

    Each step changes one line where the compiler stops, in the way that lets it come furthest; as a last resort the
    line goes away.
    """
    lines = list(physical)
    stop = _stops_at(lines)
    for _ in range(MOST_STEPS + len(lines) // 4):
        if stop is None:
            return lines
        best: tuple[int, list[str]] | None = None
        for rank, changed in enumerate(_attempts(lines, stop)):
            reached = _stops_at(changed)
            if reached is None:
                return changed
            ahead = reached - (len(changed) - len(lines)) - stop
            if ahead > 0 and (best is None or ahead > best[0]):
                best = (ahead, changed)
            if rank > 80:
                break
        lines = best[1] if best is not None else [*lines[: stop - 1], *lines[stop:]]
        stop = _stops_at(lines) if lines else None
        if not lines:
            return None
    return lines if stop is None else None


def _stops_at(lines: Sequence[str]) -> int | None:
    """Line at which the compiler stops; `None` when it does not."""
    line = stops_at("\n".join(lines) + "\n")
    return None if line is None else min(line, max(1, len(lines)))


def _attempts(lines: list[str], stop: int) -> Iterator[list[str]]:
    """Programs with one line changed, the gentlest changes first."""
    before = next((n for n in range(stop - 1, 0, -1) if lines[n - 1].strip()), None)
    for number in dict.fromkeys(n for n in (stop, before) if n is not None):
        for new in dict.fromkeys(_respelled(lines[number - 1])):
            if new != lines[number - 1]:
                yield [*lines[: number - 1], new, *lines[number:]]
    for number in dict.fromkeys(n for n in (stop, before) if n is not None):
        text = lines[number - 1]
        for indent in _indents(lines, number):
            if indent + text.strip() != text:
                yield [*lines[: number - 1], indent + text.strip(), *lines[number:]]
    if before is not None and lines[before - 1].rstrip().endswith(":"):
        own = lines[before - 1][: len(lines[before - 1]) - len(lines[before - 1].lstrip())]
        yield [*lines[:before], f"{own}    pass", *lines[before:]]
    expanded = [text[: len(text) - len(text.lstrip())].expandtabs(4) + text.lstrip() for text in lines]
    if expanded != lines:
        yield expanded
    yield [*lines[: stop - 1], *lines[stop:]]
    own = lines[stop - 1][: len(lines[stop - 1]) - len(lines[stop - 1].lstrip())]
    yield [*lines[: stop - 1], f"{own}pass", *lines[stop:]]


def _indents(lines: Sequence[str], number: int) -> Iterator[str]:
    seen: set[str] = set()
    for other in range(number - 1, 0, -1):
        text = lines[other - 1]
        if not text.strip():
            continue
        indent = text[: len(text) - len(text.lstrip())]
        for fresh in (indent + "    ", indent) if text.rstrip().endswith(":") else (indent,):
            if fresh not in seen:
                seen.add(fresh)
                yield fresh


def _respelled(text: str) -> Iterator[str]:
    code, comment = _without_comment(text)
    indent = code[: len(code) - len(code.lstrip())]
    body = code.strip()
    if _HEADER.match(code) and not body.endswith(":"):
        yield f"{indent}{body.rstrip(';,')}:{comment}"
    for wrong, right in _SIGNS:
        if wrong in body:
            yield indent + body.replace(wrong, right) + comment
    if re.match(r"(if|elif|while)\b", body):
        yield indent + re.sub(r"(?<![=!<>:])=(?!=)", "==", body) + comment
    for wrong in ("else if", "elseif", "elsif"):
        if body.startswith(wrong):
            yield f"{indent}elif{body[len(wrong) :]}{comment}"
    if re.match(r"else\b.+:", body):
        yield f"{indent}elif{body[4:]}{comment}"
        yield f"{indent}else:{comment}"
    if body.endswith(":") and not _HEADER.match(code):
        yield indent + body[:-1] + comment
    step = re.fullmatch(r"(\w+)\s*(\+\+|--)", body)
    if step:
        yield f"{indent}{step[1]} {step[2][0]}= 1{comment}"
    yield from (indent + new + comment for new in _bracketed(body))
    for quote in "'\"":
        if body.count(quote) % 2:
            yield indent + body.rstrip(":)") + quote + body[len(body.rstrip(":)")) :] + comment
    first = re.match(r"\w+", body)
    if first:
        for word in get_close_matches(first[0], _WORDS, 2, 0.7):
            yield indent + word + body[first.end() :] + comment


def _bracketed(body: str) -> Iterator[str]:
    """The line with its brackets closed, or with those taken away that close nothing."""
    waiting: list[str] = []
    kept: list[str] = []
    for sign in body:
        if sign in _PAIRS:
            waiting.append(_PAIRS[sign])
        elif sign in ")]}":
            if not waiting or waiting[-1] != sign:
                continue
            waiting.pop()
        kept.append(sign)
    if len(kept) < len(body):
        yield "".join(kept)
    if waiting:
        closing = "".join(reversed(waiting))
        yield body[:-1] + closing + ":" if body.endswith(":") else body + closing


def _without_comment(text: str) -> tuple[str, str]:
    """Code and comment (with the space before it) of a line."""
    try:
        for token in tokenize.generate_tokens(StringIO(text.strip() + "\n").readline):
            if token.type == tokenize.COMMENT:
                at = len(text) - len(text.lstrip()) + token.start[1]
                code = text[:at].rstrip()
                return code, text[len(code) :]
    except (tokenize.TokenError, SyntaxError):
        return text, ""
    return text, ""
