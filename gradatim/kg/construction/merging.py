"""One concept, one name: terms that mean the same are merged, and get a canonical name with the others as aliases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from gradatim.kg.construction.background import Background
from gradatim.kg.construction.material import Material
from gradatim.kg.construction.rarity import rarity
from gradatim.kg.construction.terms import Spot, Term, surface_key
from gradatim.kg.lexicon import Key, name_key, singular

_CODE_NOUNS = frozenset(
    {"attribute", "class", "clause", "command", "constant", "constructor", "decorator", "exception", "function"}
    | {"keyword", "library", "loop", "method", "module", "object", "operator", "package", "statement", "type"}
)
_NAMED_AFTER = frozenset(["clause", "loop", "statement", "keyword"])
"""With these, code takes its name from the whole: "for statement". A function is called by its bare name."""
_ALSO = r"(?:also|sometimes|often|usually|commonly|otherwise|simply|just|better)(?: \w+)?"
_CALLED = r"(?:called|known as|referred to as|named|written|abbreviated(?: as| to)?)"
_SAME = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^,? ?\((?:or |also |i\.e\.,? |abbreviated |short: |called )*[“\"]?$",
        rf"^,? ?(?:which (?:is|are) )?{_ALSO} {_CALLED} (?:an? |the )?[“\"]?$",
        r"^,? ?(?:or|aka|a\.k\.a\.|also:?|i\.e\.,?|that is,?) (?:just |simply |an? )?[“\"]?$",
    )
)
"""What stands between two names of one thing."""
_RARE = 0.8
"""Rarity from which a word is no everyday word."""
_ACRONYM = re.compile(r"^[A-Z]{2,6}s?$")


class Merger(Protocol):
    """Step 2: which terms are one concept, and what it is called."""

    def merge(self, terms: Sequence[Term], material: Material) -> list[Term]:
        """Terms with canonical name and aliases; each given term is part of one of them."""
        ...


class RuleMerger:
    """Merges what the text itself equates, what is code and the noun that says what it is, and known synonyms.

    Args:
        background: Known synonyms.
    """

    def __init__(self, background: Background) -> None:
        self.background = background

    def merge(self, terms: Sequence[Term], material: Material) -> list[Term]:
        number_of = {key: number for number, term in reversed(list(enumerate(terms))) for key in term.keys}
        groups = _Groups(len(terms))
        for first, second in (
            *self._synonyms(terms, number_of),
            *_with_nouns(terms, number_of),
            *_dotted(terms, number_of),
            *_equated(terms, number_of, material),
        ):
            groups.join(first, second)
        merged = [self._merged([terms[number] for number in group], number_of) for group in groups]
        return sorted(merged, key=lambda term: (-term.confidence, term.name))

    def _synonyms(self, terms: Sequence[Term], number_of: dict[Key, int]) -> Iterator[tuple[int, int]]:
        first: dict[int, int] = {}
        for key, number in number_of.items():
            known = self._known(key, terms[number])
            if known is not None:
                yield first.setdefault(known, number), number

    def _known(self, key: Key, term: Term) -> int | None:
        """The known term of this name.

        An everyday word that is only another name of it ("start", "format") means it in code alone, and code means it
        only as it is spelt: `os` is no operating system.
        """
        known = self.background.known(key)
        if known is not None and term.code >= 0.5:
            spelt = {name.removesuffix("()") for name in self.background.names(known)}
            return known if spelt & term.surfaces.keys() else None
        if known is None or name_key(self.background.name(known)) == key or len(key) > 1:
            return known
        return known if all(rarity(word) >= _RARE for word in key) else None

    def _merged(self, group: Sequence[Term], number_of: Mapping[Key, int]) -> Term:
        surfaces: Counter[str] = Counter()
        for term in group:
            surfaces.update(term.surfaces)
        best = max(group, key=lambda term: (term.confidence, term.mentions))
        keys = dict.fromkeys(key for term in group for key in term.keys)

        def is_free(name: str) -> bool:
            """Whether no other concept is called so."""
            key = surface_key(name)
            return key in keys or key not in number_of

        known = next(
            (found for term in group for key in term.keys if (found := self._known(key, term)) is not None), None
        )
        proper = self.background.name(known) if known is not None else None
        for term in group:
            surfaces.update(dict.fromkeys((bare for bare in _named_by_code(term) if is_free(bare)), 1))
        name = _chosen(surfaces, proper)
        aliases = dict.fromkeys(canonical(text) for text, _ in surfaces.most_common())
        if known is not None:
            aliases |= dict.fromkeys(filter(is_free, self.background.names(known)))
        own = surface_key(name)
        at: dict[Spot, float] = {}
        for term in group:
            for spot, probability in term.at.items():
                at[spot] = max(at.get(spot, 0.0), probability)
        return Term(
            keys=keys,
            surfaces=surfaces,
            confidence=best.confidence,
            mentions=sum(term.mentions for term in group),
            sentence=best.sentence,
            place=best.place,
            name=name,
            aliases=_distinct(aliases, own),
            code=sum(term.code * term.mentions for term in group) / sum(term.mentions for term in group),
            documents=frozenset[str]().union(*(term.documents for term in group)),
            at=at,
        )


class _Groups:
    """Disjoint sets of numbers."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, item: int) -> int:
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, first: int, second: int) -> None:
        self._parent[self.find(second)] = self.find(first)

    def __iter__(self) -> Iterator[list[int]]:
        groups: dict[int, list[int]] = {}
        for item in range(len(self._parent)):
            groups.setdefault(self.find(item), []).append(item)
        return iter(groups.values())


