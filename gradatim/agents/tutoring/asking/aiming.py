"""Which questions have to do with the fault at hand."""

from __future__ import annotations

import re

from gradatim.agents.tutoring.asking.view import Loop, View
from gradatim.tools.claims.code import is_literal

_LOOPING = frozenset(
    {"loop-bound", "inside-loop", "return-in-loop", "loop-update", "while-iterating", "jump", "index-or-element"}
)
"""Kinds of faults that show in how often a loop runs."""


def loop_matters(view: View, loop: Loop) -> bool:
    """Whether it matters to the fault how often a loop runs."""
    if loop.line in view.fault.lines:
        return True
    inside = any(loop.line < line <= loop.last for line in view.fault.lines)
    return inside and (view.fault.family is None or view.fault.family in _LOOPING)


def concerns(view: View, line: int, name: str) -> bool:
    """Whether a value after a line has to do with the fault: it is set there, or used there."""
    if line in view.fault.lines:
        return True
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)")
    return not view.fault.lines or any(word.search(view.line(item)) for item in view.fault.lines)


def shown_in(line: str, value: str) -> bool:
    """Whether a line states the value itself: `total = 0`."""
    return line.endswith(f"= {value}") or value in [part.strip() for part in line.partition("=")[2].split(",")]


def constant(line: str) -> bool:
    """Whether a line sets something to a plain value."""
    _, equals, value = line.partition("=")
    return bool(equals) and all(is_literal(part) for part in value.split(","))
