"""Edits of programs that Python cannot read: on tokens and lines near where it stopped."""

from __future__ import annotations

import difflib
import keyword
import re
import warnings
from collections.abc import Iterator

from gradatim.tools.repair.candidate import Candidate
from gradatim.tools.repair.source import Source

_BLOCKS = ("if", "elif", "else", "for", "while", "def", "class", "try", "except", "finally", "with")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_SIGNS = (
    (re.compile(r"=<"), "<="), (re.compile(r"=>"), ">="), (re.compile(r"=!"), "!="), (re.compile(r"<>"), "!="),
    (re.compile(r"&&"), " and "), (re.compile(r"\|\|"), " or "), (re.compile(r"!(?!=)"), "not "),
    (re.compile(r"(\w+)\+\+"), r"\1 += 1"), (re.compile(r"(\w+)--"), r"\1 -= 1"), (re.compile(r"==="), "=="),
    (re.compile(r"[\u201c\u201d]"), '"'), (re.compile(r"[\u2018\u2019]"), "'"), (re.compile(r"[< >]=\s+="), "=="),
    (re.compile(r"\bthen\b\s*:?"), ":"), (re.compile(r"\bnull\b"), "None"), (re.compile(r";+\s*$"), ""),
)  # fmt: skip
_STEPS = 3
_NATURAL = 0.2
"""A program that compiles after edits of this weight ends the search; one that only left a line out does not."""
_KEPT = 12
_MOST = 400
WHAT = "what Python cannot read"


def mended(source: Source) -> list[Candidate]:
    """Programs that compile, at most three edits away; those with fewer edits first."""
    level = [(source.text, 1.0)]
    seen = {source.text}
    first_line = _fault(source.text)
    found: list[Candidate] = []
    if first_line is None:
        return found
    for _ in range(_STEPS):
        nearer: list[tuple[int, float, str]] = []
        for text, prior in level:
            at = _fault(text)
            if at is None:
                continue
            for new, share in _options(text.split("\n"), at, source.unit):
                code = "\n".join(new)
                if code in seen or len(seen) > _MOST:
                    continue
                seen.add(code)
                line = _fault(code)
                if line is None:
                    found.append(Candidate(code, "syntax", prior * share, first_line, WHAT))
                elif line >= at:  # a line may have two faults
                    nearer.append((line, prior * share * 0.7, code))
        if any(item.prior >= _NATURAL for item in found):
            break
        nearer.sort(key=lambda item: (-item[0], -item[1]))
        level = [(code, prior) for _, prior, code in nearer[:_KEPT]]
    return sorted(found, key=lambda item: -item.prior)


