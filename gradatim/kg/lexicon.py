"""Finding concepts by what people call them: exact look-up of a name, and mentions in running text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from gradatim.kg.schema import Concept

Key = tuple[str, ...]
"""A name as compared: lower case, singular, split into words and signs."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_HYPHEN = re.compile(r"(?<=\w)-(?=[^\W\d])")
_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_PLURALS = (("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("xes", "x"), ("ies", "y"))
_IRREGULAR = {
    "analyses": "analysis",
    "bases": "base",
    "buses": "bus",
    "criteria": "criterion",
    "indexes": "index",
    "indices": "index",
    "matrices": "matrix",
    "parentheses": "parenthesis",
    "series": "series",
    "vertices": "vertex",
}
_ENGLISH = frozenset(
    {
        "and",
        "as",
        "assert",
        "case",
        "continue",
        "do",
        "else",
        "end",
        "finally",
        "for",
        "from",
        "if",
        "in",
        "is",
    }
    | {"none", "not", "or", "pass", "test", "try", "while", "with"}
)
"""Names that are also everyday words: in running text they count only inside code marks."""

_ID, _NAME, _ALIAS, _SHORT = range(4)


@dataclass(frozen=True, slots=True)
class Mention:
    """A place in a text where a concept is named."""

    concept: str
    """Its id."""
    start: int
    end: int
    """Offsets into the text, `end` exclusive."""


@dataclass(frozen=True, slots=True)
class _Entry:
    rank: int
    concepts: tuple[str, ...]
    in_code_only: bool


class Lexicon:
    """All names of all concepts.

    An id goes before a name, a name before an alias. Names are compared without regard to case, plural `s`,
    and hyphens; `range()` also answers to `range(`.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        claims: defaultdict[Key, list[tuple[int, str, bool]]] = defaultdict(list)
        self._ids: set[str] = set()
        for concept in concepts:
            self._ids.add(concept.id)
            named = (
                (_ID, concept.id),
                (_NAME, concept.name),
                *((_ALIAS, alias) for alias in concept.aliases),
            )
            for rank, text in named:
                for given, key, in_code_only in _forms(rank, text):
                    claims[key].append((given, concept.id, in_code_only))
        self._claims = claims
        self._entries = {key: _entry(claimed) for key, claimed in claims.items() if key}
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for key in self._entries:
            lengths[key[0]].add(len(key))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def find(self, name: str) -> str | None:
        """Id of the concept with this id, name or alias; `None` when there is none or several share it."""
        bare = name.strip().strip("`'\"").strip()
        if bare in self._ids:
            return bare
        key = name_key(bare)
        if key[:1] in (("the",), ("a",), ("an",)) and key not in self._entries:
            key = key[1:]
        entry = self._entries.get(key) or self._entries.get(key[:-1] if key[-2:] == ("(", ")") else key)
        return entry.concepts[0] if entry is not None and len(entry.concepts) == 1 else None

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Where a text names concepts, in reading order.

        The longest name wins and mentions do not overlap; a name that several concepts share gives one
        mention each.
        """
        tokens = list(_tokens(text))
        code = [match.span() for match in _CODE.finditer(text)]
        found: list[Mention] = []
        at = 0
        while at < len(tokens):
            length = self._match(tokens, at, code)
            if length == 0:
                at += 1
                continue
            key = tuple(word for word, _, _ in tokens[at : at + length])
            start, end = tokens[at][1], tokens[at + length - 1][2]
            found.extend(Mention(concept, start, end) for concept in self._entries[key].concepts)
            at += length
        return tuple(found)

    def shared(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Names (as compared) that more than one concept carries, with the ids of those concepts."""
        for key, claimed in self._claims.items():
            owners = tuple(dict.fromkeys(concept for rank, concept, _ in claimed if rank < _SHORT))
            if len(owners) > 1:
                yield " ".join(key), owners

    def _match(self, tokens: list[tuple[str, int, int]], at: int, code: list[tuple[int, int]]) -> int:
        """Number of tokens of the longest name that starts here; 0 when none does."""
        for length in self._lengths.get(tokens[at][0], ()):
            entry = self._entries.get(tuple(word for word, _, _ in tokens[at : at + length]))
            if entry is None or at + length > len(tokens):
                continue
            start, end = tokens[at][1], tokens[at + length - 1][2]
            if not entry.in_code_only or any(left <= start and end <= right for left, right in code):
                return length
        return 0


def name_key(name: str) -> Key:
    """How a name is compared."""
    return tuple(word for word, _, _ in _tokens(name))


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _TOKEN.finditer(_HYPHEN.sub(" ", text)):
        yield singular(match.group().casefold()), match.start(), match.end()


@cache
def singular(word: str) -> str:
    """An English noun without its plural ending, as far as that can be told from its letters."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith("ss"):
        return word
    for plural, singular in _PLURALS:
        if word.endswith(plural):
            return word.removesuffix(plural) + singular
    return word[:-1]


def _forms(rank: int, text: str) -> Iterator[tuple[int, Key, bool]]:
    """Rank, key and whether it counts only in code, for a name and for the shorter forms people write."""
    key = name_key(text)
    only_signs = not any(word[0].isalnum() or word[0] == "_" for word in key)
    yield rank, key, only_signs or (len(key) == 1 and key[0] in _ENGLISH)
    if key[-2:] == ("(", ")") and len(key) > 2:
        yield _SHORT, key[:-1], False
        yield _SHORT, key[:-2], True


def _entry(claimed: list[tuple[int, str, bool]]) -> _Entry:
    best = min(rank for rank, _, _ in claimed)
    winners = [(concept, in_code_only) for rank, concept, in_code_only in claimed if rank == best]
    concepts = tuple(dict.fromkeys(concept for concept, _ in winners))
    return _Entry(best, concepts, all(in_code_only for _, in_code_only in winners))
