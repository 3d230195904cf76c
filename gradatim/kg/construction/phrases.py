"""Noun phrases that may name a concept: what a sentence talks about, whole and in parts."""

from __future__ import annotations

import keyword
import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from gradatim.kg.construction.sentences import Sentence, Token
from gradatim.kg.construction.words import EMPTY_MODIFIERS
from gradatim.kg.lexicon import Key, name_key

LONGEST = 5
"""Words of a phrase at most."""
_CODE_NAME = re.compile(r"^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)\s*(?:\(.*\))?:?$", re.DOTALL)
_SIGN = re.compile(r"^[^\w\s'\";,.()\[\]{}]{1,3}$|^\[\]$|^\{\}$")
_KEYWORDS = frozenset(keyword.kwlist)
_INNER = frozenset({"-", "–", "/"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of a sentence that may name a concept."""

    key: Key
    text: str
    first: int
    last: int
    """Positions of its first and last token."""
    whole: bool
    """Whether it is all of its noun phrase, not a part of a longer one."""
    code: bool
    """Whether it is nothing but code."""
    bare: str | None = None
    """What the code in it names where a noun only says what that is: `json` of "the json module"."""


def phrases(sentence: Sentence, example_names: Container[str] = ()) -> Iterator[Phrase]:
    """All phrases of a sentence, longer ones before their parts.

    Args:
        sentence: Where to look.
        example_names: Names that example code gives to things: `f.read` names `read` where `f` is one of them.
    """
    for first, last in _noun_phrases(sentence.tokens):
        yield from _parts(sentence, first, last, example_names)
    yield from _shared_nouns(sentence)


def code_name(text: str) -> str | None:
    """What a stretch of code names: `range(10)` names `range`; `x = 1` names nothing."""
    text = text.strip()
    match = _CODE_NAME.match(text)
    if match:
        return match.group(1)
    if _SIGN.match(text) or all(word in _KEYWORDS for word in text.split()):
        return text
    return None


def _noun_phrases(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and last positions of runs that end in a noun."""
    at = 0
    while at < len(tokens):
        if not _may_stand_in(tokens, at):
            at += 1
            continue
        end = at
        while end + 1 < len(tokens) and (
            _may_stand_in(tokens, end + 1)
            or (tokens[end + 1].text in _INNER and end + 2 < len(tokens) and _glued(tokens, end + 1))
        ):
            end += 1
        last = end
        while last >= at and not _may_end(tokens[last]):
            last -= 1
        if last >= at:
            yield at, last
        at = end + 1


def _glued(tokens: Sequence[Token], at: int) -> bool:
    """Whether a sign stands between two words without a blank, as in "built-in"."""
    return tokens[at - 1].end == tokens[at].start and tokens[at].end == tokens[at + 1].start


def _may_stand_in(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    if token.code:
        return code_name(token.text) is not None
    if token.pos in ("NOUN", "PROPN", "ADJ"):
        return token.text[0].isalnum()
    if token.tag in ("VBN", "VBG") and token.pos != "AUX":
        return token.dep in ("amod", "compound", "pcomp", "pobj", "dobj", "nsubj", "nsubjpass", "conj", "ROOT", "attr")
    if token.text[0].isalpha() and at + 2 < len(tokens) and tokens[at + 1].text == "-" and _glued(tokens, at + 1):
        return True
    return bool(at >= 2 and tokens[at - 1].text == "-" and _glued(tokens, at - 1) and token.text[0].isalpha())


def _may_end(token: Token) -> bool:
    return token.code or token.pos in ("NOUN", "PROPN") or (token.tag == "VBG" and len(token.text) > 5)


def _trimmed(tokens: Sequence[Token], first: int, last: int) -> int:
    """The first position after words that only describe ("useful", "several", "following")."""
    while (
        first <= last
        and not tokens[first].code
        and (tokens[first].lemma.lower() in EMPTY_MODIFIERS or not tokens[first].text[0].isalnum())
    ):
        first += 1
    return first


def _parts(sentence: Sentence, first: int, last: int, example_names: Container[str]) -> Iterator[Phrase]:
    tokens = sentence.tokens
    begin = _trimmed(tokens, first, last)
    for length in range(min(last - first + 1, LONGEST * 2), 0, -1):
        for start in range(first, last - length + 2):
            end = start + length - 1
            if not _may_end(tokens[end]) or tokens[start].text in _INNER or not _is_word(tokens[start]):
                continue
            if (start > first and tokens[start - 1].text in _INNER) or (end < last and tokens[end + 1].text in _INNER):
                continue
            if _trimmed(tokens, start, end) > start + 1 or (length > 1 and tokens[start].lemma in _NEVER_FIRST):
                continue
            if length > 1 and tokens[end].code and not tokens[end - 1].code and tokens[end - 1].pos == "NOUN":
                continue  # "the function len" names len
            phrase = _phrase(sentence, start, end, whole=(start, end) == (begin, last), example_names=example_names)
            if phrase is not None:
                yield phrase


_NEVER_FIRST = frozenset(
    [
        "following",
        "such",
        "own",
        "other",
        "many",
        "more",
        "most",
        "some",
        "few",
        "several",
        "various",
        "same",
        "certain",
    ]
)


def _is_word(token: Token) -> bool:
    return token.code or token.text[0].isalnum()


def _phrase(sentence: Sentence, start: int, end: int, *, whole: bool, example_names: Container[str]) -> Phrase | None:
    tokens = sentence.tokens[start : end + 1]
    parts: list[str] = []
    at = tokens[0].start
    for token in tokens:
        parts.append(sentence.text[at : token.start])
        parts.append(_bare(code_name(token.text) or "", example_names) if token.code else token.text)
        at = token.end
    text = "".join(parts).strip()
    key = name_key(text)
    if not key or sum(word[0].isalnum() for word in key) > LONGEST or len(text) > 60:
        return None
    bare = _bare(code_name(tokens[0].text) or "", example_names) if len(tokens) == 2 and tokens[0].code else None
    return Phrase(key, text, start, end, whole, all(token.code for token in tokens), bare or None)


def _bare(name: str, example_names: Container[str]) -> str:
    """`read` for `f.read` where `f` is a name of the example; `json.dumps` as it stands."""
    owner, dot, rest = name.partition(".")
    return rest if dot and (owner in example_names or len(owner) == 1) else name


def _shared_nouns(sentence: Sentence) -> Iterator[Phrase]:
    """ "The `break` and `continue` statements" also names a break statement."""
    tokens = sentence.tokens
    for at in range(1, len(tokens) - 2):
        if tokens[at].text not in ("and", "or"):
            continue
        left, right, noun = tokens[at - 1], tokens[at + 1], tokens[at + 2]
        if not (left.code == right.code and noun.pos == "NOUN" and noun.tag == "NNS"):
            continue
        if not (left.code or (left.pos in ("ADJ", "NOUN", "PROPN") and right.pos in ("ADJ", "NOUN", "PROPN"))):
            continue
        word = code_name(left.text) if left.code else left.text
        if word is None or (not left.code and left.lemma.lower() in EMPTY_MODIFIERS):
            continue
        text = f"{word} {noun.text}"
        yield Phrase(name_key(text), text, at - 1, at - 1, True, False, word if left.code else None)
