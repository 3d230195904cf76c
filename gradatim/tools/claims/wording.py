"""The wording of a sentence: content words, numbers, code, negations and opposites, for comparison with another one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gradatim.tools.claims.code import tokens
from gradatim.tools.claims.vocabulary import OPPOSITES, STOP

_NEGATION = re.compile(r"\b(?:not|never|none|nothing|without|cannot|neither|nor|nowhere|no)\b|n['’]t\b", re.IGNORECASE)
_CODE = re.compile(r"```(.+?)```|`([^`]+)`|(?<![\w.])([A-Za-z_][\w.]*\([^()\n]*\))", re.DOTALL)
_WORD = re.compile(r"[^\W\d_][\w'’-]*|\d+(?:\.\d+)?|_\w+|\x00")
_IDENTIFIER = re.compile(r"(?<![\w`'.])(?:[a-z]+(?:_[a-z0-9]+)+|[a-z]+\d+|[b-z])(?![\w`']|\.\w)")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
_LINE = re.compile(r"\blines?\s+(\d+)(?:\s*(?:,|and|to|-)\s*(\d+))?", re.IGNORECASE)
_EXPECTS = re.compile(
    r"\b(?:should|must|needs? to|has to|have to|ought to|(?:is |was )?(?:expected|supposed"
    r"|required) to)\s+(?:be|return|give|equal|print|produce|output)\b"
    r"|\b(?:instead of|rather than)\b|\bexpect(?:s|ed)?\b(?: (?:value|result|output|answer))?(?: (?:is|was"
    r"|of))?|\b(?:wants?|needs?|requires?)\b(?=\s+[-\d`'\"\[])",
    re.IGNORECASE,
)
_GIVES = re.compile(
    r"\b(?:got|gets?|gave|gives?|returns?|returned|returning|came|produces?|produced|yields?"
    r"|actual(?:ly)?)\b(?: (?:value|result|output|answer))?(?: (?:is|was))?(?=,?\s+(?:the\s+)?[-\d`'\"\[])",
    re.IGNORECASE,
)
_PASSIVE = re.compile(
    r"((?:`[^`]+`)|-?\d+(?:\.\d+)?)\s+(?:is|was)\s+(?:expected|needed|required|wanted)", re.IGNORECASE
)
_ROLE = re.compile(r"\b(?:is|was)\s+(?:expected|needed|required|wanted)\b", re.IGNORECASE)
_LOOP = re.compile(r"\b(for|while)[ -](?=loop)", re.IGNORECASE)
_ITEM = re.compile(r"`([^`]+)`|(?<![\w.])(-?\d+(?:\.\d+)?)(?!\w)|([A-Za-z_][\w.]*\([^()]*\))|([^\W\d][\w'-]*)")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a sentence is made of.

    Attributes:
        words: Content words, shortened to their stems; code is not among them.
        critical: (group, side) of each word that has an opposite or must not be replaced.
        bound: (word before, number or code) pairs.
        sequence: Content words, numbers and code in their order; what is needed and what came are single items, and
            numbers of lines are left out.
        tokens: Tokens of the whole sentence, to look code up in.
    """

    words: frozenset[str]
    codes: tuple[str, ...]
    numbers: frozenset[str]
    lines: frozenset[str]
    negations: int
    critical: frozenset[tuple[int, int]]
    bound: frozenset[tuple[str, str]]
    sequence: tuple[str, ...]
    tokens: tuple[str, ...]


