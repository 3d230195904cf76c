"""Which change of the program is said to make it right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import ChangeFixesClaim, LineQuoteClaim
from gradatim.tools.claims.code import places_in, tokens
from gradatim.tools.claims.extraction.reading import CODE, Found, Reading

_WHAT = r"(?:(?:the|your|this|that) )?(?:(?!line\b)[a-z]+ ){0,2}?"
_WHERE = r"(?: ?,? ?\(?(?:on|in|at|of|from) (?:the )?line (\d{1,5})\)?)?"
_LINE = r"(?:(?:the )?(?:code )?(?:on|in|of|at)? ?)?line (\d{1,5})"
_VERB = r"(?:chang|replac|swap|turn|correct|modify|updat|adjust)(?P<ending>e|ing|)\b"
_CHANGE = re.compile(
    rf"\b{_VERB} {_WHAT}({CODE}){_WHERE} (?:to|with|by|for|into) (?:be )?{_WHAT}({CODE}){_WHERE}", re.I
)
_CHANGE_LINE = re.compile(
    rf"\b{_VERB} {_LINE} (?:to|with|by|into|so that it (?:reads|says|is)) ?:? ?(?:be |read )?({CODE})",
    re.I,
)
_INSTEAD = re.compile(
    rf"\b(?P<verb>us(?:e|ing)|return(?:ing)?|need|writ(?:e|ing)|try|put|should (?:be|use|say|read)"
    rf"|needs? to (?:be|use)|must be) {_WHAT}({CODE}){_WHERE} ?,? (?:instead of|rather than|and not"
    rf"|,? ?not) {_WHAT}({CODE}){_WHERE}",
    re.I,
)
_INSTEAD_FIRST = re.compile(
    rf"\binstead of {_WHAT}({CODE}){_WHERE} ?,? (?:(?:you|it) (?:should|could|can|need to|must) )?(?:use"
    rf"|write|try|put|say) ({CODE})",
    re.I,
)
_SHOULD = re.compile(
    rf"({CODE}){_WHERE} (?:should|must|needs to|has to|ought to) (?:be|become|be replaced (?:by|with)"
    rf"|be changed to) ({CODE}){_WHERE}",
    re.I,
)
_ANYWHERE = re.compile(r"\b(?:on|in|at) line (\d{1,5})\b", re.I)
_MODAL = re.compile(
    r"(?:^|[.;:,] ?|\b(?:should|must|need(?:s)? to|have to|has to|can|could|might|might want to|try to|is to"
    r"|was to|to|let's|please|simply|just|then|and|so|instead|try|by|you only|fix ?:) )$",
    re.I,
)
_FIXES = re.compile(r"\b(?:fix(?:es)?|solves?|resolves?|corrects?|repairs?|passes|pass|works|correct|helps)\b", re.I)
_NEGATED = re.compile(
    r"\b(?:not|never|avoid|no longer|without|cannot|wrong|worse|break|breaks|causes|unless|except)\b|n't\b", re.I
)
_MORE = re.compile(
    r"^(?:also|additionally|next|then|second|secondly|first|firstly|finally|in addition|besides|after that|step \d)\b"
    r"|(?:\band|\bthen|,|;) (?:also |then |to )?(?:add|set|change|remove|delete|initiali[sz]e|move|use"
        r"|replace|insert|put|return|start|make|write|increase|adjust)\b",
    re.I,
)  # fmt: skip
_IF = re.compile(r"\b(?:if|when|once) you $", re.I)
_THEN_ALL = re.compile(
    r"\b(?:all (?:the )?tests (?:will |would |should )?pass|every test passes|it (?:will |should )?works?"
    r"|(?:is|will be) correct)\b",
    re.I,
)


def changes(reading: Reading) -> Iterator[Found]:
    """Claims that one change makes every test pass, and that what is to be changed is there."""
    text = reading.text
    for pattern in (_CHANGE, _INSTEAD, _INSTEAD_FIRST, _SHOULD):
        for match in pattern.finditer(text):
            signs = [
                index for index in range(1, pattern.groups + 1) if match[index] and re.fullmatch(CODE, match[index])
            ]
            old, new = (reading.code(match[index]) for index in signs)
            if pattern is _INSTEAD:
                old, new = new, old
                if (match["verb"] or "").lower().startswith("return"):
                    old, new = f"return {old}", f"return {new}"
            where = next((int(item) for item in match.groups() if item and item.isdecimal()), None)
            clause = reading.clause(match.start())
            if where is None:
                near = _ANYWHERE.search(text, clause.start, clause.end)
                where = int(near[1]) if near else None
            if _proposes(reading, match, pattern is _SHOULD):
                yield from _change(reading, match, old, new, where)
    for match in _CHANGE_LINE.finditer(text):
        if _proposes(reading, match, False):
            yield from _whole_line(reading, match, int(match[2]), reading.code(match[3]))


def _proposes(reading: Reading, match: re.Match[str], passive: bool) -> bool:
    """Whether the change is proposed as the one thing to do, rather than described, doubted or one of several."""
    text = reading.text
    clause = reading.clause(match.start())
    before, behind = text[clause.start : match.start()], text[match.end() : clause.end]
    if clause.mood == "asks" or _NEGATED.search(before) or _NEGATED.search(behind):
        return False
    if _MORE.search(text[: match.start()] + text[match.end() :]) or len(re.findall(CODE, behind)) > 1:
        return False
    if _IF.search(before):
        return bool(_THEN_ALL.search(text))
    ending = (match.groupdict().get("ending") or match.groupdict().get("verb") or "").lower()
    if ending.endswith("ing"):
        return bool(_FIXES.search(behind) or re.search(r"\b(?:try|by|consider) $", before, re.I))
    return (
        passive
        or ending.startswith(("should", "need", "must"))
        or match.re is _INSTEAD_FIRST
        or bool(_MODAL.search(before))
    )


def _change(reading: Reading, match: re.Match[str], old: str, new: str, where: int | None) -> Iterator[Found]:
    lines = reading.program.splitlines()
    spots = [
        (number, spot)
        for number, line in enumerate(lines, 1)
        if where in (None, number)
        for spot in places_in(old, line)
    ]
    yield Found(LineQuoteClaim(line=where or None, text=old), *match.span())
    if len(spots) == 1:
        number, spot = spots[0]
        line = lines[number - 1]
        replacement = line[: spot.start()] + new + line[spot.end() :]
        yield Found(ChangeFixesClaim(line=number, replacement=replacement), *match.span())


def _whole_line(reading: Reading, match: re.Match[str], number: int, new: str) -> Iterator[Found]:
    """A change of a line as a whole; not read where the new text may be meant for a part of the line."""
    lines = reading.program.splitlines()
    if not 1 <= number <= len(lines) or not lines[number - 1].strip():
        return
    old = lines[number - 1]
    first, wanted = tokens(old)[:2], tokens(new)[:2]
    if not wanted or (first[0] != wanted[0] and "=" not in tokens(new)):
        return
    colon = ":" if old.rstrip().endswith(":") and not new.endswith(":") else ""
    indent = old[: len(old) - len(old.lstrip())]
    yield Found(ChangeFixesClaim(line=number, replacement=f"{indent}{new}{colon}"), *match.span())
