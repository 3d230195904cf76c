"""Names of concepts: how they are compared here, which ones a person may give, and where a sentence says them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache

from gradatim.errors import InputError
from gradatim.kg.graphfile import FileConcept
from gradatim.kg.lexicon import Key, name_key

LONGEST = 120
"""Characters that a name may have."""
_SIGNS = frozenset("()`'\"")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_TOKEN = re.compile(r"\w+|[^\w\s]")


@lru_cache(maxsize=50_000)
def same(name: str) -> Key:
    """How the names of items are compared: `name_key` without call brackets and quotation marks."""
    key = name_key(name)
    return tuple(word for word in key if word not in _SIGNS) or key


def keys(names: Iterable[str]) -> frozenset[Key]:
    """Several names as compared; never the empty one."""
    return frozenset(key for name in names if (key := same(name)))


def names_of(concept: FileConcept) -> tuple[str, ...]:
    """A concept's name, then its aliases."""
    return (concept.name, *concept.aliases)


def checked_name(text: str, what: str = "the name") -> str:
    """A name as typed by a person, with its white space in order.

    Args:
        text: What was typed.
        what: How an error calls it.

    Raises:
        InputError: It is empty, too long, or holds control characters.
    """
    name = unicodedata.normalize("NFC", text).strip()
    hidden = next(
        (sign for sign in name if sign not in _JOINERS and unicodedata.category(sign) in _INVISIBLE),
        None,
    )
    if hidden is not None:
        raise InputError(
            f"holds the control character U+{ord(hidden):04X}", place=what, remedy="type it without arrow keys and tabs"
        )
    name = " ".join(name.split())
    if not name or not same(name) or not any(sign not in _JOINERS for sign in name):
        raise InputError("is empty", place=what, remedy="type a name")
    if len(name) > LONGEST:
        raise InputError(f"has {len(name)} characters", place=what, remedy=f"keep to {LONGEST}")
    return name


def find_concept(concepts: Iterable[FileConcept], name: str) -> FileConcept | None:
    """The concept with a name, else the one with it as an alias."""
    wanted = same(name)
    aliased: FileConcept | None = None
    for concept in concepts:
        if same(concept.name) == wanted:
            return concept
        if aliased is None and wanted in keys(concept.aliases):
            aliased = concept
    return aliased


def known_concept(concepts: Collection[FileConcept], name: str) -> FileConcept:
    """The concept that a person means.

    Raises:
        InputError: There is none; names those that look like it.
    """
    found = find_concept(concepts, checked_name(name, "the concept"))
    if found is None:
        near = suggestions(name, (text for concept in concepts for text in names_of(concept)))
        remedy = f"did you mean {', '.join(near)}?" if near else "name a concept of the graph"
        raise InputError("there is no such concept", place=f"concept {name.strip()!r}", remedy=remedy)
    return found


def suggestions(name: str, known: Iterable[str], count: int = 4) -> list[str]:
    """Known names that look like one, nearest first; then those that hold all its words."""
    spelled = {text.casefold(): text for text in known}
    near = difflib.get_close_matches(name.strip().casefold(), spelled, n=count, cutoff=0.6)
    words = set(same(name))
    holding = (folded for folded, text in spelled.items() if words and words <= set(same(text)))
    return [spelled[folded] for folded in dict.fromkeys((*near, *holding))][:count]


def spans(text: str, names: Iterable[str]) -> list[tuple[int, int]]:
    """Where a text says any of some names, in whatever number and case: offsets, in order, without overlap."""
    wanted = sorted({key for name in names if (key := same(name))}, key=len, reverse=True)
    tokens = list(_tokens(text))
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(tokens):
        length = next((len(key) for key in wanted if _stands(key, tokens, at)), 0)
        if length:
            found.append((tokens[at][1], tokens[at + length - 1][2]))
        at += length or 1
    return found


def _stands(key: Key, tokens: list[tuple[str, int, int]], at: int) -> bool:
    return tuple(word for word, _, _ in tokens[at : at + len(key)]) == key


def _tokens(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word not in _SIGNS and word != "-":
            yield "".join(name_key(word)), match.start(), match.end()
