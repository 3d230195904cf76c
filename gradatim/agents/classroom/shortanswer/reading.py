"""An answer cut into statements, and words found in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from gradatim.languages import available, sentences, speaking, variants

LONGEST = 8_000
"""Characters of an answer that are read."""
_CLAUSE = re.compile(
    r"[,;:，；：、—–]|\b(?:but|and|because|so|since|although|while|which|that|if|when|then)\b|但|因为|所以|而"
)
_SPACED = re.compile(r"[a-zà-öø-ÿĀ-ɏͰ-ϿЀ-ӿ]", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"^(?:it|this|that|they|these|so|then|there|which|他|它|这|那|因此|所以)\b|^[它这那]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer, or two that belong together.

    Attributes:
        quote: As it stands in the answer.
        start: Character at which it begins.
        plain: Its letters made alike, for comparison.
    """

    quote: str
    start: int
    plain: str

    def clauses(self) -> list[str]:
        """Its parts between commas and conjunctions."""
        return [part for part in _CLAUSE.split(self.plain) if part.strip()]


def statements(answer: str, ignored: str = "") -> list[Statement]:
    """The sentences of an answer; those that only repeat the question are left out.

    Args:
        ignored: The question.
    """
    text, known = answer[:LONGEST], plain(ignored)
    found: list[Statement] = []
    position = 0
    for sentence in sentences(text):
        pattern = r"\s+".join(re.escape(part) for part in sentence.split())
        match = re.compile(pattern).search(text, position)
        if match is None:
            continue
        position = match.end()
        folded = plain(match.group())
        if folded.strip(" .?!。？！") and folded.strip(" .?!。？！") not in known:
            found.append(Statement(match.group(), match.start(), folded))
    return found


def pairs(found: Sequence[Statement], answer: str) -> list[Statement]:
    """Neighbouring sentences of which the second points back to the first."""
    joined: list[Statement] = []
    for one, other in pairwise(found):
        if _POINTS_BACK.match(other.plain):
            quote = answer[one.start : other.start + len(other.quote)]
            joined.append(Statement(quote, one.start, f"{one.plain} {other.plain}"))
    return joined


def plain(text: str) -> str:
    """Letters of one form and one case, white space single, apostrophes alike."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[’ʼ`´]", "'", folded).split())


@dataclass(frozen=True, slots=True)
class Words:
    """Words that mean the same."""

    alternatives: tuple[str, ...]

    def found(self, text: str) -> tuple[int, int] | None:
        """Where the first of them stands in a plain text."""
        spans = [match.span() for word in self.alternatives if (match := _pattern(word).search(text))]
        return min(spans, default=None)

    def all(self, text: str) -> list[tuple[int, int]]:
        """Where any of them stands in a plain text."""
        return [match.span() for word in self.alternatives for match in _pattern(word).finditer(text)]


@cache
def _pattern(word: str) -> re.Pattern[str]:
    """A word as a pattern: any white space or hyphen between its parts, a plural `s`, `*` for any ending."""
    bare = plain(word)
    stem = bare.removesuffix("*")
    parts = [re.escape(part) for part in re.split(r"[\s-]+", stem) if part]
    inside = r"[\s-]+".join(parts)
    if not _SPACED.search(stem):
        return re.compile(inside)  # scripts without blanks: it may stand inside a run of letters
    ending = r"\w*" if bare.endswith("*") else r"(?:'s|s|es)?"
    return re.compile(rf"(?<!\w){inside}{ending}(?!\w)")


@cache
def _negations() -> tuple[str, ...]:
    """Words of every language that deny something."""
    found: list[str] = []
    for code in available():
        with speaking(code):
            found += variants("classroom.short.negations")
    return tuple(dict.fromkeys(found))


def negations_in(text: str) -> frozenset[str]:
    """Words of a plain text that deny something."""
    return frozenset(word for word in _negations() if _denying(word).search(text))


@cache
def _denying(word: str) -> re.Pattern[str]:
    return re.compile(re.escape(word)) if word.startswith("n'") else _pattern(word)


def denied(statement: Statement, found: Iterable[tuple[int, int]], expected: frozenset[str]) -> bool:
    """Whether a clause in which one of these words stands is denied.

    Args:
        found: Spans of words.
        expected: Denying words that belong to what is wanted.
    """
    spans = list(found)
    position = 0
    for clause in statement.clauses():
        begin = statement.plain.index(clause, position)
        position = begin + len(clause)
        if any(begin <= start < position for start, _ in spans) and negations_in(clause) - expected:
            return True
    return False


def share_of(statement: Statement, groups: Iterable[Words]) -> float:
    """Which share of a statement's letters stands in words of these groups; 0 in scripts without blanks, whose
    sentences need hardly more than such words."""
    text = statement.plain
    if not _SPACED.search(text):
        return 0.0
    marked = [False] * len(text)
    for group in groups:
        for start, end in group.all(text):
            marked[start:end] = [True] * (end - start)
    letters = [number for number, letter in enumerate(text) if letter.isalnum()]
    return sum(marked[number] for number in letters) / len(letters) if letters else 0.0
