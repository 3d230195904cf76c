"""Which change a sentence proposes: each is built and tried on the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import ChangeFixesClaim
from gradatim.tools.claims.code import expression, is_literal, parse, places, tokens
from gradatim.tools.claims.extraction.reading import CODE, VALUE
from gradatim.tools.claims.inputclasses import classes_of
from gradatim.tools.claims.prose import edits
from gradatim.tools.claims.prose.assertion import Assertion, Scene
from gradatim.tools.claims.prose.inputs import classes_in

_MODAL = r"(?:should|must|needs? to|has to|have to|ought to|can|could|would)"
_BE = (
    r"(?:be|read|look like|become|say|be changed (?:to|into)|be replaced (?:with|by)|be written as|be updated to"
    r"|be modified to|have been|be corrected to|be set to)"
)
_FILL = (
    r"(?:(?:as|like|this|follows|something|instead|simply|a|an|the|to|be|of|:|,) ?){0,4}(?:(?:condition"
    r"|operator|line|loop|range|expression|code|statement|function|method|comparison) )?:? ?"
)
_SHOULD_BE = re.compile(rf"\b{_MODAL} (?:instead |actually |rather |simply |only )?{_BE} {_FILL}({CODE})", re.I)
_CORRECT_IS = re.compile(
    rf"\b(?:correct(?:ed)?|right|fixed|proper) (?:\w+ ){{0,4}}?(?:[^.;:]{{0,60}}?)\b(?:is|would be|{_MODAL} (?:be"
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
    rf"({CODE})[^.;]{{0,40}}?\b{_MODAL} (?:be )?(?:initiali[sz]ed|set|start|begin|reset)\b[^.;]{{0,20}}?\b(?:to"
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
_WANTS = re.compile(rf"\b(?:{_MODAL}|to fix|move|moving|moved|put|putting|place|placed|need|so)\b", re.I)
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
_DIVISION = re.compile(r"\b(?:use|using|with|to|need\w*|should)\b[^.;]{0,40}?\b(?:integer|floor|whole) division", re.I)
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
_ADVISES = re.compile(
    rf"\b(?:{_MODAL}|to fix|fix|instead|needs?|correct\w*|change|replace|use the|you can)\b|^(?:use|try|add|put)\b",
    re.I,
)
_DENIES = re.compile(r"\b(?:should not|shouldn't|must not|cannot|don't|do not|never|no need)\b", re.I)


def proposed(scene: Scene) -> Iterator[Assertion]:
    """What the sentence says the program should have instead."""
    text = scene.text
    if "?" in text[-3:]:
        return
    found: list[Assertion] = []
    for reader in (_no_change, _instead, _replaced_by, _ends, _first_value, _placement, _return, _conversion, _division,
                   _guard, _removal, _appended, _counted, _mentioned):  # fmt: skip
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
            if _PLACED.search(text, clause.start, clause.end) or _DENIES.search(text, clause.start, match.end()):
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
            if _DENIES.search(text, clause.start, match.end()):
                continue
            sign = match.end(match.lastindex or 1) - 1
            new = scene.code(text[sign])
            if is_literal(new) and pattern is not _CHANGE_TO:
                continue
            if pattern is _USE and (places(tokens(new), scene.lines) or not _ADVISES.search(text)):
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
            for old in sort:
                if old != new:
                    yield from edits.replaced(lines, old, new, numbers)


def _is_statement(code: str) -> bool:
    head = tokens(code)[:1]
    if head and head[0] in ("for", "while", "if", "elif", "else", "def", "return", "class", "raise"):
        return True
    tree = parse(code)
    return tree is not None and len(tree.body) == 1 and expression(code) is None


def _ends(scene: Scene) -> Iterator[Assertion]:
    """Where a loop should begin and end, in words."""
    text, lines = scene.text, scene.lines
    if not _WANTS.search(text) or not edits.range_stops(lines):
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
        value = _name(scene, moved[2])
        first, stops, start, ends = (
            (value, [], moved, None) if moved[1].lower().startswith("start") else (None, [value], None, moved)
        )
    both = None if moved else _FROM_TO.search(text)
    if both and expression(_name(scene, both[2])) is not None:
        plus = (both[3] or "").replace(" ", "")
        stop = _name(scene, both[2]) + (f" {plus[0]} {plus[1:]}" if plus else "")
        first, stops, start, ends = _name(scene, both[1]), [stop, f"{stop} + 1"], both, None
    if first is None and not stops:
        return
    claims = edits.changes(lines, edits.bounds(lines, first, stops))
    spans = [match.span() for match in (start, ends) if match]
    if claims and spans:
        only = both is not None and len(edits.range_stops(lines)) == 1
        yield Assertion(claims, min(span[0] for span in spans), max(span[1] for span in spans), sure=only)


def _name(scene: Scene, piece: str) -> str:
    return scene.code(piece) if re.fullmatch(CODE, piece) else piece


def _first_value(scene: Scene) -> Iterator[Assertion]:
    for pattern in (_SET_PASSIVE, _SET):
        for match in pattern.finditer(scene.text):
            if not _WANTS.search(scene.text, 0, match.end()) and not re.search(
                r"\bto fix|instead|need", scene.text, re.I
            ):
                continue
            name, value = scene.code(match[1]), scene.reading.value(match[2])
            if value is None:
                value = scene.code(match[2]) if re.fullmatch(CODE, match[2]) else None
            if value is None or not re.fullmatch(r"[\w.]+", name):
                continue
            claims = edits.changes(scene.lines, edits.initial(scene.lines, name, value))
            if claims:
                yield Assertion(claims, match.start(), match.end(), sure=len(claims) == 1)


def _placement(scene: Scene) -> Iterator[Assertion]:
    """A statement that should stand inside or outside of a loop."""
    for pattern, build in ((_OUT, edits.moved_out), (_IN, edits.moved_in)):
        for match in pattern.finditer(scene.text):
            clause = scene.reading.clause(match.start())
            if not _WANTS.search(scene.text, clause.start, match.end()):
                continue
            if _ADDS.search(scene.text, clause.start, match.start(1)):
                continue
            denied = bool(_DENIES.search(scene.text, clause.start, match.end()))
            made = (edits.moved_in if build is edits.moved_out else edits.moved_out) if denied else build
            claims = edits.changes(scene.lines, made(scene.lines, match[1].lower()))
            if claims:
                yield Assertion(claims, match.start(), match.end(), sure=True)


def _return(scene: Scene) -> Iterator[Assertion]:
    for match in _RETURN_VALUE.finditer(scene.text):
        clause = scene.reading.clause(match.start())
        if re.search(r"\b(?:if|when|unless|loop|empty|for)\b", scene.text[clause.start : clause.end], re.I):
            continue
        sign = match[1] or match[2]
        value = scene.code(sign) if sign else None
        if value is not None and expression(value.removeprefix("return ")) is None:
            continue
        value = value.removeprefix("return ").strip() if value else None
        claims = edits.changes(scene.lines, edits.returned(scene.lines, value))
        if claims:
            yield Assertion(claims, match.start(), match.end(), sure=False)


def _conversion(scene: Scene) -> Iterator[Assertion]:
    for pattern, names in _CONVERT:
        match = pattern.search(scene.text)
        if match is None or _DENIES.search(scene.text, 0, match.start()):
            continue
        claims = tuple(
            claim for name in names for claim in edits.changes(scene.lines, edits.converted(scene.lines, name))
        )
        if claims:
            yield Assertion(claims, match.start(), match.end(), sure=False)
            return


def _division(scene: Scene) -> Iterator[Assertion]:
    for pattern, old, new in ((_DIVISION, "/", "//"), (_TRUE_DIVISION, "//", "/")):
        match = pattern.search(scene.text)
        if match:
            claims = edits.changes(scene.lines, edits.replaced(scene.lines, old, new, []))
            if claims:
                yield Assertion(claims, match.start(), match.end(), sure=False)


def _guard(scene: Scene) -> Iterator[Assertion]:
    """A check to be added at the beginning: for the condition quoted or the kind of input named."""
    match = _CHECK.search(scene.text)
    if match is None or _DENIES.search(scene.text, 0, match.end()):
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
        for build in (edits.at_top, edits.after_first)
        for lines in build(scene.lines, [f"if {condition}:", f"    return {value}"])
    ]
    claims = edits.changes(scene.lines, iter(candidates))
    if claims:
        named = [stop for _, _, stop in classes_in(scene)]
        end = max([match.end(), *named, *(returned.span()[1:] if returned else ())])
        yield Assertion(claims, match.start(), end, sure=False, loose=not exact)


def _removal(scene: Scene) -> Iterator[Assertion]:
    for match in _REMOVE.finditer(scene.text):
        if _DENIES.search(scene.text, 0, match.start()):
            continue
        numbers = [int(match[2])] if match[2] else places(tokens(scene.code(match[1])), scene.lines)
        whole = [number for number in numbers if match[2] or len(tokens(scene.code(match[1]))) >= 3]
        if 0 < len(whole) <= 2:
            claims = edits.changes(scene.lines, edits.without(scene.lines, whole))
            if claims:
                yield Assertion(claims, match.start(), match.end(), sure=bool(match[2]))


_APPENDS = re.compile(
    rf"\b(?:append|add) (?:the |each |every |a )?(?:\w+ ){{0,2}}?(?P<what>{CODE}|[a-z]\w*) (?:itself )?(?:to|into) (?:the |your )?"
    rf"(?:\w+ ){{0,2}}?(?P<to>{CODE}|[a-z]\w*)",
    re.I,
)


def _appended(scene: Scene) -> Iterator[Assertion]:
    """A value that should be added to a list, or to a total, in place of what is done with that now."""
    if not _ADVISES.search(scene.text):
        return
    for match in _APPENDS.finditer(scene.text):
        if _DENIES.search(scene.text, scene.reading.clause(match.start()).start, match.start()):
            continue
        what, to = _name(scene, match["what"]), _name(scene, match["to"]).rpartition(".")[2]
        lines = [n for n, line in enumerate(scene.lines, 1) if re.search(rf"\b{re.escape(to)}\b(?:\[.*?\])? ?[-+*/=]", line)]
        targets = {line[1] for n in lines if (line := re.match(rf"\s*((?:\w+\.)?{re.escape(to)})\b", scene.lines[n - 1]))}
        candidates = (
            [*scene.lines[: n - 1], " " * (len(scene.lines[n - 1]) - len(scene.lines[n - 1].lstrip())) + new, *scene.lines[n:]]
            for n in lines
            for target in sorted(targets)
            for new in (f"{target}.append({what})", f"{target} += {what}")
        )
        claims = edits.changes(scene.lines, candidates)
        if claims:
            yield Assertion(claims, *match.span(), sure=False, loose=True)


_COUNTS = re.compile(rf"\b(?:increment|increas|add)\w* (?:[^.;]{{0,40}}? )?by ({VALUE})", re.I)


def _counted(scene: Scene) -> Iterator[Assertion]:
    """A number by which something should grow, in place of what changes it now."""
    match = _COUNTS.search(scene.text)
    if match is None or not _ADVISES.search(scene.text):
        return
    step = scene.reading.value(match[1])
    if step is None:
        return
    found: list[list[str]] = []
    for number, line in enumerate(scene.lines, 1):
        for pattern in (r"^(\s*)(\S+) = \2 ?\S{1,2} ?.+$", r"^(\s*)(\S+) ?[-+*/]= ?.+$"):
            changed = re.sub(pattern, rf"\1\2 += {step}", line)
            if changed != line:
                found.append([*scene.lines[: number - 1], changed, *scene.lines[number:]])
    claims = edits.changes(scene.lines, iter(found))
    if claims:
        yield Assertion(claims, *match.span(), sure=False, loose=True)


def _mentioned(scene: Scene) -> Iterator[Assertion]:
    """Code that advice quotes and the program lacks, wherever it fits; only what helps counts."""
    if not _ADVISES.search(scene.text):
        return
    for position, code in scene.codes():
        if places(tokens(code), scene.lines) or "\n" in code or _DENIES.search(scene.text, 0, position):
            continue
        claims = _tries(scene, code, None, [], direct=True)
        if is_literal(code):
            claims = edits.changes(scene.lines, edits.literals(scene.lines, code))
        if claims:
            yield Assertion(claims, position, position + 1, sure=False, loose=True)
