"""Faults that are named exactly: pieces of code that are called wrong, missing signs, indices, how many there are."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from gradatim.domain import FaultLineClaim
from gradatim.tools.claims.code import parse, places, tokens
from gradatim.tools.claims.extraction.reading import CODE
from gradatim.tools.claims.faults import SMALL, size_of, telling
from gradatim.tools.claims.prose.assertion import Assertion, Scene

_WRONG = re.compile(
    rf"\b(?:line|condition|statement|expression|code|check|comparison|loop) ({CODE})[^.;]{{0,80}}?\b(?:is|are)"
    r" (?:the )?(?:incorrect|wrong|not correct|not right|faulty|the (?:problem|issue|error))\b"
    rf"|({CODE})[^.;]{{0,80}}?,? which is (?:incorrect|wrong|not (?:correct|right|the intended))\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(
    rf"\b(?:the|in|this) (?:if |elif |while |for )?(?:line|condition|statement|loop condition|[\ue100-\uf0ff]"
    rf" condition|expression) ({CODE})",
    re.IGNORECASE,
)
_WANTED = re.compile(
    r"\b(?:should|correct\w*|must|need|needs|to fix|replace|chang\w+|add\w*|instead|use|using|missing|lacks?)\b", re.I
)
_SIGNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"closing (?:parenthes[ei]s|round bracket)|closing bracket", (")",)),
    (r"opening (?:parenthes[ei]s|round bracket)", ("(",)),
    (r"(?:closing |ending |double |single )?(?:quot(?:e|ation)s?(?: marks?)?)", ('"', "'")),
    (r"colon", (":",)),
    (r"comma", (",",)),
)
_MISSING = re.compile(r"\b(?:missing|lacks?|forg\w+|without|no)\b", re.IGNORECASE)
_MANY = re.compile(
    r"\b(?:has|have|contains?|there are) (?:two|three|four|several|multiple|many|a few|some) (?:\w+ )?"
    r"(?:issues|problems|errors|mistakes|bugs)\b",
    re.IGNORECASE,
)
_INDEX = re.compile(
    rf"\bind(?:ex|ices) ({CODE})[^.;]{{0,30}}?\b(?:out of|outside|beyond|too large|does not exist)", re.IGNORECASE
)
_BRIEF = 40
"""Characters in which nothing more is said than that code is wrong."""
_SAME = re.compile(r"\b(?P<what>[^\s.,;][^.,;]{3,40}) should be (?:for |the )?(?P<again>[^.,;]{4,40})", re.IGNORECASE)
_UNALLOWED = re.compile(
    r"\b(?:is|are) (?:not (?:allowed|permitted|valid|possible)|invalid|illegal|forbidden)\b", re.IGNORECASE
)
_SURE = 0.3
"""Weight from which a repair of one edit shows that there is one fault."""


def faults(scene: Scene) -> Iterator[Assertion]:
    """What names a fault so exactly that the program, its compiler or its repairs decide it."""
    yield from _blamed_code(scene)
    yield from _not_there(scene)
    yield from _missing_signs(scene)
    yield from _several(scene)
    yield from _indices(scene)
    for match in _SAME.finditer(scene.text):
        again = match["again"].strip().lower()
        if match["what"].strip().lower().endswith(again) and len(again.split()) > 1:
            yield Assertion((), *match.span(), absurd="it proposes what is there")
    match = _UNALLOWED.search(scene.text)
    execution = scene.case.execution
    quiet = execution.load_error is None and all(item.exception is None for item in execution.outcomes)
    if match and quiet and re.search(r"\b(?:error|because|causing)\b", scene.text[: match.start()], re.IGNORECASE):
        yield Assertion((), *match.span(), absurd="Python allows everything that the program does")


def _blamed_code(scene: Scene) -> Iterator[Assertion]:
    for match in _WRONG.finditer(scene.text):
        spots = places(tokens(scene.code(match[1] or match[2])), scene.lines)
        if 0 < len(spots) <= 2:
            brief = match[1] is not None and len(match.group()) <= _BRIEF
            yield Assertion(tuple(FaultLineClaim(line=line) for line in spots), *match.span(), aside=not brief)


def _not_there(scene: Scene) -> Iterator[Assertion]:
    """A line or condition of the program that it does not have."""
    if parse(scene.case.submission.code) is None:
        return
    for match in _QUOTED.finditer(scene.text):
        code = scene.code(match[1])
        quote = tokens(code.rstrip(":"))
        if len(quote) < 3 or "\n" in code or places(quote, scene.lines) or "..." in quote:
            continue
        clause = scene.reading.clause(match.start())
        if _WANTED.search(scene.text, clause.start, match.start()) or re.match(
            r" (?:should|must|needs? to)\b", scene.text[match.end() :]
        ):
            continue
        # quotations often spell strings and spaces in their own way
        if "".join(quote).strip("()") in "".join(tokens("\n".join(scene.lines))):
            continue
        yield Assertion((), *match.span(), absurd=f"the program has no `{code}`")


def _missing_signs(scene: Scene) -> Iterator[Assertion]:
    """A sign that is said to be missing: putting it anywhere into the line would have to make the program readable."""
    match = _MISSING.search(scene.text)
    if match is None:
        return
    code = scene.case.submission.code
    for pattern, signs in _SIGNS:
        named = re.search(rf"\b(?:{pattern})\b", scene.text, re.IGNORECASE)
        if named is None or abs(named.start() - match.start()) > 40:
            continue
        start, end = min(match.start(), named.start()), max(match.end(), named.end())
        if parse(code) is not None:
            yield Assertion((), start, end, absurd="the program can be compiled, so no sign is missing")
        elif any(_readable(code, sign) for sign in signs):
            yield Assertion((), start, end, shown=f"with a `{signs[0]}` more the program can be compiled")
        else:
            yield Assertion((), start, end, absurd=f"no further `{signs[0]}` makes the program readable")
        return


def _readable(code: str, sign: str) -> bool:
    lines = code.splitlines()
    for number, line in enumerate(lines[:60]):
        if not line.strip() or len(line) > 120:
            continue
        spots = {len(line.rstrip()), *(match.end() for match in re.finditer(r"\w\b|[)\]\"']", line))}
        for place in spots:
            if (
                parse("\n".join([*lines[:number], line[:place] + sign + line[place:], *lines[number + 1 :]]))
                is not None
            ):
                return True
    return False


def _several(scene: Scene) -> Iterator[Assertion]:
    for match in _MANY.finditer(scene.text):
        for repair in telling(scene.case)[:1]:
            single = len(repair.edits) == 1 and size_of(repair) <= SMALL
            if single and repair.weight >= _SURE and repair.generalises is not False:
                yield Assertion((), *match.span(), absurd=f"one change makes all tests pass ({repair.place})")


def _indices(scene: Scene) -> Iterator[Assertion]:
    """An index that is out of range has to stand in a line that raises an `IndexError`."""
    tree = parse(scene.case.submission.code)
    if tree is None:
        return
    raised = {
        item.exception.line
        for item in scene.case.execution.outcomes
        if item.exception is not None and item.exception.type == "IndexError" and item.exception.line
    }
    for match in _INDEX.finditer(scene.text):
        name = scene.code(match[1])
        used = {
            node.lineno
            for node in ast.walk(tree)
            if isinstance(node, ast.Subscript) and name in {ast.unparse(item) for item in ast.walk(node.slice)
                                                            if isinstance(item, ast.expr)}
        }  # fmt: skip
        if used and not used & raised:
            yield Assertion((), *match.span(), absurd=f"no line that uses `{name}` as an index raises an IndexError")
        elif used:
            yield Assertion((), *match.span(), shown=f"line {min(used & raised)} raises an IndexError", aside=True)