def _with_nouns(terms: Sequence[Term], number_of: dict[Key, int]) -> Iterator[tuple[int, int]]:
    """The `range` function is `range`, the `for` statement `for`; the `json` module is also the `json` library."""
    first: dict[Key, int] = {}
    for number, term in enumerate(terms):
        for bare in _named_by_code(term):
            key = surface_key(bare)
            other = number_of.get(key)
            if other is None:
                yield first.setdefault(key, number), number
            elif terms[other].code >= 0.5:
                yield other, number


def _named_by_code(term: Term) -> Iterator[str]:
    if any(key[-1] in _CODE_NOUNS for key in term.keys):
        yield from sorted(term.bare)


def _dotted(terms: Sequence[Term], number_of: dict[Key, int]) -> Iterator[tuple[int, int]]:
    """`list.append` is `append`, where nothing else that is dotted ends so."""
    owners: dict[Key, list[int]] = {}
    for number, term in enumerate(terms):
        for key in term.keys:
            if "." in key and term.code >= 0.5:
                owners.setdefault(key[-1:], []).append(number)
    for key, numbers in owners.items():
        other = number_of.get(key)
        if other is not None and len(numbers) == 1 and terms[other].code >= 0.5:
            yield other, numbers[0]


def _equated(terms: Sequence[Term], number_of: dict[Key, int], material: Material) -> Iterator[tuple[int, int]]:
    """Two terms of which the text says that one is another name of the other."""
    for document in material.documents:
        for number, sentence in enumerate(document.sentences):
            here = [phrase for phrase in document.phrases[number] if phrase.key in number_of]
            by_start = {phrase.first: phrase for phrase in reversed(here)}
            for phrase in here:
                end = sentence.tokens[phrase.last].end
                for gap in range(1, 8):
                    other = by_start.get(phrase.last + 1 + gap)
                    if other is None:
                        continue
                    between = sentence.text[end : sentence.tokens[other.first].start]
                    if any(pattern.match(between) for pattern in _SAME) and _alike(phrase.text, other.text, between):
                        yield number_of[phrase.key], number_of[other.key]
                    break


def _alike(first: str, second: str, between: str) -> bool:
    """Whether a bracket or an "or" equates two names: an acronym with its words, a word with a shorter form of it."""
    if any(word in between for word in ("called", "known", "referred", "named", "abbreviated")):
        return True
    for short, long in ((first, second), (second, first)):
        initials = "".join(word[0] for word in re.split(r"[\s-]+", long) if word)
        if _ACRONYM.match(short) and initials.upper() == short.rstrip("s"):
            return True
        if (
            len(short) >= 3
            and len(short) < len(long)
            and long.lower().startswith(short.lower().rstrip("s"))
            and " " not in long
        ):
            return True
    return False


def canonical(text: str) -> str:
    """A name as it stands in a glossary: singular, and lower case except for what is written otherwise on purpose."""
    words = text.split()
    lowered = [word if _keeps_case(word) else word.lower() for word in words]
    last = lowered[-1]
    if last.islower() and last.isalpha():
        lowered[-1] = singular(last)
    return " ".join(lowered)


def _keeps_case(word: str) -> bool:
    bare = word.strip("()'\"“”.,")
    inner = any(letter.isupper() for letter in bare[1:])
    return inner or not bare.isalpha() or bare in ("True", "False", "None")


def _chosen(surfaces: Counter[str], proper: str | None) -> str:
    """The canonical name: the proper one where the text uses it, else the way it is written most."""
    counts: Counter[str] = Counter()
    for text, count in surfaces.items():
        counts[canonical(text)] += count
    keys = {name_key(text) for text in counts}
    if proper is not None and name_key(proper) in keys:
        return proper
    whole = {text: count for text, count in counts.items() if text.split()[-1] in _NAMED_AFTER}
    pool = whole or counts
    bare = {text: count for text, count in pool.items() if text.split()[-1] not in _CODE_NOUNS} if not whole else {}
    pool = bare or pool
    return min(pool, key=lambda text: (-pool[text], "." in text, len(text), text))


def _distinct(names: Iterable[str], own: Key) -> tuple[str, ...]:
    """Names that are compared differently, without the concept's own."""
    seen = {own}
    kept: list[str] = []
    for name in names:
        key = surface_key(name)
        if key and key not in seen:
            seen.add(key)
            kept.append(name)
    return tuple(kept)
