"""Which change a sentence proposes in words: bounds, first values, places, checks, conversions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.tools.claims.code import expression, places, tokens
from gradatim.tools.claims.extraction.reading import CODE, VALUE
from gradatim.tools.claims.inputclasses import classes_of
from gradatim.tools.claims.prose import edits, rearrangements
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.inputs import classes_in
from gradatim.tools.claims.prose.moods import DENIES, MODAL, WANTS

_START = re.compile(
    rf"\b(?:start(?:s|ing|ed)?|begin(?:s|ning)?) (?:the (?:range|loop|iteration|counting|counter)(?: function)?"
    rf" )?(?:at|from|with|by) ({VALUE})",
    re.I,
)
_RANGE_ONE = re.compile(
    rf"\b(?:range|loop)\b[^.;]{{0,60}}?\b(?:start|begin|run|go|iterate|count)\w* (?:at|from|with) ({VALUE})", re.I
)
_UP_TO = re.compile(
    rf"\b(?:loop|range|iterat\w+|run|go|count)\b[^.;]{{0,60}}?\b(?:to|until|including|include|through|up to|till|at) "
    rf"(?:and including )?(?:the )?({VALUE}|[a-z]\b)( ?\+ ?1| ?- ?1)?( times)?(,? inclusive|,? including)?",
    re.I,
)
_FROM_TO = re.compile(rf"\bfrom ({CODE}|-?\d+) (?:up )?to ({CODE}|[a-z]\w*|\d+)( ?[-+] ?1)?\b(?! (?:to|\d))", re.I)
_MOVED_END = re.compile(
    rf"\b(start|end|stop)(?:ing)? (?:value|point|index|number)?[^.;]{{0,40}}?\b(?:from {VALUE} to|to|should be|at)"
    rf" ({VALUE})",
    re.I,
)
_SET = re.compile(
    rf"\b(?:initiali[sz]\w+|set|start|starts?|assign(?:ed)?"
    rf"|reset)\b[^.;{chr(0xE100)}-{chr(0xF0FF)}]{{0,30}}?({CODE})[^.;]{{0,40}}?\b(?:to|with|as|at) (?:an? |the"
    rf" )?({VALUE})",
    re.I,
)
_SET_PASSIVE = re.compile(
    rf"({CODE})[^.;]{{0,40}}?\b{MODAL} (?:be )?(?:initiali[sz]ed|set|start|begin|reset)\b[^.;]{{0,20}}?\b(?:to"
    rf"|with|as|at|from) (?:an? |the )?({VALUE})",
    re.I,
)
_OUT = re.compile(
    r"\b(return|print|append)\w*\b(?: statement| line| call)?[^.;]{0,60}?\b(?:outside|out of|after|below|at the"
    r" end of|before) (?:of )?(?:the )?(?:\w+ ){0,2}?(?:loop|block|if|statement|function)",
    re.I,
)
_IN = re.compile(
    r"\b(return|print|append)\w*\b(?: statement| line| call)?[^.;]{0,60}?\b(?:inside|into|within|in) (?:of"
    r" )?(?:the )?(?:\w+ ){0,2}?(?:loop|block|if)\b",
    re.I,
)
_RETURN_VALUE = re.compile(
    rf"\b(?:add|include|insert|needs?|use|write|missing|should)\b[^.;]{{0,40}}?\breturn(?:s|ing)?\b"
    rf"(?: statement(?: (?:for|of|the|value|result))*(?: ({CODE}))?| (?:the )?(?:value |variable |result )?(?:of"
    rf" )?({CODE}))",
    re.I,
)
_CONVERT = (
    (re.compile(r"\b(?:convert\w*|cast\w*|turn\w*|pars\w*)\b[^.;]{0,60}?\b(?:to|into|as) (?:an? )?(?:int\w*|whole"
                r" numbers?|numbers?|numeric\w*)\b", re.I), ("int", "float")),
    (re.compile(r"\b(?:convert\w*|cast\w*|turn\w*)\b[^.;]{0,60}?\b(?:to|into|as) (?:an? )?floats?\b", re.I), (
        "float",)),
    (re.compile(r"\b(?:convert\w*|cast\w*|turn\w*)\b[^.;]{0,60}?\b(?:to|into|as) (?:an? )?(?:strings?|text)\b", re.I), (
        "str",)),
    (re.compile(r"\b(?:convert\w*|chang\w+|mak\w+|turn\w*)\b[^.;]{0,60}?\b(?:to|into) (?:all )?lower-?\s?case\b"
                r"|\blower\b|both (?:upper|lower)", re.I), ("lower",)),
    (re.compile(r"\b(?:convert\w*|chang\w+|mak\w+|turn\w*)\b[^.;]{0,60}?\b(?:to|into) (?:all )?upper-?\s?case\b",
                re.I), ("upper",)),
    (re.compile(r"\babsolute value\b", re.I), ("abs",)),
)  # fmt: skip
_DIVISION = re.compile(
    r"\b(?:use|using|with|to|need\w*|should)\b[^.;]{0,40}?\b(?:integer|floor|whole)"
    r" division",
    re.I,
)
_TRUE_DIVISION = re.compile(
    r"\b(?:use|using|with|to|need\w*|should)\b[^.;]{0,40}?\b(?:float|true|real|floating[- ]point|decimal) division",
    re.I,
)
_CHECK = re.compile(
    r"\b(?:add|include|insert|need|needs|adding|including|should|must|to fix)\b[^.;]{0,60}?\b(?:check|condition"
    r"|base case|guard|case|conditional|if statement|handle|handling|handled)\b",
    re.I,
)
_ADDS = re.compile(r"\b(?:add|adding|include|insert|missing)\b", re.IGNORECASE)
_REMOVE = re.compile(
    rf"\b(?:remove|delete|removing|deleting|drop|get rid of) (?:the )?(?:\w+ ){{0,2}}?(?:({CODE})|line (\d+))", re.I
)


def ends(scene: Scene) -> Iterator[Assertion]:
    """Where a loop should begin and end, in words."""
    text, lines = scene.text, scene.lines
    if not WANTS.search(text) or not rearrangements.range_stops(lines):
        return
    if not re.search(r"\b(?:range|loop|iterat\w+)\b", text, re.I):
        return
    start = _START.search(text) or _RANGE_ONE.search(text)
    first = scene.reading.value(start[1]) if start else None
    ends = _UP_TO.search(text)
    stops: list[str] = []
    if ends:
        name = scene.code(ends[1]) if re.fullmatch(CODE, ends[1]) else ends[1]
        plus = (ends[2] or "").replace(" ", "")
        if expression(name) is not None:
            whole = f"{name} {plus[0]} {plus[1:]}" if plus else name
            stops = [whole] if ends[3] else [f"{name} + 1"] if ends[4] else [whole, f"{whole} + 1"]
    moved = _MOVED_END.search(text)
    if moved:
        value = name_of(scene, moved[2])
        first, stops, start, ends = (
            (value, [], moved, None) if moved[1].lower().startswith("start") else (None, [value], None, moved)
        )
    both = None if moved else _FROM_TO.search(text)
    if both and expression(name_of(scene, both[2])) is not None:
        plus = (both[3] or "").replace(" ", "")
        stop = name_of(scene, both[2]) + (f" {plus[0]} {plus[1:]}" if plus else "")
        first, stops, start, ends = name_of(scene, both[1]), [stop, f"{stop} + 1"], both, None
    if first is None and not stops:
        return
    claims = edits.changes(lines, rearrangements.bounds(lines, first, stops))
    spans = [match.span() for match in (start, ends) if match]
    if claims and spans:
        only = both is not None and len(rearrangements.range_stops(lines)) == 1
        yield Assertion(claims, min(span[0] for span in spans), max(span[1] for span in spans), sure=only)


def name_of(scene: Scene, piece: str) -> str:
    return scene.code(piece) if re.fullmatch(CODE, piece) else piece


def first_values(scene: Scene) -> Iterator[Assertion]:
    for pattern in (_SET_PASSIVE, _SET):
        for match in pattern.finditer(scene.text):
            if not WANTS.search(scene.text, 0, match.end()) and not re.search(
                r"\bto fix|instead|need", scene.text, re.I
            ):
                continue
            name, value = scene.code(match[1]), scene.reading.value(match[2])
            if value is None:
                value = scene.code(match[2]) if re.fullmatch(CODE, match[2]) else None
            if value is None or not re.fullmatch(r"[\w.]+", name):
                continue
            claims = edits.changes(scene.lines, rearrangements.initial(scene.lines, name, value))
            if claims:
                yield Assertion(claims, match.start(), match.end(), sure=len(claims) == 1)


def placements(scene: Scene) -> Iterator[Assertion]:
    """A statement that should stand inside or outside of a loop."""
    for pattern, build in ((_OUT, rearrangements.moved_out), (_IN, rearrangements.moved_in)):
        for match in pattern.finditer(scene.text):
            clause = scene.reading.clause(match.start())
            if not WANTS.search(scene.text, clause.start, match.end()):
                continue
            if _ADDS.search(scene.text, clause.start, match.start(1)):
                continue
            denied = bool(DENIES.search(scene.text, clause.start, match.end()))
            made = (
                (rearrangements.moved_in if build is rearrangements.moved_out else rearrangements.moved_out)
                if denied
                else build
            )
            claims = edits.changes(scene.lines, made(scene.lines, match[1].lower()))
            if claims:
                yield Assertion(claims, match.start(), match.end(), sure=True)


def returns(scene: Scene) -> Iterator[Assertion]:
    for match in _RETURN_VALUE.finditer(scene.text):
        clause = scene.reading.clause(match.start())
        if re.search(r"\b(?:if|when|unless|loop|empty|for)\b", scene.text[clause.start : clause.end], re.I):
            continue
        sign = match[1] or match[2]
        value = scene.code(sign) if sign else None
        if value is not None and expression(value.removeprefix("return ")) is None:
            continue
        value = value.removeprefix("return ").strip() if value else None
        claims = edits.changes(scene.lines, rearrangements.returned(scene.lines, value))
        if claims:
            yield Assertion(claims, match.start(), match.end(), sure=False)


def conversions(scene: Scene) -> Iterator[Assertion]:
    for pattern, names in _CONVERT:
        match = pattern.search(scene.text)
        if match is None or DENIES.search(scene.text, 0, match.start()):
            continue
        claims = tuple(
            claim for name in names for claim in edits.changes(scene.lines, rearrangements.converted(scene.lines, name))
        )
        if claims:
            yield Assertion(claims, match.start(), match.end(), sure=False)
            return


def divisions(scene: Scene) -> Iterator[Assertion]:
    for pattern, old, new in ((_DIVISION, "/", "//"), (_TRUE_DIVISION, "//", "/")):
        match = pattern.search(scene.text)
        if match:
            claims = edits.changes(scene.lines, edits.replaced(scene.lines, old, new, []))
            if claims:
                yield Assertion(claims, match.start(), match.end(), sure=False)


def guards(scene: Scene) -> Iterator[Assertion]:
    """A check to be added at the beginning: for the condition quoted or the kind of input named."""
    match = _CHECK.search(scene.text)
    if match is None or DENIES.search(scene.text, 0, match.end()):
        return
    kinds = [kind for kind, _, _ in classes_in(scene)]
    tests = [code for _, code in scene.codes() if re.search(r"[<>=!]=|[<>]|\bnot\b|\bin\b", code)]
    parameters = re.search(r"def \w+\((?:self, ?)?(\w+)", scene.case.submission.code)
    name = parameters[1] if parameters else None
    conditions = [
        code.removeprefix("if ").rstrip(":") for code in tests if expression(code.removeprefix("if ").rstrip(":"))
    ]
    by_kind = {
        "empty": "not {0}",
        "zero": "{0} == 0",
        "one": "{0} == 1",
        "negative": "{0} < 0",
        "single": "len({0}) == 1",
    }
    if name:
        conditions += [by_kind[kind].format(name) for kind in kinds if kind in by_kind]
    if not conditions:
        return
    returned = re.search(rf"\breturn(?:s|ing)? (?:the )?(?:value )?({VALUE})", scene.text)
    values: list[str] = []
    if returned:
        value = scene.reading.value(returned[1]) or (
            scene.code(returned[1]) if re.fullmatch(CODE, returned[1]) else None
        )
        values = [value] if value else []
    if not values:
        needed = [
            test.expect for test in scene.case.task.tests if test.expect and set(kinds) & classes_of(test, scene.case)
        ]
        values = list(dict.fromkeys(needed))[:3]
    exact = bool(tests)
    candidates = [
        lines
        for condition in conditions[:3]
        for value in values
        for build in (rearrangements.at_top, rearrangements.after_first)
        for lines in build(scene.lines, [f"if {condition}:", f"    return {value}"])
    ]
    claims = edits.changes(scene.lines, iter(candidates))
    if claims:
        named = [stop for _, _, stop in classes_in(scene)]
        end = max([match.end(), *named, *(returned.span()[1:] if returned else ())])
        yield Assertion(claims, match.start(), end, sure=False, loose=not exact)


def removals(scene: Scene) -> Iterator[Assertion]:
    for match in _REMOVE.finditer(scene.text):
        if DENIES.search(scene.text, 0, match.start()):
            continue
        numbers = [int(match[2])] if match[2] else places(tokens(scene.code(match[1])), scene.lines)
        whole = [number for number in numbers if match[2] or len(tokens(scene.code(match[1]))) >= 3]
        if 0 < len(whole) <= 2:
            claims = edits.changes(scene.lines, edits.without(scene.lines, whole))
            if claims:
                yield Assertion(claims, match.start(), match.end(), sure=bool(match[2]))
