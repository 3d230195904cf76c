"""Kinds of faults: what a repair changes, and what a misconception is about, in one vocabulary.

The names are those of edit operators (`loop-bound`, `comparison-operator`, `initial-value`, …). What a repair changes
is read from the difference of the two programs, so that a repair taken from another program tells as much as one that
was searched for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from gradatim.domain import Edit, MisconceptionMatch, Repair
from gradatim.tools.claims.code import parse
from gradatim.tools.claims.differences import changed_kinds, statements_of, syntax_kinds

_OF_MISCONCEPTION: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"off-by-one|range-st|length-as-last|index-starts", ("loop-bound", "range")),
    (r"initial(?!ise-inside)", ("initial-value",)),
    (r"initialise-inside|initialisation", ("initial-value", "indentation", "reset")),
    (r"base-case", ("base-case", "guard", "condition")),
    (r"recursi", ("recursive-call",)),
    (r"missing-return|returns-none|prints-so-returns|print-instead", ("missing-return",)),
    (r"print-instead|prints-so", ("print",)),
    (r"return-inside|returns-too-early|early-exit", ("return-in-loop", "indentation", "return-value")),
    (r"return-wrong|return-value", ("return-value",)),
    (r"boundary|strictness", ("comparison-operator", "condition")),
    (r"inverted|or-with|and-or|not-|condition|elif|separate-ifs", ("condition",)),
    (r"case-sensitive|lower|upper", ("letter-case",)),
    (r"empty|guard|division-by-zero|none-is", ("guard", "empty", "condition")),
    (r"division|modulo|precedence|arithmetic|augmented|operator", ("arithmetic-operator",)),
    (r"division", ("division",)),
    (r"string-number|input-is|type-|conversion", ("type",)),
    (r"mutable-default|default", ("default-value",)),
    (r"modify-list|in-place|alias|copies|copy", ("copy", "mutation")),
    (r"append|extend|method|mutating", ("method",)),
    (r"result-ignored|none-assigned", ("assignment",)),
    (r"colon", ("colon",)),
    (r"parenthes|bracket|quote", ("brackets",)),
    (r"indent|inside-loop|wrongly-inside|statement-wrongly", ("indentation",)),
    (r"typo|name|shadow|misspelled|same-variable|scope|global|self", ("name",)),
    (r"self", ("self",)),
    (r"output|format|print", ("print", "string")),
    (r"loop-update|missing-update|infinite", ("update", "loop-condition")),
    (r"swap|sequential|order", ("order", "update")),
    (r"index-versus|index", ("index",)),
    (r"dictionary-key|key", ("key", "guard")),
    (r"raised|exception", ("raise",)),
    (r"continue-is-break|break", ("break",)),
    (r"while", ("loop-condition", "condition")),
)  # fmt: skip
_SYNONYMS: dict[str, tuple[str, ...]] = {
    "from-pool": (),
    "comparison": ("comparison-operator", "condition"),
    "comparison-operator": ("condition",),
    "missing-return": ("return-value",),
    "print-to-return": ("missing-return", "print"),
    "range-bound": ("loop-bound", "range"),
    "loop-bound": ("range",),
    "dedent": ("indentation",),
    "indent": ("indentation",),
    "base-case": ("guard", "condition"),
    "variable-swap": ("name",),
    "name-typo": ("name",),
}


def kinds_of_operator(operator: str) -> frozenset[str]:
    """The kind that an edit operator names, with what it implies."""
    return frozenset((operator, *_SYNONYMS.get(operator, ())))


def kinds_of_match(match: MisconceptionMatch) -> frozenset[str]:
    """What a misconception is about, from the words of its id."""
    return frozenset(kind for pattern, kinds in _OF_MISCONCEPTION if re.search(pattern, match.id) for kind in kinds)


def kinds_of_repair(code: str, repair: Repair) -> frozenset[str]:
    """Everything that a repair changes: names of its operators, and what its edits do to the program.

    Args:
        code: The student's program.
    """
    edits = tuple((edit.line, edit.last_line, edit.replacement, edit.operator) for edit in repair.edits)
    return _kinds(code, repair.code, edits)


@lru_cache(maxsize=256)
def _kinds(code: str, repaired: str, edits: tuple[tuple[int, int, str, str], ...]) -> frozenset[str]:
    found = {kind for *_, operator in edits for part in operator.split("+") for kind in kinds_of_operator(part)}
    old, new = parse(code), parse(repaired)
    if old is None:
        found |= set(syntax_kinds(code, repaired))
    offset = 0
    for line, last, replacement, operator in edits:
        edit = Edit(line=line, last_line=last, replacement=replacement, operator=operator)
        size = len(edit.replacement.splitlines())
        start = edit.line + offset
        before = statements_of(old, edit.line, edit.last_line) if old else []
        after = statements_of(new, start, start + size - 1) if new else []
        found |= set(_texts(code, edit))
        if old is not None and new is not None:
            found |= set(changed_kinds(before, after, old, new))
        offset += size - max(0, edit.last_line - edit.line + 1)
    return frozenset(found)


def size_of(repair: Repair) -> int:
    """How many lines a repair touches or adds."""
    return sum(max(edit.last_line - edit.line + 1, len(edit.replacement.splitlines())) for edit in repair.edits)


def _texts(code: str, edit: Edit) -> Iterator[str]:
    """What the text of an edit tells without a syntax tree."""
    old = code.splitlines()[edit.line - 1 : edit.last_line]
    new = edit.replacement.splitlines()
    if old and [line.strip() for line in old] == [line.strip() for line in new] and old != new:
        yield "indentation"
        if any(line.strip().startswith("return") for line in old):
            yield "return-in-loop"
            yield "return-value"
        if any(line.strip().startswith("print") for line in old):
            yield "print"
    if sorted(line.strip() for line in old) == sorted(line.strip() for line in new) and len(old) > 1:
        yield "order"
    if not new:
        yield "removal"
    if not old:
        yield "missing-statement"
