"""Which concepts of two graphs are the same one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradatim.kg.graphfile import FileConcept
from gradatim.kg.lexicon import Key, name_key

_CODE_SIGNS = frozenset("()`'\".")


@dataclass(frozen=True, slots=True)
class Matching:
    """Concepts of a graph and of a gold standard, by their numbers in the two files."""

    exact: Mapping[int, int]
    """Graph → gold, one to one: they share a name or alias, but for case, plural, hyphens and call brackets."""
    relaxed: Mapping[int, int]
    """Graph → gold for ends of relations: those of `exact`, and those whose name overlaps with that of just one gold
    concept (the same last word, one name holding all words of the other) which no concept of the graph matches."""


def match(graph: Sequence[FileConcept], gold: Sequence[FileConcept]) -> Matching:
    """Match concepts by their names."""
    named: dict[Key, list[int]] = defaultdict(list)
    for number, concept in enumerate(gold):
        for key in dict.fromkeys(keys(concept)):
            named[key].append(number)
    exact: dict[int, int] = {}
    taken: set[int] = set()
    # Names before aliases, so that an alias never takes away the concept that is called so.
    for only_names in (True, False):
        for number, concept in enumerate(graph):
            if number in exact:
                continue
            found = (
                other
                for key in (keys(concept)[:1] if only_names else keys(concept))
                for other in named.get(key, ())
                if other not in taken
            )
            other = next(found, None)
            if other is not None:
                exact[number] = other
                taken.add(other)
    relaxed = dict(exact)
    words = [[frozenset(key) for key in keys(concept)] for concept in gold]
    heads = [[key[-1] for key in keys(concept)] for concept in gold]
    for number, concept in enumerate(graph):
        if number in exact:
            continue
        free = [other for other in range(len(gold)) if other not in taken]
        near = {
            other
            for key in keys(concept)
            for other in free
            if any(
                key[-1] == head and (bag <= set(key) or bag >= set(key))
                for bag, head in zip(words[other], heads[other], strict=True)
            )
        }
        if len(near) == 1:
            relaxed[number] = near.pop()
    return Matching(exact, relaxed)


def keys(concept: FileConcept) -> list[Key]:
    """The names of a concept as they are compared; never empty keys."""
    found: list[Key] = []
    for name in (concept.name, *concept.aliases):
        key = name_key(name)
        bare = tuple(word for word in key if word not in _CODE_SIGNS) or key
        if bare:
            found.append(bare)
    return list(dict.fromkeys(found)) or [(concept.name,)]
