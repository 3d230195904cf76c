"""Mends of indentation, and the last resort: leaving a line out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from gradatim.tools.analysis.faults.headers import HEADER
from gradatim.tools.analysis.faults.mends import Lines, Mend, one
from gradatim.tools.analysis.faults.pieces import is_code, margin_of

_MOST_MARGINS = 8


def other_margin(lines: Lines, at: int) -> Iterator[Mend]:
    """The line indented as another one above it, or one step further."""
    text = lines[at]
    own, body = margin_of(text), text.lstrip()
    if not body:
        return
    above = [line for line in lines[max(0, at - 40) : at] if is_code(line)]
    margins = dict.fromkeys(margin_of(line) for line in reversed(above))
    step = _step(lines)
    below = [margin_of(line) for line in lines[at + 1 : at + 4] if is_code(line)]
    wanted = list(margins)[:_MOST_MARGINS] + [margin + step for margin in list(margins)[:2]] + below
    last = above[-1] if above else ""
    for place, margin in enumerate(dict.fromkeys([*wanted, ""])):
        if margin == own:
            continue
        opened = last.rstrip().endswith(":")
        natural = margin == (margin_of(last) + step if opened else margin_of(last))
        cost = 0.3 if natural else 0.5 + 0.02 * place
        kind = "not-indented" if len(margin) > len(own) else "indented-too-far"
        if "\t" in own + margin and own.expandtabs(8) == margin.expandtabs(8):
            kind = "mixed-tabs"
        yield one(at, margin + body, kind, cost, body, "")


def block_margin(lines: Lines, at: int) -> Iterator[Mend]:
    """A run of lines indented one step further, or less: the body of a function that was not indented."""
    if not is_code(lines[at]):
        return
    own, step = margin_of(lines[at]), _step(lines)
    last = at
    while last + 1 < len(lines) and (not is_code(lines[last + 1]) or len(margin_of(lines[last + 1])) >= len(own)):
        last += 1
        if last - at > 60:
            return
    ends = [place for place in range(at, last + 1) if is_code(lines[place])]
    for end in dict.fromkeys((ends[-1], *ends[1:6])):
        block = lines[at : end + 1]
        moved = tuple(step + line if line.strip() else line for line in block)
        body = lines[at].strip()
        yield Mend(at, end, moved, "not-indented", 0.45 + 0.05 * (len(block) - 1), body)
        if own:
            cut = own[: -len(step)] if own.endswith(step) else ""
            back = tuple(cut + line[len(own) :] if line.startswith(own) else line for line in block)
            yield Mend(at, end, back, "indented-too-far", 0.5 + 0.05 * (len(block) - 1), body)


def tabs(lines: Lines, at: int) -> Iterator[Mend]:
    """Tabs and spaces mixed: the program with each tab as four or eight spaces."""
    if "\t" not in margin_of(lines[at]) and not any("\t" in margin_of(line) for line in lines[max(0, at - 1) : at + 2]):
        return
    for size in (4, 8):
        spaced = tuple(margin_of(line).expandtabs(size) + line.lstrip() for line in lines)
        yield Mend(0, len(lines) - 1, spaced, "mixed-tabs", 0.25, lines[at].strip(), "")


def empty_block(lines: Lines, at: int) -> Iterator[Mend]:
    """A header without any block."""
    text = lines[at]
    if HEADER.match(text) and text.split("#")[0].rstrip().endswith(":"):
        yield Mend(at, at, (text, f"{margin_of(text)}{_step(lines)}pass"), "empty-block", 0.55, text.strip(), "")


def lonely_try(lines: Lines, at: int) -> Iterator[Mend]:
    """A try whose except is missing."""
    text = lines[at]
    if not re.match(r"^\s*try\s*:", text):
        return
    margin = margin_of(text)
    end = at + 1
    while end < len(lines) and (not is_code(lines[end]) or len(margin_of(lines[end])) > len(margin)):
        end += 1
    block = tuple(lines[at:end])
    caught = (f"{margin}except Exception:", f"{margin}{_step(lines)}pass")
    yield Mend(at, end - 1, (*block, *caught), "try-without-except", 0.3, "try", "except")


def left_out(lines: Lines, at: int) -> Iterator[Mend]:
    """The line replaced by one that does nothing: says where the mistake is, not what it is."""
    text = lines[at]
    body, margin = text.strip(), margin_of(text)
    if not is_code(text):
        return
    if HEADER.match(text):
        word = re.split(r"\W", body, maxsplit=1)[0]
        plain = {
            "elif": "elif True:", "else": "else:", "except": "except Exception:", "finally": "finally:",
            "def": "def _():", "class": "class _:", "for": "for _ in ():", "while": "while True:", "try": "try:",
        }.get(word, "if True:")  # fmt: skip
        yield one(at, margin + plain, "unreadable-header", 1.5, body, "")
    yield one(at, margin + "pass", "unreadable-line", 1.8, body, "")


def _step(lines: Lines) -> str:
    """One step of indentation: what the lines behind a header most often add to it."""
    code = [line for line in lines if is_code(line)]
    added: Counter[str] = Counter()
    for header, inner in pairwise(code):
        if header.split("#")[0].rstrip().endswith(":") and len(margin_of(inner)) > len(margin_of(header)):
            added[margin_of(inner)[len(margin_of(header)) :]] += 1
    return added.most_common(1)[0][0] if added else "    "
