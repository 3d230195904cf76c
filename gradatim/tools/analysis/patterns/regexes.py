"""Patterns of the module `re` that a program writes out, and what they find in the texts of tests."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.patterns.libraries import library_call
from gradatim.tools.analysis.patterns.values import text_constant, value_behind
from gradatim.tools.analysis.program import Function

_LONGEST = 60
_TEXT = 200


@dataclass(frozen=True, slots=True)
class PatternCall:
    """A call such as `re.search(pattern, text)` with a literal pattern.

    Attributes:
        name: `match`, `search`, …
    """

    node: ast.Call
    function: Function | None
    name: str
    pattern: str


def pattern_calls(case: Examination) -> Iterator[PatternCall]:
    """Calls of the functions of `re` whose pattern is written out and that have no flags."""
    for node, function in case.places:
        name = library_call(case.program, node, "re")
        if name is None or not isinstance(node, ast.Call) or not node.args or node.keywords or len(node.args) > 3:
            continue
        pattern = text_constant(value_behind(case, function, node.args[0]))
        if pattern is not None:
            yield PatternCall(node, function, name, pattern)


def tame(pattern: str) -> re.Pattern[str] | None:
    """A pattern compiled for use here, or `None` if looking for it could take long.

    A learner's pattern is not to be trusted: at most three repetitions, none of them of a group, and no references
    backwards, so that a search in a short text takes few steps.
    """
    repeats = re.findall(r"(?<!\\)[*+{]|(?<![\\(*+}])\?", pattern)
    if len(pattern) > _LONGEST or len(repeats) > 3 or re.search(r"\)[*+{]|\\[1-9]|\(\?P=|\{\d{3,}|,\d{3,}\}", pattern):
        return None
    return compiled(pattern)


def compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern compiled, without warnings; `None` if it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return re.compile(pattern)
        except (re.error, RecursionError, OverflowError, MemoryError):
            return None


def short(text: str) -> str:
    """The part of a text that a pattern is tried on."""
    return text[:_TEXT]
