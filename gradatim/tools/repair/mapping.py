"""Lines of one version of a program as lines of another."""

from __future__ import annotations

from difflib import SequenceMatcher


def line_before(original: str, changed: str, line: int) -> int:
    """The line of the original that a line of a changed program comes from, or that it stands after.

    Args:
        original: The first version.
        changed: The later one.
        line: A line of the later one.
    """
    if original == changed:
        return line
    old, new = original.split("\n"), changed.split("\n")
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if c < line <= d:
            if tag == "equal":
                return a + line - c
            return min(max(1, a + line - c), max(1, b, a))
    return min(line, len(old))
