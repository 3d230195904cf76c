"""Concrete inputs that a text speaks of, and values that it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradatim.domain import TestCase
from gradatim.testing.learners.desk import Observation
from gradatim.tools.claims.code import parse, same_value

_LITERAL = re.compile(
    r"\"[^\"\n]*\"|'[^'\n]*'|\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]|\{[^{}]*\}|(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\w)"
    r"|\b(?:None|True|False)\b|\b[A-Z]\w*Error\b|\bStopIteration\b"
)
_NUMBERED = re.compile(
    r"\b(?:lines?|tests?|step|turn|round)\s+#?\d+|第\s*\d+\s*(?:行|轮|次|个)|\bt\d+\b", re.IGNORECASE
)
_LONGEST_CALL = 300


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a text speaks of a concrete input.

    Attributes:
        seen: The input, what is needed there, and what the program gives.
        start: Character of the text.
        end: The one behind it.
    """

    seen: Observation
    start: int
    end: int


def mentions(text: str, observations: Sequence[Observation], entry_point: str | None) -> list[Mention]:
    """Concrete inputs in a text, in their order."""
    found: list[Mention] = []
    for start, end in calls_in(text, entry_point):
        call = text[start:end]
        seen = next((item for item in observations if plain_call(item.case.call) == plain_call(call)), None)
        if seen is not None:
            found.append(Mention(seen, start, end))
    for seen in observations:
        for start, end in _inputs(text, seen.case):
            if not any(start < item.end and item.start < end for item in found):
                found.append(Mention(seen, start, end))
                break
    return sorted(found, key=lambda item: item.start)


def calls_in(text: str, entry_point: str | None) -> Iterator[tuple[int, int]]:
    """Where whole calls of a function with values for arguments stand in a text."""
    if entry_point is None:
        return
    for match in re.finditer(rf"(?<![\w.]){re.escape(entry_point)}\(", text):
        depth = 0
        for position in range(match.end() - 1, min(len(text), match.end() + _LONGEST_CALL)):
            depth += (text[position] in "([{") - (text[position] in ")]}")
            if depth == 0:
                tree = parse(text[match.start() : position + 1])
                if tree is not None and _LITERAL.search(text[match.end() : position]):
                    yield match.start(), position + 1
                break


def _inputs(text: str, case: TestCase) -> Iterator[tuple[int, int]]:
    """Where the input of a whole program, or a statement of a check, stands in a text."""
    if case.stdin is not None:
        lines = case.stdin.split()
        written = re.escape(repr(case.stdin)[1:-1])
        forms = (
            [written, r"\s*(?:,|\\n|\s|、|，|then|and|然后)+\s*".join(map(re.escape, lines))] if lines else [written]
        )
        for form in forms:
            for match in re.finditer(rf"(?<![\w.]){form}(?![\w.]*\w)", text):
                yield match.span()
    elif case.check is not None:
        for line in case.check.strip().splitlines():
            start = text.find(line.removeprefix("assert ").split("==")[0].strip())
            if start >= 0:
                yield start, start + len(line.split("==")[0].strip()) - (7 if line.startswith("assert ") else 0)
    if case.name and len(case.name) >= 8 and (start := text.lower().find(case.name.lower())) >= 0:
        yield start, start + len(case.name)


def literals(text: str) -> list[str]:
    """Values that a text tells; numbers of lines, tests and rounds are none."""
    return _LITERAL.findall(_NUMBERED.sub(" ", text))


def same(one: str, other: str) -> bool:
    """Whether two texts stand for the same value, or the same output."""
    return same_value(one, other) or same_value(one.strip("'\""), other.strip().strip("'\""))


def plain_call(call: str | None) -> str:
    """A call without what makes no difference in it."""
    return "".join((call or "").replace("'", '"').split())
