"""Programs inside messages: in fences, or pasted as they are."""

from __future__ import annotations

import ast
import re
import textwrap

from gradatim.tools.claims.code import parse

_FENCED = re.compile(r"```[ \t]*(?:python3?|py)?[ \t]*\n?(.*?)(?:```|$)", re.IGNORECASE | re.DOTALL)
_STARTS = re.compile(
    r"^\s*(?:def|class|for|while|if|import|from|return|print\s*\(|with|try|@\w|[A-Za-z_][\w.]*(?:\[[^\]]*\])?"
    r"(?:\s*,\s*[A-Za-z_]\w*)*\s*(?:[-+*/%|&]|//|\*\*)?=(?!=))"
)
_CODE_LINE = re.compile(r"^(?:[ \t]+\S|\s*(?:else|elif|except|finally|try)\b.*:|\s*#)|[):\]]\s*$|^\s*$")
_PROSE = re.compile(r"^[A-Z]?[a-z']+(?: [a-z']+){3,}[.!?]?$")
_ENOUGH = 2
"""Lines of code from which on pasted text is a program, where it has no function."""


def program_in(message: str) -> tuple[str | None, str]:
    """The program in a message, and the message without it.

    A fenced block counts always (the longest of several); text without fences where it has lines of code one behind
    the other that begin a function, a loop or assignments. A program need not parse: a learner's may well not.

    Returns:
        The program with `\\n` at the line ends, or `None`; and what is left of the message.
    """
    fences = [(match, match.group(1)) for match in _FENCED.finditer(message)]
    blocks = [(match, code) for match, code in fences if code.strip()]
    if blocks:
        match, code = max(blocks, key=lambda item: len(item[1]))
        if _is_program(code):
            return _tidy(code), (message[: match.start()] + " " + message[match.end() :]).strip()
        return None, message
    lines = message.splitlines()
    first, last = _longest_run(lines)
    if last <= first:
        return None, message
    code = "\n".join(lines[first:last])
    rest = "\n".join([*lines[:first], *lines[last:]]).strip()
    return (_tidy(code), rest) if _is_program(code) else (None, message)


def _longest_run(lines: list[str]) -> tuple[int, int]:
    """First line and the line behind the last one of the longest run of lines that look like code."""
    best = (0, 0)
    start: int | None = None
    for number, line in enumerate([*lines, ""]):
        inside = number < len(lines) and (
            bool(_STARTS.match(line)) or (start is not None and bool(_CODE_LINE.search(line)))
        )
        if inside and _PROSE.match(line.strip()):
            inside = False
        if inside and start is None:
            start = number
        if not inside and start is not None:
            end = number
            while end > start and not lines[end - 1].strip():
                end -= 1
            if end - start > best[1] - best[0]:
                best = (start, end)
            start = None
    return best


def _is_program(code: str) -> bool:
    """Whether text is a program rather than a value or one expression."""
    tree = parse(textwrap.dedent(code))
    if tree is None:
        written = [line for line in code.splitlines() if line.strip()]
        return len(written) >= _ENOUGH and any(_STARTS.match(line) for line in written)
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    if any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) for node in statements):
        return True
    return len(statements) >= _ENOUGH


def _tidy(code: str) -> str:
    code = textwrap.dedent(code.replace("\r\n", "\n").replace("\r", "\n")).strip("\n")
    return f"{code}\n"
