"""Where the mistake stands that keeps a program from being compiled.

The compiler names the place where it gave up, which may be lines below the slip. Small changes of the lines at and
above that place are tried; the likeliest of those that make the program readable, or readable further down, tells the
cause.
"""

from __future__ import annotations

import io
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gradatim.tools.analysis.faults import brackets, headers, indents, signs
from gradatim.tools.analysis.faults.mends import Mend, Mender
from gradatim.tools.analysis.faults.pieces import CLOSING, OPENING, is_code

_LINES_ABOVE = 6
_FAR_ABOVE = 40
"""Lines above the reported one among which those with an odd quote or bracket are tried, too."""
_MOST_TRIES = 450
_LARGEST = 60_000
"""Characters of a program beyond which nothing is tried: compiling takes too long."""
_DISTANCE = 0.06
"""What each line between cause and reported line adds to the cost."""
_ONWARD = 1.0
"""What it adds that the program is readable further down only, not to its end."""

NEAR: tuple[Mender, ...] = (
    signs.look_alikes,
    headers.missing_colon,
    headers.colon_twice,
    headers.else_with_condition,
    brackets.missing_closing,
    brackets.extra_closing,
    brackets.unclosed_text,
    signs.equals_sign,
    signs.foreign_operators,
    signs.python_two,
    signs.pasted,
    signs.number_or_name,
    headers.missing_keyword,
    headers.misspelled_keyword,
    brackets.missing_comma,
    brackets.quote_inside,
    brackets.comma_at_end,
    signs.dangling,
    signs.assigned_value,
    indents.other_margin,
    indents.tabs,
    indents.block_margin,
    indents.empty_block,
    indents.lonely_try,
    headers.keyword_as_name,
    indents.left_out,
)
"""For the reported line and those shortly above it."""

FAR: tuple[Mender, ...] = (
    brackets.missing_closing,
    brackets.unclosed_text,
    brackets.extra_closing,
    indents.lonely_try,
    indents.other_margin,
)
"""For lines further up on which something is opened and not closed."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The likeliest slip.

    Attributes:
        line: 1-based line that it stands on.
        mend: The change that makes the program readable.
        whole: Whether the program compiles with it; otherwise it is readable further down only.
    """

    line: int
    mend: Mend
    whole: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """How far the compiler comes: `line` and `column` of its complaint; `None` where it has none."""

    line: int | None
    column: int = 0
    message: str = ""


def find_cause(lines: Sequence[str], reported: int) -> Cause | None:
    """The smallest change that makes a program readable.

    Args:
        lines: The program.
        reported: 1-based line that the compiler names.

    Returns:
        `None` if no change that was tried helps.
    """
    if sum(map(len, lines)) > _LARGEST:
        return None
    first = _read(lines)
    if first.line is None:
        return None
    best: tuple[tuple[float, int, int], Cause] | None = None
    tried: set[tuple[int, int, tuple[str, ...]]] = set()
    for order, (at, mend) in enumerate(_candidates(lines, reported - 1)):
        key = (mend.at, mend.last, mend.replacement)
        if key in tried or tuple(lines[mend.at : mend.last + 1]) == mend.replacement:
            continue
        distance = reported - 1 - at
        cost = mend.cost + _DISTANCE * abs(distance) + (0.3 if distance < 0 else 0.0)
        if best is not None and cost >= best[0][0]:
            continue
        if len(tried) >= _MOST_TRIES:
            break
        tried.add(key)
        reading = _read(mend.applied(lines))
        whole = reading.line is None
        if not whole:
            if not _further(reading, first, mend):
                continue
            cost += _ONWARD
        rank = (cost, abs(distance), order)
        if best is None or rank < best[0]:
            best = (rank, Cause(at + 1, mend, whole))
    return None if best is None else best[1]


def _further(reading: _Reading, first: _Reading, mend: Mend) -> bool:
    """Whether the compiler's complaint moved to a later line than both its first one and the change."""
    grown = len(mend.replacement) - (mend.last + 1 - mend.at)
    reached = (reading.line or 0) - grown
    touched = mend.at + 1 if mend.at != mend.last else mend.last + 1
    return reached > max(first.line or 0, touched)


def _read(lines: Sequence[str]) -> _Reading:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile("\n".join(lines), "<mended>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return _Reading(error.lineno or 1, error.offset or 0, error.msg or "")
        except (ValueError, RecursionError, MemoryError, OverflowError):
            return _Reading(1)
    return _Reading(None)


def _candidates(lines: Sequence[str], reported: int) -> Iterator[tuple[int, Mend]]:
    """Line (from 0) and change, the nearest lines first."""
    reported = min(max(reported, 0), len(lines) - 1)
    near = [at for at in range(reported, -1, -1) if is_code(lines[at])][: _LINES_ABOVE + 1]
    if not near:
        near = [reported]
    opener = open_bracket_above(tuple(lines), reported + 1)
    if opener is not None and opener - 1 not in near:
        near.insert(1, opener - 1)
    for mender in NEAR:
        for at in near[:2]:
            yield from ((at, mend) for mend in mender(lines, at))
    for at in near[2:]:
        for mender in NEAR[:-1]:
            yield from ((at, mend) for mend in mender(lines, at))
    below = next((at for at in range(reported + 1, min(reported + 3, len(lines))) if is_code(lines[at])), None)
    if below is not None:
        for mender in (*NEAR[:-1],):
            yield from ((below, mend) for mend in mender(lines, below))
    if opener is not None:
        for at in range(opener, reported):
            yield from ((at, mend) for mend in brackets.closing_at_end(lines, at))
    for at in range(reported, max(-1, reported - _FAR_ABOVE), -1):
        if at not in near and is_code(lines[at]):
            for mender in FAR:
                yield from ((at, mend) for mend in mender(lines, at))


def open_bracket_above(lines: tuple[str, ...], line: int) -> int | None:
    """1-based line of the innermost bracket still open where `line` begins, if there is one."""
    opened: list[tuple[str, int]] = []
    source = "\n".join(lines[: line - 1]) + "\n"
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type != tokenize.OP:
                continue
            if token.string in OPENING:
                opened.append((token.string, token.start[0]))
            elif token.string in CLOSING and opened and opened[-1][0] == CLOSING[token.string]:
                opened.pop()
    except (tokenize.TokenError, SyntaxError):
        # The source ends inside a bracket or text: what was read up to there is what is wanted.
        return opened[-1][1] if opened else None
    return opened[-1][1] if opened else None
