"""What keeps a program from being compiled, and on which line that really is."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

_OPENING = {"(": ")", "[": "]", "{": "}"}
_CLOSING = {closing: opening for opening, closing in _OPENING.items()}

_PLAIN: tuple[tuple[str, str], ...] = (
    (r"expected ':'", "A line that opens a block has to end with a colon."),
    (r"was never closed", "A bracket is opened on this line and never closed."),
    (r"unmatched", "A bracket is closed that was never opened."),
    (r"does not match opening", "A bracket is closed by one of another kind."),
    (r"unterminated triple-quoted", "A text in triple quotes is never closed."),
    (r"unterminated (f-)?string", "A text in quotes is not closed on its line."),
    (r"cannot assign to", "The left side of = has to be a name that can hold a value."),
    (r"Maybe you meant '=='", "A single = assigns; comparing takes ==."),
    (r"expected an indented block", "The block that belongs to the line above is missing or not indented."),
    (r"unexpected indent", "This line is indented although no block begins here."),
    (r"unindent does not match", "This line is indented differently from every block it could belong to."),
    (r"inconsistent use of tabs", "Tabs and spaces are mixed in the indentation."),
    (r"'return' outside function", "A return stands outside of every function, judged by its indentation."),
    (r"'(break|continue)' (outside|not properly in) loop", "A break or continue stands outside of every loop."),
    (r"forgot a comma", "Two things stand next to each other without a comma or an operator between them."),
    (r"Missing parentheses in call to 'print'", "print is a function: what it prints stands in parentheses."),
    (r"invalid character|invalid non-printable", "A character is not allowed here, often a typographic quote or dash."),
    (r"invalid decimal literal", "A name or number is written in a way Python cannot read, such as 2x."),
)


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """The first thing that the compiler refused.

    Attributes:
        type: SyntaxError, IndentationError or TabError (ValueError and the like for unreadable sources).
        message: The compiler's own words.
        line: 1-based line where the mistake stands, which is not always the one the compiler names.
        plain: One plain sentence about it.
    """

    type: str
    message: str
    line: int
    plain: str


def fault_of(error: SyntaxError, lines: tuple[str, ...]) -> SyntaxFault:
    """The fault behind a SyntaxError raised for these source lines."""
    message = error.msg or "invalid syntax"
    line = min(max(error.lineno or 1, 1), max(len(lines), 1))
    if "expected an indented block" in message:
        header = re.search(r"on line (\d+)", message)
        # The line after the header is where the block should be; the compiler names the next line of code.
        line = min(int(header.group(1)) + 1, len(lines)) if header and line > int(header.group(1)) + 1 else line
        while line < len(lines) and not lines[line - 1].strip():
            line += 1
    elif message.startswith("invalid syntax") and (opened := _open_bracket_above(lines, line)) is not None:
        line, message = opened, "'(' was never closed"
    plain = next((text for pattern, text in _PLAIN if re.search(pattern, message)), None)
    return SyntaxFault(
        type=type(error).__name__,
        message=message,
        line=line,
        plain=plain or "Python cannot read this line as a statement.",
    )


def _open_bracket_above(lines: tuple[str, ...], line: int) -> int | None:
    """Line of the innermost bracket still open where `line` begins, if there is one."""
    opened: list[tuple[str, int]] = []
    source = "\n".join(lines[: line - 1]) + "\n"
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type != tokenize.OP:
                continue
            if token.string in _OPENING:
                opened.append((token.string, token.start[0]))
            elif token.string in _CLOSING and opened and opened[-1][0] == _CLOSING[token.string]:
                opened.pop()
    except (tokenize.TokenError, SyntaxError):
        # The source ends inside a bracket or text: what was read up to there is what is wanted.
        return opened[-1][1] if opened else None
    return opened[-1][1] if opened else None
