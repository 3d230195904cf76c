"""Whether a sentence gives the solution away where the task does not allow that.

What counts as the solution: code of the reference program or of the repair that was found, as far as neither the
student nor the task has written it and it is more than everyday syntax. What counts as giving it away: quoting such
code, writing a whole line of it, telling the student to write it, and any block of two or more lines that is new.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gradatim.domain import Check, ProseClaim
from gradatim.languages.expressions import patterns
from gradatim.languages.language import DEFAULT
from gradatim.languages.meaning import written_in
from gradatim.tools.claims.case import Case
from gradatim.tools.claims.code import occurs, parse, tokens
from gradatim.tools.claims.generic import is_generic, statements_in
from gradatim.tools.claims.novelty import added_tokens, new_expressions
from gradatim.tools.telling import told

_SPAN = re.compile(r"```(?:[a-zA-Z]+(?=\s))?(.+?)(?:```|$)|``(.+?)``|`([^`]+)`", re.DOTALL)
_DIRECTS = re.compile(
    r"\b(?:use|using|write|writing|put|try|trying|chang(?:e|ing)|replac(?:e|ing)|mak(?:e|ing)|set|setting"
    r"|type|add|adding|return|need|needs|should|must|"
    r"instead|swap|turn|correct(?:ed)? (?:line|code|version)|solution|fix(?:ed)?|start with|initiali[sz]e"
    r"|rewrite|becomes?)\b",
    re.IGNORECASE,
)
_CURRICULUM = frozenset({"misconception", "concept", "passage", "path"})
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
"""Wide signs as people of some scripts type them, `（`, `＋`, `＜`, as those of code."""
LINE = 4
"""Tokens from which a line counts when it is written without backticks."""


@dataclass(frozen=True, slots=True)
class _Secret:
    """What must not be told.

    Attributes:
        known: Tokens of everything that the student may see anyway, one tuple for each source.
        lines: Lines of the solution that are new.
        expressions: Expressions of the solution that are new, each in its normal form.
        added: Tokens that the solution has more than a program that lacks only a few.
    """

    known: tuple[tuple[str, ...], ...]
    lines: tuple[tuple[str, ...], ...]
    expressions: tuple[tuple[str, ...], ...]
    added: tuple[tuple[str, ...], ...]


def find_leak(text: str, case: Case) -> Check | None:
    """A refutation when the text gives away a part of the solution, else `None`.

    A sentence of the curriculum that stands in the evidence word for word gives nothing away.
    """
    if case.task.reveal_solution or not text.strip() or _curricular(text, case):
        return None
    read = text.translate(_NARROW)
    secret = _secret(
        case.submission.code,
        (case.task.statement, case.task.setup, *(test.call or test.check or "" for test in case.task.tests)),
        (case.task.reference or "", case.diagnosis.repair.code if case.diagnosis.repair else ""),
    )
    told = next(_told(read, secret, _examples(case)), None)
    if told is None:
        return None
    detail = f"it shows a part of the solution, `{_short(told)}`, which this task does not allow"
    return Check(claim=ProseClaim(text=text), verdict="refuted", method="source", detail=detail)


def _told(text: str, secret: _Secret, examples: Sequence[str]) -> Iterator[str]:
    """Pieces of a text that give something away."""
    directs = _tells_to(_SPAN.sub(" ", text))
    for match in _SPAN.finditer(text):
        code = next(group for group in match.groups() if group is not None).strip()
        quote = tuple(tokens(code))
        if _known(quote, secret) or is_generic(code):
            continue
        if (
            (statements_in(code) >= 2 and not any(occurs(quote, tokens(example)) for example in examples))
            or any(occurs(line, quote) for line in secret.lines)
            or any(_part_of(quote, line) for line in secret.lines)
            or any(occurs(item, quote) and (directs or not _small(item)) for item in secret.expressions)
            or (directs and quote in secret.added)
        ):
            yield code
    prose = tuple(tokens(_SPAN.sub(" ; ", text)))
    for line in secret.lines:
        if len(line) >= LINE and occurs(line, prose):
            yield " ".join(line)
    if directs:
        for item in secret.expressions:
            if len(item) >= 3 and occurs(item, prose):
                yield " ".join(item)


def _tells_to(prose: str) -> bool:
    """Whether words tell somebody to write something."""
    if _DIRECTS.search(prose):
        return True
    code = written_in(prose)
    own = patterns(code, "directs") if code != DEFAULT else None
    return own is not None and own.search(prose) is not None


@lru_cache(maxsize=64)
def _secret(program: str, open_texts: tuple[str, ...], solutions: tuple[str, ...]) -> _Secret:
    known = tuple(tuple(tokens(text)) for text in (program, *open_texts) if text.strip())
    lines: dict[tuple[str, ...], None] = {}
    expressions: dict[tuple[str, ...], None] = {}
    added: dict[tuple[str, ...], None] = {}
    for solution in solutions:
        for line in solution.splitlines():
            code = line.split("  #")[0].strip()
            if not code or code.startswith("#"):
                continue
            wanted = tuple(token for token in tokens(code.rstrip(":")))
            if len(wanted) >= 2 and not any(occurs(wanted, item) for item in known) and not is_generic(code):
                lines[wanted] = None
        for expression in new_expressions(solution, (program, *open_texts)):
            wanted = tuple(tokens(expression))
            if not any(occurs(wanted, item) for item in known) and not is_generic(expression):
                expressions[wanted] = None
        for change in added_tokens(program, solution):
            added[change] = None
    return _Secret(known, tuple(lines), tuple(expressions), tuple(added))


def _known(quote: tuple[str, ...], secret: _Secret) -> bool:
    """Whether a quotation stands in what the student can see; one token that the solution adds is looked at apart."""
    return quote not in secret.added and any(occurs(quote, source) for source in secret.known)


def _part_of(quote: tuple[str, ...], line: tuple[str, ...]) -> bool:
    """Whether a quotation is a telling part of a line of the solution."""
    return len(quote) >= LINE and len("".join(quote)) >= 8 and occurs(quote, line) and not is_generic(" ".join(quote))


def _small(expression: tuple[str, ...]) -> bool:
    """Whether an expression is so short that naming it may be an explanation: `n - 1`, `items[0]`."""
    tree = parse(" ".join(expression))
    if tree is None or len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return len(expression) <= 3
    node = tree.body[0].value
    if isinstance(node, ast.Compare):
        return False
    return len(expression) <= 4 and not isinstance(node, ast.Call)


def _curricular(text: str, case: Case) -> bool:
    """Whether a text stands word for word in a visible piece of curriculum, as it is or as it is told."""
    wanted = _plain(text)
    least = 12 if wanted.isascii() else 6  # signs of other scripts say more
    for item in case.evidence.values():
        if item.visible and item.kind in _CURRICULUM and len(wanted) >= least:
            for form in (item, told(item)):
                said = [form.summary, *(value for value in form.detail.values() if isinstance(value, str))]
                if any(wanted in _plain(part) for part in said):
                    return True
    return False


def _examples(case: Case) -> list[str]:
    """Example programs of the curriculum that the learner may see."""
    shown = [item for item in case.evidence.values() if item.visible and item.kind in _CURRICULUM]
    return [str(item.detail[key]) for item in shown for key in ("example", "looks_like") if item.detail.get(key)]


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".!?。！？")


def _short(code: str) -> str:
    code = " ".join(code.split())
    return code if len(code) <= 80 else f"{code[:79]}…"