def _fault(text: str) -> int | None:
    """Line that the compiler refuses, `None` for a program that compiles."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<candidate>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return max(1, min(error.lineno or 1, text.count("\n") + 1))
    except (ValueError, RecursionError, MemoryError):
        return 1
    return None


def _options(lines: list[str], at: int, unit: str) -> Iterator[tuple[list[str], float]]:
    """New versions of all lines, with how natural each edit is."""
    before = next((n for n in range(at - 1, 0, -1) if lines[n - 1].strip()), None)
    for number, share in ((at, 1.0), (before, 0.8)):
        if number is None:
            continue
        line = lines[number - 1]
        for new, prior in _line(line):
            if new != line:
                yield [*lines[: number - 1], new, *lines[number:]], prior * share
        yield from _indented(lines, number, unit, share)
        yield [*lines[: number - 1], *lines[number:]], 0.15 * share
    if before is not None and lines[before - 1].rstrip().endswith(":"):
        indent = lines[before - 1][: len(lines[before - 1]) - len(lines[before - 1].lstrip())]
        yield [*lines[:before], f"{indent}{unit}pass", *lines[before:]], 0.4
    if any("\t" in line for line in lines):
        for width in (4, 8):
            yield [line.expandtabs(width) for line in lines], 0.9
    for number in range(max(1, at - 6), at - 1):  # an open bracket may have been left some lines above
        for new, prior in _brackets(lines[number - 1]):
            yield [*lines[: number - 1], new, *lines[number:]], 0.5 * prior


def _line(line: str) -> Iterator[tuple[str, float]]:
    """New versions of one line."""
    text = line.rstrip()
    body = text.strip()
    indent = text[: len(text) - len(text.lstrip())]
    word = re.match(r"\w*", body)
    first = word.group() if word is not None else ""
    code, comment = _without_comment(text)
    if first in _BLOCKS and not code.rstrip().endswith(":"):
        yield f"{code.rstrip()}:{comment}", 1.0
        yield f"{code.rstrip().rstrip(';,.')}:{comment}", 0.9
    if first in ("if", "elif", "while", "return", "assert") or " if " in body:
        fixed = re.sub(r"(?<![=<>!+\-*/%])=(?!=)", "==", text)
        yield fixed, 1.0
    yield re.sub(r"\belse\s+if\b", "elif", text), 1.0
    yield re.sub(r"\bels(e)?if\b", "elif", text), 1.0
    if first == "else":
        yield f"{indent}else:", 0.7
        yield f"{indent}elif{body[4:]}", 0.8
    if first in ("elif", "if") and body.rstrip(": ") in ("elif", "if"):
        yield f"{indent}else:", 0.8
    if first == "elif":
        yield text.replace("elif", "if", 1), 0.6
    for pattern, new in _SIGNS:
        if pattern.search(text):
            yield pattern.sub(new, text), 0.9
    yield from _brackets(text)
    yield from _quotes(text)
    yield from _words(text, body, first)
    for match in re.finditer(r"(?<=[\w)\]'\"])\s+(?=[\w(\['\"])", body):
        start = len(indent) + match.start()
        yield f"{text[:start]},{text[start:]}", 0.3
        if " in " not in text and first == "for":
            yield f"{text[:start]} in{text[start:]}", 0.3
    for at, sign in enumerate(body):
        if sign in "()[]{}:,;.'\"=\\":
            place = len(indent) + at
            yield text[:place] + text[place + 1 :], 0.25
    if code.rstrip().endswith(":") and first not in _BLOCKS:
        yield f"{code.rstrip()[:-1]}{comment}", 0.8
        for block in ("if", "else", "for", "while"):
            yield f"{indent}{block} {body}" if block != "else" else f"{indent}else:", 0.3


def _without_comment(text: str) -> tuple[str, str]:
    at = text.find("#")
    if at < 0 or any(quote in text[at:] for quote in "'\""):
        return text, ""
    return text[:at], f"  {text[at:]}"


def _words(text: str, body: str, first: str) -> Iterator[tuple[str, float]]:
    """Misspelt keywords, `print x`, `def` left out."""
    if first == "print" and not body[5:].lstrip().startswith("("):
        yield text.replace(body, f"print({body[5:].strip()})"), 1.0
    for match in re.finditer(r"[A-Za-z_]+", text):
        for word in difflib.get_close_matches(match.group().lower(), keyword.kwlist, 2, 0.7):
            if word != match.group():
                yield text[: match.start()] + word + text[match.end() :], 0.7
    for glued in ("return", "if", "elif", "while", "not", "in", "for", "def"):
        if re.match(rf"{glued}\w", body):
            yield text.replace(glued, f"{glued} ", 1), 0.6
    if re.match(r"\w+\s*\(.*\)\s*:\s*$", body) and first not in _BLOCKS:
        yield text.replace(body, f"def {body}", 1), 0.9


def _brackets(text: str) -> Iterator[tuple[str, float]]:
    """Brackets opened and not closed, or closed and not opened."""
    code, comment = _without_comment(text)
    code = code.rstrip()
    ending = ":" if code.endswith(":") else ""
    core = code[: len(code) - len(ending)].rstrip()
    open_now: list[str] = []
    for place, sign in enumerate(core):
        if sign in _CLOSING:
            open_now.append(sign)
        elif sign in _CLOSING.values():
            if open_now and _CLOSING[open_now[-1]] == sign:
                open_now.pop()
            else:
                yield text[:place] + text[place + 1 :], 0.8
                if open_now:
                    yield text[:place] + _CLOSING[open_now[-1]] + text[place + 1 :], 0.8
                    yield text[:place] + _CLOSING[open_now[-1]] + text[place:], 0.7
    if open_now:
        closing = "".join(_CLOSING[sign] for sign in reversed(open_now))
        yield f"{core}{closing}{ending}{comment}", 1.0
        at = core.rfind(open_now[-1])
        yield core[:at] + core[at + 1 :] + ending + comment, 0.5
        for match in re.finditer(r"[\w\])]\s*(?=[=<>!+\-*/,]|\band\b|\bor\b|$)", core):
            place = match.start() + 1
            if place > at:
                yield f"{core[:place]}{closing}{core[place:]}{ending}{comment}", 0.5


def _quotes(text: str) -> Iterator[tuple[str, float]]:
    for quote in "'\"":
        if text.count(quote) % 2:
            code = text.rstrip()
            for ending in ("):", ")", "]:", "]", ":", ""):
                if code.endswith(ending):
                    yield f"{code[: len(code) - len(ending)]}{quote}{ending}", 0.9 if ending else 0.7
            other = "'" if quote == '"' else '"'
            if text.count(other) % 2:
                yield text.replace(other, quote), 0.9


def _indented(lines: list[str], number: int, unit: str, share: float) -> Iterator[tuple[list[str], float]]:
    """A line, or it and those below that stand as deep, with another indentation."""
    line = lines[number - 1]
    own = line[: len(line) - len(line.lstrip())]
    levels = dict.fromkeys(
        text[: len(text) - len(text.lstrip())] for text in reversed(lines[: number - 1]) if text.strip()
    )
    above = next((text for text in reversed(lines[: number - 1]) if text.strip()), "")
    deepest = above[: len(above) - len(above.lstrip())]
    options = [deepest + unit, *levels] if above.rstrip().endswith(":") else [*levels, deepest + unit]
    end = number
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) >= len(own)):
        end += 1
    for level in options[:6]:
        if level == own:
            continue
        yield [*lines[: number - 1], level + line.lstrip(), *lines[number:]], 0.8 * share
        if end > number:
            moved = [level + text[len(own) :] if text.strip() else text for text in lines[number - 1 : end]]
            yield [*lines[: number - 1], *moved, *lines[end:]], 0.85 * share
