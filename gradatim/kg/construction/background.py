"""What is known of a subject before a course is read: terms, and how they hang together.

Background knowledge never becomes a part of a built graph by itself. It helps to tell terms from ordinary words, and
to judge a relation that the text only hints at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from gradatim.errors import CurriculumError
from gradatim.kg.lexicon import Key, name_key
from gradatim.kg.schema import ConceptGraph

FLAGS = (
    "prerequisite",
    "prerequisite-2",
    "prerequired",
    "prerequired-2",
    "kind",
    "kind-2",
    "kinds",
    "kinds-2",
    "similar",
    "siblings",
)
"""How the first of two terms stands to the second: needed before it (directly, through another), the other way round; a
kind or part of it, the other way round; similar; under the same parent."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term and its relations to other terms, by their names."""

    name: str
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


_BAR = re.compile(r"\s\|(?=\s|$)")


class Background:
    """Terms and relations, looked up by name.

    Args:
        entries: Terms; those with a name in common are taken for one.
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        entries = list(entries)
        self._ids: dict[Key, int] = {}
        self._names: dict[int, list[str]] = defaultdict(list)
        owner: dict[int, int] = {}
        for number, entry in enumerate(entries):
            key = _key(entry.name)
            owner[number] = self._ids.setdefault(key, number)
            self._names[owner[number]].append(entry.name)
        for number, entry in enumerate(entries):
            for alias in entry.aliases:
                key = _key(alias)
                if key and key not in self._ids:
                    self._ids[key] = owner[number]
                    self._names[owner[number]].append(alias)
        self._needs: dict[int, set[int]] = defaultdict(set)
        self._parents: dict[int, set[int]] = defaultdict(set)
        self._similar: dict[int, set[int]] = defaultdict(set)
        for number, entry in enumerate(entries):
            own = owner[number]
            for names, store in (
                (entry.needs, self._needs),
                (entry.parents, self._parents),
                (entry.similar, self._similar),
            ):
                store[own].update(found for name in names if (found := self._ids.get(_key(name))) not in (None, own))
        for one, others in list(self._similar.items()):
            for other in list(others):
                self._similar[other].add(one)

    def __len__(self) -> int:
        return len(self._names)

    def known(self, key: Key) -> int | None:
        """The term that is called so."""
        return self._ids.get(key)

    def name(self, term: int) -> str:
        """The proper name of a term."""
        return self._names[term][0]

    def names(self, term: int) -> tuple[str, ...]:
        """All names of a term, the proper one first."""
        return tuple(dict.fromkeys(self._names[term]))

    def flags(self, first: int | None, second: int | None) -> Iterator[str]:
        """What is known of two terms: some of `FLAGS`."""
        if first is None or second is None or first == second:
            return
        for relation, name, reverse in ((self._needs, "prerequisite", "prerequired"), (self._parents, "kinds", "kind")):
            for a, b, label in ((first, second, name), (second, first, reverse)):
                above = relation.get(b, set())
                if a in above:
                    yield label
                elif any(a in relation.get(middle, ()) for middle in above):
                    yield f"{label}-2"
        if second in self._similar.get(first, ()):
            yield "similar"
        if self._parents.get(first, set()) & self._parents.get(second, set()):
            yield "siblings"


def _key(name: str) -> Key:
    key = name_key(name)
    return tuple(word for word in key if word not in "()`'\"") or key


def read_thesaurus(text: str, name: str) -> Iterator[Entry]:
    """The entries of a thesaurus file: `term | aliases | kind or part of | similar to | needed before`.

    Raises:
        CurriculumError: A line has another form; names it.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("# "):
            continue
        fields = [field.strip() for field in _BAR.split(line)]
        if len(fields) == 6 and not fields[-1]:
            fields.pop()
        if len(fields) != 5 or not fields[0]:
            raise CurriculumError(
                f"has {len(fields)} fields between ` | `, not 5",
                place=f"{name}:{number}",
                remedy="write: term | aliases | kind or part of | similar to | needed before",
            )
        aliases, parents, similar, needs = (
            tuple(part.strip() for part in field.split(";") if part.strip()) for field in fields[1:]
        )
        yield Entry(fields[0], aliases, parents, similar, needs)


def graph_entries(graph: ConceptGraph) -> Iterator[Entry]:
    """The concepts of a graph as background for reading another course."""
    name_of: Mapping[str, str] = {concept.id: concept.name for concept in graph.concepts}
    above: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for edge in graph.relations:
        owner, other = (edge.target, edge.source) if edge.type == "prerequisite" else (edge.source, edge.target)
        above[owner][edge.type].append(name_of[other])
    for concept in graph.concepts:
        found = above[concept.id]
        yield Entry(
            concept.name,
            (concept.id.replace("-", " "), *concept.aliases),
            tuple(found["hierarchical"]),
            tuple(found["similarity"]),
            tuple(found["prerequisite"]),
        )


@cache
def default_background() -> Background:
    """The packaged thesaurus of computing, and the packaged curriculum of Python."""
    from gradatim.kg import packaged_curriculum

    folder = files("gradatim.kg") / "construction" / "thesaurus"
    read = [
        entry
        for file in sorted(folder.iterdir(), key=lambda item: item.name)
        if file.name.endswith(".txt")
        for entry in read_thesaurus(file.read_text(encoding="utf-8"), f"thesaurus/{file.name}")
    ]
    return Background([*graph_entries(packaged_curriculum()), *read])
