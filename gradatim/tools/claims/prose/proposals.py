"""Which change a sentence proposes: each is built and tried on the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import ChangeFixesClaim
from gradatim.tools.claims.code import expression, is_literal, parse, places, tokens
from gradatim.tools.claims.extraction.reading import CODE
from gradatim.tools.claims.prose import edits
from gradatim.tools.claims.prose.advice import (
    conversions,
    divisions,
    ends,
    first_values,
    guards,
    placements,
    removals,
    returns,
)
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.growth import appended, counted
from gradatim.tools.claims.prose.moods import ADVISES, DENIES, MODAL

_BE = (
    r"(?:be|read|look like|become|say|be changed (?:to|into)|be replaced (?:with|by)|be written as|be updated to"
    r"|be modified to|have been|be corrected to|be set to)"
)
_FILL = (
    r"(?:(?:as|like|this|follows|something|instead|simply|a|an|the|to|be|of|:|,) ?){0,4}(?:(?:condition"
    r"|operator|line|loop|range|expression|code|statement|function|method|comparison) )?:? ?"
)
_SHOULD_BE = re.compile(rf"\b{MODAL} (?:instead |actually |rather |simply |only )?{_BE} {_FILL}({CODE})", re.I)
_CORRECT_IS = re.compile(
    rf"\b(?:correct(?:ed)?|right|fixed|proper) (?:\w+ ){{0,4}}?(?:[^.;:]{{0,60}}?)\b(?:is|would be|{MODAL} (?:be"
    rf"|read|look like)"
    rf"|looks like) {_FILL}({CODE})",
    re.I,
)
_CHANGE_TO = re.compile(
    rf"\b(?:chang\w+|modif\w+|replac\w+|updat\w+|correct\w*|rewrit\w+|adjust\w*|swap\w*) ([^.;]{{0,80}}?)"
    rf"\b(?:to|with|by|as|into) {_FILL}({CODE})",
    re.I,
)
_INSTEAD = re.compile(
    rf"\b(?:use|using|be|return|returns|write|need|needs|check|compare|with) {_FILL}({CODE})[^.;]{{0,40}}?"
    rf"\b(?:instead of|rather than|and not|not) {_FILL}({CODE})",
    re.I,
)
_USE = re.compile(
    rf"\b(?:use|using|add|adding|write|insert|put|include|do|with|needs?|try) {_FILL}(?:a |an |the )?(?:\w+"
    rf" ){{0,2}}?({CODE})",
    re.I,
)
_PLACED = re.compile(
    r"\b(?:mov\w+|plac\w+|inside|outside|before|after|within|at the (?:end|beginning|start)|indent\w*)\b", re.I
)


def proposed(scene: Scene) -> Iterator[Assertion]:
    """What the sentence says the program should have instead."""
    text = scene.text
    if "?" in text[-3:]:
        return
    found: list[Assertion] = []
    for reader in (_no_change, _instead, _replaced_by, ends, first_values, placements, returns, conversions, divisions,
                   guards, removals, appended, counted, _mentioned):  # fmt: skip
        for assertion in reader(scene):
            # the more exact reader comes first
            if not any(item.start < assertion.end and assertion.start < item.end for item in found):
                found.append(assertion)
    yield from found


def program_of(scene: Scene) -> Iterator[Assertion]:
    """A whole program given as the correct one."""
    for position, code in scene.codes():
        lines = [re.sub(r"^\d+ ", "", line) if re.match(r"\d+ ", line) else line for line in code.splitlines()]
        new = "\n".join(lines)
        if len(lines) < 2 or parse(new) is None:
            continue
        entry = scene.case.task.entry_point
        whole = scene.case.task.kind == "program" or bool(entry and re.search(rf"\b(?:def|class) {entry}\b", new))
        cut = scene.closed(position) is False
        if whole:
            claim = edits.change(scene.lines, lines)
            if claim is None:
                yield Assertion((), position, position + 1, absurd="it is the same program")
            else:
                yield Assertion((claim,), position, position + 1, loose=cut)


def _no_change(scene: Scene) -> Iterator[Assertion]:
    """Code that stands in the program already, proposed as its correction."""
    text = scene.text
    for pattern in (_SHOULD_BE, _CORRECT_IS, _CHANGE_TO):
        for match in pattern.finditer(text):
            new = scene.code(match[match.lastindex or 1])
            clause = scene.reading.clause(match.start())
            if _PLACED.search(text, clause.start, clause.end) or DENIES.search(text, clause.start, match.end()):
                continue
            if len(tokens(new)) < 3:
                continue
            spots = places(tokens(new), scene.lines)
            numbers = scene.named_lines()
            before = [code for position, code in scene.codes(0, match.end() - 1) if position < match.end() - 1]
            same = any(tokens(code.rstrip(":")) == tokens(new.rstrip(":")) for code in before)
            whole = any(tokens(line.strip().rstrip(":")) == tokens(new.rstrip(":")) for line in scene.lines)
            behind = scene.codes(match.end())
            contrast = re.match(r" ?,? ?(?:instead of|rather than|not) ", text[match.end() :])
            if contrast and behind and tokens(behind[0][1]) != tokens(new):
                continue
            if spots and (same or (whole and (not numbers or set(numbers) & set(spots)))):
                reason = f"`{new}` stands in line {spots[0]} already"
                yield Assertion((), match.start(), match.end(), absurd=reason)


def _instead(scene: Scene) -> Iterator[Assertion]:
    for match in _INSTEAD.finditer(scene.text):
        new, old = scene.code(match[1]), scene.code(match[2])
        if tokens(new) == tokens(old):
            yield Assertion((), match.start(), match.end(), absurd="it proposes what is there")
            continue
        claims = edits.changes(scene.lines, edits.replaced(scene.lines, old, new, scene.named_lines()))
        if match.group().lower().startswith("return"):
            more = edits.replaced(scene.lines, f"return {old}", f"return {new}", scene.named_lines())
            claims = tuple(dict.fromkeys((*claims, *edits.changes(scene.lines, more))))
        if claims:
            yield Assertion(claims, match.start(), match.end(), sure=True)


def _replaced_by(scene: Scene) -> Iterator[Assertion]:
    """Code that should stand where another code, a line or a part of a line stands."""
    text = scene.text
    for pattern in (_CHANGE_TO, _SHOULD_BE, _CORRECT_IS, _USE):
        for match in pattern.finditer(text):
            clause = scene.reading.clause(match.start())
            if DENIES.search(text, clause.start, match.end()):
                continue
            sign = match.end(match.lastindex or 1) - 1
            new = scene.code(text[sign])
            if is_literal(new) and pattern is not _CHANGE_TO:
                continue
            if pattern is _USE and (places(tokens(new), scene.lines) or not ADVISES.search(text)):
                continue
            earlier = [code for _, code in scene.codes(0, sign)]
            old = next((code for code in reversed(earlier) if places(tokens(code), scene.lines)), None)
            numbers = [number for number in scene.named_lines() if number <= len(scene.lines)]
            if old is None and not numbers:
                numbers, codes = scene.meant()
                old = next((code for code in reversed(codes) if places(tokens(code), scene.lines)), None)
            claims = _tries(scene, new, old, numbers, direct=pattern is not _USE)
            if claims:
                exact = pattern is not _USE and (bool(old or numbers) or len({claim.line for claim in claims}) == 1)
                few = len({claim.line for claim in claims}) <= 2
                yield Assertion(claims, match.start(), match.end(), sure=exact and few)


def _tries(
    scene: Scene, new: str, old: str | None, numbers: list[int], *, direct: bool
) -> tuple[ChangeFixesClaim, ...]:
    lines = scene.lines
    if "\n" in new or len(new) > 200:
        return ()

    def candidates() -> Iterator[list[str]]:
        if _is_statement(new):
            if old is not None and _is_statement(old):
                yield from edits.statement(lines, new, places(tokens(old), lines))
            yield from edits.statement(lines, new, numbers)
            if numbers:
                yield from edits.statement(lines, new, [])
        elif expression(new.rstrip(":")) is not None:
            if old is not None and direct:
                yield from edits.statement(lines, new, [n for n, line in enumerate(lines, 1) if line.strip() == old])
            if "(" in new and edits.tree_of(lines) is None:
                yield from edits.statement(lines, new, numbers)
            if old is not None and direct:
                yield from edits.replaced(lines, old, new, numbers)
            if len(tokens(new)) >= 2:
                yield from edits.expression_for(lines, new, numbers, old if direct else None)
        elif old is not None and direct:
            yield from edits.replaced(lines, old, new, numbers)
        elif re.fullmatch(r"[<>=!]=?|[-+*/%]=?|//=?|\*\*", new):
            yield from _operators(lines, new, numbers)

    return edits.changes(lines, candidates())


def _operators(lines: list[str], new: str, numbers: list[int]) -> Iterator[list[str]]:
    """Another operator of the same sort at each place."""
    sorts = (("<", ">", "<=", ">=", "==", "!="), ("+", "-", "*", "/", "//", "%", "**"), ("+=", "-=", "*=", "/=", "="))
    for sort in sorts:
        if new in sort:
            if new in ("+=", "-="):
                for number, line in enumerate(lines, 1):
                    changed = re.sub(rf"^(\s*)(\S+) ==? \2 ?{re.escape(new[0])} ?(.+)$", rf"\1\2 {new} \3", line)
                    if changed != line and (not numbers or number in numbers):
                        yield [*lines[: number - 1], changed, *lines[number:]]
            for old in sort:
                if old != new:
                    yield from edits.replaced(lines, old, new, numbers)


def _is_statement(code: str) -> bool:
    head = tokens(code)[:1]
    if head and head[0] in ("for", "while", "if", "elif", "else", "def", "return", "class", "raise"):
        return True
    tree = parse(code)
    return tree is not None and len(tree.body) == 1 and expression(code) is None


def _mentioned(scene: Scene) -> Iterator[Assertion]:
    """Code that advice quotes and the program lacks, wherever it fits; only what helps counts."""
    if not ADVISES.search(scene.text):
        return
    for position, code in scene.codes():
        if places(tokens(code), scene.lines) or "\n" in code or DENIES.search(scene.text, 0, position):
            continue
        claims = _tries(scene, code, None, [], direct=True)
        if is_literal(code):
            claims = edits.changes(scene.lines, edits.literals(scene.lines, code))
        if claims:
            yield Assertion(claims, position, position + 1, sure=False, loose=is_literal(code))
