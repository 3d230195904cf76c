"""How much of a program a repair changes."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from gradatim.domain import Edit
from gradatim.tools.repair.pool.usefulness import idle_statements

LARGEST_SHARE = 0.6
"""Share of the student's lines beyond which a change is a new program rather than a repair."""


def code_lines(lines: Sequence[str]) -> list[str]:
    """The lines that hold code: neither empty nor only a comment; white space at their ends does not count."""
    return [text.rstrip() for text in lines if text.strip() and not text.lstrip().startswith("#")]


def changed_lines(old: Sequence[str], new: Sequence[str]) -> int:
    """Lines that a change touches.

    Wherever the code lines differ, the larger of how many the student had there and how many stand there now: a
    replaced line counts once, an inserted line and a removed line count once each.
    """
    before, after = code_lines(old), code_lines(new)
    matcher = SequenceMatcher(None, before, after, False)
    return sum(max(b - a, d - c) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")


def share(old: Sequence[str], new: Sequence[str]) -> float:
    """How much of a student's program is lost in another: at most `LARGEST_SHARE` for a repair.

    The student's code lines that are replaced or removed, and statements that were of use and no longer are, over the
    student's code lines (at least 1). New lines beside them do not change any of the student's, but a program that
    grows by as many lines as it had counts as `LARGEST_SHARE`, one that grows more as more.
    """
    before, after = code_lines(old), code_lines(new)
    matcher = SequenceMatcher(None, before, after, False)
    gone = sum(b - a for tag, a, b, _, _ in matcher.get_opcodes() if tag != "equal")
    gone += max(0, idle_statements(new) - idle_statements(old))
    grown = max(0, len(after) - len(before))
    return max(gone, LARGEST_SHARE * grown) / max(1, len(before))


def line_edits(old: Sequence[str], new: Sequence[str], operator: str) -> tuple[Edit, ...]:
    """The change as replaced lines, from top to bottom."""
    matcher = SequenceMatcher(None, old, new, False)
    return tuple(
        Edit(line=a + 1, last_line=b, replacement="\n".join(new[c:d]), operator=operator)
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    )