@lru_cache(maxsize=2048)
def wording_of(text: str) -> Wording:
    """The wording of a sentence or a clause."""
    text = _LOOP.sub(r"\1", text.replace("’", "'").replace("“", '"').replace("”", '"'))
    codes = [next(group for group in match.groups() if group) for match in _CODE.finditer(text)]
    prose = _CODE.sub(" \x00 ", text)
    codes += _IDENTIFIER.findall(prose)
    bound, sequence = _bound(text)
    said = _ROLE.sub(" ", _GIVES.sub(" ", _EXPECTS.sub(" ", prose)))
    lines = frozenset(number for match in _LINE.finditer(prose) for number in match.groups() if number)
    words = [_stem(word) for word in _WORD.findall(said.lower()) if word != "\x00" and not word[0].isdigit()]
    content = frozenset(word for word in words if word not in _STOP_STEMS)
    content |= {item for item in sequence if item.startswith(_ROLES)}
    critical = frozenset(_CRITICAL[word] for word in words if word in _CRITICAL)
    return Wording(
        words=content,
        codes=tuple(codes),
        numbers=frozenset(_NUMBER.findall(prose)),
        lines=lines,
        negations=len(_NEGATION.findall(prose)),
        critical=critical,
        bound=frozenset(bound),
        sequence=tuple(sequence),
        tokens=tuple(tokens(text)),
    )


def contradicts(clause: Wording, said: Wording) -> bool:
    """Whether a clause differs from what was said in a way that may turn its meaning."""
    if clause.negations % 2 != said.negations % 2 or bool(clause.negations) != bool(said.negations):
        return True
    if not clause.critical <= said.critical:
        return True
    for word, item in clause.bound:
        partners = {other for before, other in said.bound if before == word}
        if partners and item not in partners:
            return True
        holders = {before for before, other in said.bound if other == item}
        if word in _ROLES and holders and word not in holders:
            return True
    return not _in_order(clause.sequence, said.sequence)


def _in_order(items: tuple[str, ...], said: tuple[str, ...]) -> bool:
    """Whether the shared items come in the same order and close together: else they may be said of something else.

    At most one item in four of the part of `said` that they span may be left out.
    """
    shared = [item for item in items if item in said and not item.startswith(_ROLES)]
    if len(shared) < 2:
        return True
    for start, first in enumerate(said):
        position = start
        if first != shared[0]:
            continue
        try:
            for item in shared[1:]:
                position = said.index(item, position + 1)
        except ValueError:
            return False
        if position - start + 1 - len(shared) <= len(shared) // 3:
            return True
    return False


def _bound(text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Each number or piece of code with the word before it, and all items in their order.

    Words for what is needed and for what came are made equal.
    """
    text = _PASSIVE.sub(r" EXPECTED \1 ", text)
    text = _GIVES.sub(" GIVEN ", _EXPECTS.sub(" EXPECTED ", text))
    found: list[tuple[str, str]] = []
    sequence: list[str] = []
    before = ""
    for match in _ITEM.finditer(text):
        item = next((group for group in match.groups()[:3] if group), None)
        word = match[4] or ""
        if item is not None:
            item = "".join(tokens(item))
            if before:
                found.append((before, item))
            if before in _ROLES:
                sequence.append(f"{before} {item}")
                before = ""
            elif before != "line":
                sequence.append(item)
        elif word in _ROLES or word.lower() in ("line", "lines"):
            before = word if word in _ROLES else "line"
        elif word.lower() not in STOP or (len(word) == 1 and word not in "aI"):
            before = _stem(word.lower())
            sequence.append(before)
    return found, sequence


def _stem(word: str) -> str:
    """A word without its usual endings; enough to compare words of short sentences."""
    word = word.removesuffix("'s").strip("'’-")
    for ending in ("ying", "ies", "ied"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)] + "y"
    for ending in ("ing", "ed", "es", "s", "ly"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and not (ending == "s" and rest.endswith(("s", "u", "i"))):
            word = rest
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] in "bdgmnprt":
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 3 else word


_ROLES = ("EXPECTED", "GIVEN")
_STOP_STEMS = frozenset(_stem(word) for word in STOP) | STOP
_CRITICAL = {
    _stem(word): (group, side)
    for group, sides in enumerate(OPPOSITES)
    for side, words in enumerate(sides)
    for word in words.split()
}
