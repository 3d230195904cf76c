"""Which change of the program is said to make it right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gradatim.domain import ChangeFixesClaim, LineQuoteClaim
from gradatim.tools.claims.code import tokens
from gradatim.tools.claims.extraction.reading import CODE, Found, Reading

_WHAT = r"(?:(?:the|your|this|that)\s+)?(?:(?!line\b)[a-z]+\s+){0,2}?"
_WHERE = r"(?:\s*,?\s*\(?(?:on|in|at|of|from)\s+(?:the\s+)?line\s+(\d{1,5})\)?)?"
_LINE = r"(?:(?:the\s+)?(?:code\s+)?(?:on|in|of|at)?\s*)?line\s+(\d{1,5})"
_VERB = r"(?:chang|replac|swap|turn|correct|modify|updat|adjust)(?P<ending>e|ing|)\b"
_CHANGE = re.compile(
    rf"\b{_VERB}\s+{_WHAT}({CODE}){_WHERE}\s+(?:to|with|by|for|into)\s+(?:be\s+)?{_WHAT}({CODE}){_WHERE}", re.I
)
_CHANGE_LINE = re.compile(
    rf"\b{_VERB}\s+{_LINE}\s+(?:to|with|by|into|so\s+that\s+it\s+(?:reads|says|is))\s*:?\s*(?:be\s+|read\s+)?({CODE})",
    re.I,
)
_INSTEAD = re.compile(
    rf"\b(?P<verb>us(?:e|ing)|writ(?:e|ing)|try|put|should\s+(?:be|use|say|read)|needs?\s+to\s+(?:be|use)|must\s+be)\s+{_WHAT}({CODE}){_WHERE}\s*,?\s+(?:instead\s+of|rather\s+than|and\s+not|,?\s*not)\s+{_WHAT}({CODE}){_WHERE}",
    re.I,
)
_INSTEAD_FIRST = re.compile(
    rf"\binstead\s+of\s+{_WHAT}({CODE}){_WHERE}\s*,?\s+(?:(?:you|it)\s+(?:should|could|can|need\s+to|must)\s+)?(?:use|write|try|put|say)\s+({CODE})",
    re.I,
)
_SHOULD = re.compile(
    rf"({CODE}){_WHERE}\s+(?:should|must|needs\s+to|has\s+to|ought\s+to)\s+(?:be|become|be\s+replaced\s+(?:by|with)|be\s+changed\s+to)\s+({CODE}){_WHERE}",
    re.I,
)
_ANYWHERE = re.compile(r"\b(?:on|in|at)\s+line\s+(\d{1,5})\b", re.I)
_MODAL = re.compile(
    r"(?:^|[.;:,]\s*|\b(?:should|must|need(?:s)?\s+to|have\s+to|has\s+to|can|could|might|might\s+want\s+to|try\s+to|is\s+to|was\s+to|to|let's|please|simply|just|then|and|so|instead|try|by|you\s+only|fix\s*:)\s+)$",
    re.I,
)
_FIXES = re.compile(r"\b(?:fix(?:es)?|solves?|resolves?|corrects?|repairs?|passes|pass|works|correct|helps)\b", re.I)
_NEGATED = re.compile(
    r"\b(?:not|never|avoid|no longer|without|cannot|wrong|worse|break|breaks|causes|unless|except)\b|n't\b", re.I
)
_MORE = re.compile(
    r"^(?:also|additionally|next|then|second|secondly|first|firstly|finally|in addition|besides|after that|step\s+\d)\b"
    r"|(?:\band|\bthen|,|;)\s+(?:also\s+|then\s+|to\s+)?(?:add|set|change|remove|delete|initiali[sz]e|move|use|replace|insert|put|return|start|make|write|increase|adjust)\b",
    re.I,
)  # fmt: skip
_IF = re.compile(r"\b(?:if|when|once)\s+you\s+$", re.I)
_THEN_ALL = re.compile(
    r"\b(?:all\s+(?:the\s+)?tests\s+(?:will\s+|would\s+|should\s+)?pass|every\s+test\s+passes|it\s+(?:will\s+|should\s+)?works?|(?:is|will\s+be)\s+correct)\b",
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
        return bool(_FIXES.search(behind) or re.search(r"\b(?:try|by|consider)\s+$", before, re.I))
    return (
        passive
        or ending.startswith(("should", "need", "must"))
        or match.re is _INSTEAD_FIRST
        or bool(_MODAL.search(before))
    )


def _change(reading: Reading, match: re.Match[str], old: str, new: str, where: int | None) -> Iterator[Found]:
    lines = reading.program.splitlines()
    spots = [
        (number, spot) for number, line in enumerate(lines, 1) if where in (None, number) for spot in _spots(old, line)
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


def _spots(old: str, line: str) -> list[re.Match[str]]:
    """Where code stands in a line, as whole names and signs, whatever the white space between them."""
    parts = [re.escape(token).replace('"', "[\"']") for token in tokens(old)]
    if not parts:
        return []
    front = r"(?<![\w.])" if re.match(r"\w", old.strip()) else r"(?<![<>=!+*/%&|^:-])"
    back = (
        r"(?!\w)"
        if re.search(r"\w$", old.strip())
        else r"(?![=<>*/])"
        if re.search(r"[<>=!+*/%-]$", old.strip())
        else ""
    )
    return list(re.finditer(front + r"\s*".join(parts) + back, line))
