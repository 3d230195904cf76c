"""The first thing that the compiler refused, with its line and a plain sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gradatim.tools.analysis.faults.cause import Cause, find_cause, open_bracket_above
from gradatim.tools.analysis.faults.sentences import sentence_of_cause, sentence_of_message

_CERTAIN = re.compile(
    r"cannot assign to|cannot delete|outside (async )?(function|loop)|not properly in loop|"
    r"is (parameter and global|used prior|assigned to before)|no binding for|"
    r"duplicate argument|keyword argument repeated|positional argument follows|non-default argument|"
    r"default 'except:'|from __future__|named arguments must|can't use starred|cannot mix"
)
"""Messages that name the true line; changes are tried only to find out what is wrong on it."""


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """The first thing that the compiler refused.

    Attributes:
        type: SyntaxError, IndentationError or TabError (ValueError and the like for unreadable sources).
        message: The compiler's own words.
        line: 1-based line where the mistake stands, which is not always the one the compiler names.
        plain: One or two plain sentences about it.
        reported: The line that the compiler names; 0 where it names none.
        kind: What is wrong, e.g. `missing-colon`; empty where that was not found out.
        piece: The part of the line that is wrong, or that something is missing after; may be empty.
        mended: The line as it can be read; `None` where that was not found out, or more lines change.
    """

    type: str
    message: str
    line: int
    plain: str
    reported: int = 0
    kind: str = ""
    piece: str = ""
    mended: str | None = None


def fault_of(error: SyntaxError, lines: tuple[str, ...]) -> SyntaxFault:
    """The fault behind a SyntaxError raised for these source lines."""
    message = error.msg or "invalid syntax"
    reported = min(max(error.lineno or 1, 1), max(len(lines), 1))
    line = _line_of_message(message, reported, lines)
    cause = find_cause(lines, reported)
    if message.startswith("invalid syntax") and cause is None and (opened := open_bracket_above(lines, line)):
        line, message = opened, "'(' was never closed"
    if cause is not None and _CERTAIN.search(message) and not _elsewhere(cause):
        cause = None
    if cause is not None:
        line = _line_of_cause(cause, line, message)
    on_line = cause is not None and (cause.line == line or cause.mend.kind == "empty-block")
    if cause is not None and cause.mend.kind == "unclosed-bracket" and message.startswith("invalid syntax"):
        message = "'(' was never closed"
    plain = sentence_of_message(message)
    if cause is not None and on_line:
        told = sentence_of_cause(cause.mend, line)
        plain = f"{told} {plain}".strip() if plain and cause.mend.kind in _ADDS else told or plain
    single = cause is not None and on_line and cause.mend.at == cause.mend.last and len(cause.mend.replacement) == 1
    return SyntaxFault(
        type=type(error).__name__,
        message=message,
        line=line,
        plain=plain or "Python cannot read this line as a statement.",
        reported=reported,
        kind=cause.mend.kind if cause is not None and on_line else "",
        piece=cause.mend.piece if cause is not None and on_line else "",
        mended=cause.mend.replacement[0] if cause is not None and single else None,
    )


_ADDS = frozenset(("unreadable-line", "unreadable-header", "not-indented", "indented-too-far", "mixed-tabs"))
"""Kinds that the compiler's message says more about."""


def _line_of_message(message: str, line: int, lines: tuple[str, ...]) -> int:
    """The line that the message means."""
    if "expected an indented block" not in message:
        return line
    header = re.search(r"on line (\d+)", message)
    # The line after the header is where the block should be; the compiler names the next line of code.
    line = min(int(header.group(1)) + 1, len(lines)) if header and line > int(header.group(1)) + 1 else line
    while line < len(lines) and not lines[line - 1].strip():
        line += 1
    return line


def _line_of_cause(cause: Cause, line: int, message: str) -> int:
    if "expected an indented block" in message and cause.mend.kind in ("empty-block", "not-indented"):
        return line
    return cause.line


def _elsewhere(cause: Cause) -> bool:
    """Whether a cause is strong enough to overrule a message that as a rule names the true line."""
    return cause.whole and (cause.mend.cost <= 0.3 or cause.mend.kind == "equals-for-colon")
