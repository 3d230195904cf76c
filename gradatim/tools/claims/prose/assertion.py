"""What a sentence asserts, with every way of reading it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gradatim.domain import Check, Claim
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.extraction.reading import CODE, Reading
from gradatim.tools.sandbox import Sandbox

_POINTS_BACK = re.compile(
    r"^(?:\d+[.)] )?(?:instead,? |so,? |therefore,? )?(?:it|this|that|they|the (?:correct\w*|right|fixed|new) (?:line"
    r"|condition|code|version|expression|statement|one))\b",
    re.IGNORECASE,
)
Probe = Callable[[Case, Sandbox], Awaitable[Check]]
"""Decides what no claim can say, by running something."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing that a sentence says.

    Attributes:
        claims: Readings of it: it holds if any of them does, and is false if none of them can be true.
        start: Where its words begin in the prepared sentence.
        end: Position behind its last word.
        sure: Whether the words leave no doubt what is meant; otherwise failing readings count only where the fault
            is known to lie elsewhere.
        absurd: Why it is false whatever the program does; such an assertion has no claims.
        loose: Whether it may speak of more than its readings, so that only what bears it out counts.
        shown: Why it holds, read from the program alone; such an assertion has no claims.
        probe: Decides it where it has no claims.
        aside: Whether it is only a part of what the sentence says of the fault: nothing is supported by it alone.
    """

    claims: tuple[Claim, ...]
    start: int
    end: int
    sure: bool = True
    absurd: str = ""
    loose: bool = False
    shown: str = ""
    probe: Probe | None = None
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """A prepared sentence together with the case that it speaks of.

    Attributes:
        whole: Whether the sentence has an end, or every fenced block in it has one.
        before: The sentence before it, which "it should be" points back to.
    """

    reading: Reading
    case: Case
    whole: bool = True
    before: Reading | None = None

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def lines(self) -> list[str]:
        return self.case.lines

    def code(self, sign: str) -> str:
        """The code that a sign stands for, without a line number that a numbered listing put before it."""
        return self.reading.code(sign).strip()

    def closed(self, position: int) -> bool:
        """Whether a piece of code is known to be there as a whole: what the end of the text cuts off may lack more."""
        return position + 1 < len(self.text) or self.whole

    def codes(self, start: int = 0, end: int | None = None) -> list[tuple[int, str]]:
        """Position and text of each piece of code in a part of the sentence."""
        stop = len(self.text) if end is None else end
        return [(match.start(), self.code(match.group())) for match in re.finditer(CODE, self.text[:stop])
                if match.start() >= start]  # fmt: skip

    def named_lines(self, start: int = 0, end: int | None = None) -> list[int]:
        """Numbers of lines that a part of the sentence names."""
        return self._numbers(self.text[start:end])

    def meant(self) -> tuple[list[int], list[str]]:
        """Lines and pieces of code that "it" and "this" at the start of the sentence point back to."""
        if self.before is None or not _POINTS_BACK.search(self.text):
            return [], []
        return self._numbers(self.before.text), [code for code in self.before.codes if code]

    def _numbers(self, part: str) -> list[int]:
        found: list[int] = []
        for match in re.finditer(r"\blines? (?:number )?((?:\d{1,4}(?: ?(?:,|and|or|&|to|-)+ ?)?)+)", part, re.I):
            found += [int(number) for number in re.findall(r"\d+", match[1])]
        if re.search(r"\blast line(?! with)\b(?! of (?:the|a|each) (?!program|code|function|loop))", part, re.I):
            found += [number for number in range(len(self.lines), 0, -1) if self.lines[number - 1].strip()][:1]
        if re.search(r"\bfirst line\b(?! of (?:the|a|each) (?!program|code|function|loop))", part, re.I):
            found.append(1)
        return list(dict.fromkeys(number for number in found if number > 0))
