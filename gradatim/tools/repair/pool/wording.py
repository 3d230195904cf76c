"""What a repair changes, in words for a beginner: where, without the solution, and in full."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gradatim.domain import Edit, Repair
from gradatim.tools.repair.pool.size import code_lines, line_edits
from gradatim.tools.repair.pool.tokens import Hunk, is_space, single_hunk, split

FROM_POOL = "from-pool"
_COMPARISONS = frozenset(("<", "<=", ">", ">=", "==", "!="))
_ARITHMETIC = frozenset(("+", "-", "*", "/", "//", "%", "**"))
_BOOLEAN = frozenset(("and", "or"))
_LONGEST = 120
_MOST_PLACES = 4
_WHERE = {
    "if": "the condition",
    "elif": "the condition",
    "while": "the condition of the loop",
    "for": "the loop",
    "return": "the returned value",
    "print": "what is printed",
    "def": "the head of the function",
    "class": "the head of the class",
    "import": "the import",
    "from": "the import",
    "else": "the `else`",
}
_MISSING = {
    "return": "a missing `return`",
    "if": "a missing case",
    "elif": "a missing case",
    "else": "a missing `else`",
    "for": "a missing loop",
    "while": "a missing loop",
    "def": "a missing function",
    "class": "a missing class",
    "import": "a missing import",
    "from": "a missing import",
    "break": "a missing `break`",
}


def repair(code: str, newline: str, old: Sequence[str], new: Sequence[str]) -> Repair:
    """The repair that a new version of a program is.

    Args:
        code: The student's program.
        newline: How its lines end.
        old: Its lines.
        new: The lines of the repaired program.
    """
    plain = line_edits(old, new, FROM_POOL)
    edits = tuple(edit.model_copy(update={"operator": operator(old, edit)}) for edit in plain)
    end = newline if code.endswith(("\n", "\r")) else ""
    return Repair(
        code=newline.join(new) + end,
        edits=edits,
        place=_listed([place(old, edit) for edit in edits]),
        change="; ".join(change(old, edit) for edit in edits),
        origin="pool",
        weight=weight(old, edits),
    )


def weight(old: Sequence[str], edits: Sequence[Edit]) -> float:
    """Near 1 for a change within one line, falling with every line changed and every further place.

    Correct programs of others stand behind the change, so its kind counts less than its size.
    """
    lines = sum(
        max(len(code_lines(old[e.line - 1 : e.last_line])), len(code_lines(e.replacement.split("\n")))) for e in edits
    )
    inside = sum(_tokens_changed(old, edit) for edit in edits)
    return round(0.95 * math.exp(-0.12 * (lines - 1) - 0.05 * (len(edits) - 1) - 0.01 * min(inside, 20)), 4)


def _tokens_changed(old: Sequence[str], edit: Edit) -> int:
    found = _within_line(old, edit)
    return 10 if found is None else max(found[1].stop - found[1].start, len(found[1].new))


def _within_line(old: Sequence[str], edit: Edit) -> tuple[tuple[str, ...], Hunk] | None:
    """Tokens of the line and the place where it differs, for a change of one place in a single line."""
    if edit.line != edit.last_line or "\n" in edit.replacement or not edit.replacement.strip():
        return None
    tokens = split(old[edit.line - 1].strip())
    hunk = single_hunk(tokens, split(edit.replacement.strip()))
    return None if hunk is None else (tokens, hunk)


def operator(old: Sequence[str], edit: Edit) -> str:
    """Kind of change, named like the edits of a search where it is one of theirs."""
    within = _within_line(old, edit)
    if within is not None:
        tokens, hunk = within
        before = {token for token in tokens[hunk.start : hunk.stop] if not is_space(token)}
        after = {token for token in hunk.new if not is_space(token)}
        for signs, name in (
            (_COMPARISONS, "comparison-operator"),
            (_ARITHMETIC, "arithmetic-operator"),
            (_BOOLEAN, "boolean-operator"),
        ):
            if before and after and before | after <= signs:
                return name
        return FROM_POOL
    fresh = code_lines(edit.replacement.split("\n"))
    if not fresh:
        return "statement-removed"
    if edit.last_line < edit.line and len(fresh) == 1 and fresh[0].lstrip().startswith("return"):
        return "missing-return"
    return FROM_POOL


def place(old: Sequence[str], edit: Edit) -> str:
    """Where, and what kind of thing, without the solution."""
    fresh = code_lines(edit.replacement.split("\n"))
    if edit.last_line < edit.line:
        what = _MISSING.get(_word(fresh[0]) if fresh else "", "a missing step")
        return f"{what} {_after(old, edit)}"
    touched = [n for n in range(edit.line, edit.last_line + 1) if code_lines([old[n - 1]])]
    if not touched:
        return f"a missing step {_after(old, edit)}"
    if len(touched) > 1:
        return f"lines {touched[0]} to {touched[-1]}"
    line = old[touched[0] - 1]
    if not fresh:
        return f"line {touched[0]}, which should not be there"
    if [line.strip()] == [text.strip() for text in fresh]:
        return f"the indentation of line {touched[0]}"
    return f"{_what(line, fresh)} in line {touched[0]}"


def _what(line: str, fresh: Sequence[str]) -> str:
    word = _word(line)
    if len(fresh) == 1 and _word(fresh[0]) != word:
        return "the statement"
    tokens = set(split(line))
    if word not in _WHERE and tokens & {"=", "+=", "-=", "*=", "/=", "//=", "%="}:
        return "the assignment"
    return _WHERE.get(word, "the statement")


def _word(line: str) -> str:
    return next((token for token in split(line.strip()) if not is_space(token)), "")


def _after(old: Sequence[str], edit: Edit) -> str:
    before = [n for n in range(1, edit.line) if code_lines([old[n - 1]])]
    if before:
        return f"after line {before[-1]}"
    return f"before line {edit.line}" if edit.line <= len(old) else "in the program"


def change(old: Sequence[str], edit: Edit) -> str:
    """The change in full."""
    fresh = code_lines(edit.replacement.split("\n"))
    gone = code_lines(old[edit.line - 1 : edit.last_line])
    where = f"line {edit.line}" if edit.line >= edit.last_line else f"lines {edit.line} to {edit.last_line}"
    if not gone:
        return f"{_after(old, edit)} {'a new line' if len(fresh) == 1 else 'new lines'} {_code(fresh)}"
    if not fresh:
        return f"without {where} {_code(gone)}"
    if [text.strip() for text in gone] == [text.strip() for text in fresh]:
        deeper = len(fresh[0]) - len(fresh[0].lstrip()) > len(gone[0]) - len(gone[0].lstrip())
        return f"{where} {_code(gone)} indented {'further' if deeper else 'less'}"
    within = _within_line(old, edit)
    if within is not None:
        tokens, hunk = within
        before, after = "".join(tokens[hunk.start : hunk.stop]).strip(), "".join(hunk.new).strip()
        if before and after:
            return f"in {where} `{after}` instead of `{before}`"
    return f"in {where} {_code(fresh)} instead of {_code(gone)}"


def _code(lines: Sequence[str]) -> str:
    """Lines of code within a sentence; several keep their indentation among themselves."""
    if len(lines) == 1:
        text = lines[0].strip()
        return f"`{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}`"
    return ", ".join(f"`{text.strip()}`" for text in lines)


def _listed(parts: Sequence[str]) -> str:
    shown = list(dict.fromkeys(parts))
    if len(shown) > _MOST_PLACES:
        shown = [*shown[: _MOST_PLACES - 1], f"{len(shown) - _MOST_PLACES + 1} more places"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
