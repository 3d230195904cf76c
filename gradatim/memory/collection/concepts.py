"""Which concepts an item is about, so that its outcomes become observations."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gradatim.domain import Observation
from gradatim.errors import InputError
from gradatim.memory.inputs import checked_id

_CACHE_LIMIT = 50_000


@dataclass(frozen=True, slots=True)
class Item:
    """What is known about an item beside its outcomes."""

    concepts: tuple[str, ...] = ()
    points: float | None = None
    """Points that the item gives at most."""
    pass_mark: float | None = None
    """Share of the points, 0–1, from which an outcome counts as correct."""


class HasConcepts(Protocol):
    """A task with its concepts, as `gradatim.domain.Task`."""

    @property
    def id(self) -> str: ...

    @property
    def concepts(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class ConceptMap:
    """Item → concepts. Items are found by their id, then without regard to case and spacing."""

    items: Mapping[str, Item] = field(default_factory=dict[str, Item])
    bank: tuple[str, ...] = ()
    """Questions of a question bank in its order, for reports that only number them."""
    _folded: dict[str, Item] = field(default_factory=dict[str, Item], init=False, compare=False)

    def __post_init__(self) -> None:
        """Index the items by their plain spelling; one that several items share finds none of them."""
        ambiguous: set[str] = set()
        for name, item in self.items.items():
            plain = _plain(name)
            if plain in self._folded and self._folded[plain] != item:
                ambiguous.add(plain)
            self._folded[plain] = item
        for plain in ambiguous:
            del self._folded[plain]

    def __len__(self) -> int:
        return len(self.items)

    def find(self, item: str | None) -> Item | None:
        """What is known about an item."""
        if not self.items or item is None:
            return None
        return self.items.get(item) or self._folded.get(_plain(item))

    def joined(self, other: ConceptMap) -> ConceptMap:
        """Both; where they know the same item, this one's knowledge and the other's concepts where it has none."""
        items = dict(other.items)
        for name, item in self.items.items():
            told = items.get(name, item)
            items[name] = Item(
                item.concepts or told.concepts,
                told.points if item.points is None else item.points,
                told.pass_mark if item.pass_mark is None else item.pass_mark,
            )
        return ConceptMap(items, self.bank + other.bank)

    @classmethod
    def of_tasks(cls, tasks: Iterable[HasConcepts]) -> ConceptMap:
        """The concepts that tasks name."""
        return cls({task.id: Item(tuple(task.concepts)) for task in tasks})


_cache: dict[tuple[tuple[str, ...], bool], tuple[Observation, ...]] = {}


def observations(concepts: tuple[str, ...], correct: bool) -> tuple[Observation, ...]:
    """The same outcome observed for each concept.

    Raises:
        InputError: One of them cannot name a concept.
    """
    known = _cache.get((concepts, correct))
    if known is None:
        if len(_cache) >= _CACHE_LIMIT:
            _cache.clear()
        known = tuple(
            Observation(concept=checked_id(concept, "concept id"), correct=correct)
            for concept in dict.fromkeys(concepts)
        )
        _cache[concepts, correct] = known
    return known


def read_concepts(path: Path) -> ConceptMap:
    """A concept map from a CSV file.

    The header names `item` and `concept` (or `concepts`, with `;` between them); an item may stand in several rows.
    `max` (points) and `pass` (share of the points, 0–1) are optional.

    Raises:
        InputError: It cannot be read; names file and line.
    """
    items: dict[str, Item] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
            item_column = names.get("item") or names.get("task") or names.get("problem")
            concept_column = names.get("concepts") or names.get("concept") or names.get("skill")
            if item_column is None or concept_column is None:
                remedy = "begin it with the line: item,concepts"
                raise InputError("its header names no item and no concepts", place=f"{path}:1", remedy=remedy)
            for row in rows:
                place = f"{path}:{rows.line_num}"
                item = checked_id((row[item_column] or "").strip(), f"item of {place}")
                concepts = tuple(part.strip() for part in (row[concept_column] or "").split(";") if part.strip())
                before = items.get(item, Item())
                points = _number(row.get(names.get("max", "")), f"{place}, max")
                mark = _number(row.get(names.get("pass", "")), f"{place}, pass", most=1.0)
                items[item] = Item(
                    tuple(
                        dict.fromkeys(before.concepts + tuple(checked_id(c, f"concept of {place}") for c in concepts))
                    ),
                    before.points if points is None else points,
                    before.pass_mark if mark is None else mark,
                )
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a CSV file") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", place=str(path), remedy="save it as CSV UTF-8") from error
    except csv.Error as error:
        raise InputError(f"is no CSV: {error}", place=str(path), remedy="see docs/collection.md") from error
    return ConceptMap(items)


def _number(text: str | None, place: str, most: float = 1e12) -> float | None:
    if text is None or not text.strip():
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= most:  # false for NaN as well
        raise InputError(f"{text!r:.40} is no number above 0 and up to {most:g}", place=place, remedy="leave it empty")
    return value


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()
