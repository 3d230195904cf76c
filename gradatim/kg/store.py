"""What every concept store answers, whether the graph lies in this process or on a database server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from gradatim.kg.schema import Concept, ConceptGraph, Misconception, Relation, RelationType


@dataclass(frozen=True, slots=True)
class Step:
    """A concept that was reached from another one.

    `distance` is the smallest number of relations between the two; `weight` the largest product of weights
    over the ways of that length, and `path` the ids along such a way.
    """

    concept: Concept
    distance: int
    weight: float
    """In (0, 1]."""
    path: tuple[str, ...]
    """In the direction of the relations, from `source` to `target`: for a prerequisite, from what comes first
    to what needs it. Both ends are included."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Proof that a relation holds: the concepts along a shortest way from its source to its target."""

    type: RelationType
    concepts: tuple[str, ...]
    """Ids, both ends included."""
    weight: float
    """Product of the weights, in (0, 1]."""

    @property
    def direct(self) -> bool:
        """Whether the graph states the relation itself, not only through others."""
        return len(self.concepts) == 2


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the graph holds around some concepts, asked in one go: all that the retrieval of an assessment needs."""

    concepts: tuple[Concept | None, ...]
    """What each of the names means, in their order; `None` for a name that stands for nothing, or for several."""
    prerequisites: Mapping[str, tuple[Step, ...]]
    """Id of each concept meant → what it needs, as `ConceptStore.prerequisites` gives it."""
    parents: Mapping[str, tuple[Step, ...]]
    similar: Mapping[str, tuple[Step, ...]]
    misconceptions: tuple[Misconception, ...]
    """Those asked for by id, in that order, without ids that the graph does not have."""
    beliefs: tuple[Misconception, ...]
    """Misconceptions about the concepts meant and about their prerequisites that show in the errors; by id. None
    when no errors were given."""


@runtime_checkable
class ConceptStore(Protocol):
    """A concept graph that can be asked.

    Ids that the graph does not have are no error: they have no neighbours and no misconceptions. All answers
    come in the same order for the same graph: steps by distance, then falling weight, then id.
    """

    @property
    def name(self) -> str:
        """Name of the graph."""
        ...

    async def version(self) -> str:
        """What identifies the graph's content now: that of `snapshot()`, without reading the graph."""
        ...

    async def snapshot(self) -> ConceptGraph:
        """The whole graph as plain data; `snapshot().version` identifies its content."""
        ...

    async def concept(self, concept_id: str) -> Concept | None:
        """The concept with this id."""
        ...

    async def find(self, name: str) -> Concept | None:
        """The concept that is called so: an id goes before a name, a name before an alias.

        Case, plural `s`, hyphens, quotes and a leading article make no difference. `None` when nothing is
        called so, or several concepts are.
        """
        ...

    async def search(self, text: str) -> tuple[Concept, ...]:
        """Concepts that a text mentions, in the order in which it first names them.

        The longest name wins: "for loop" mentions the for loop, not the loop. Names that are everyday words
        ("for", "and") count only inside code marks.
        """
        ...

    async def prerequisites(self, concept_id: str, depth: int | None = None) -> tuple[Step, ...]:
        """What is needed before this concept, through at most `depth` relations (all when not given)."""
        ...

    async def dependents(self, concept_id: str, depth: int | None = None) -> tuple[Step, ...]:
        """What this concept is needed before."""
        ...

    async def similar(self, concept_id: str) -> tuple[Step, ...]:
        """Concepts that the graph states to be similar to this one."""
        ...

    async def parents(self, concept_id: str, depth: int | None = 1) -> tuple[Step, ...]:
        """What this concept is a kind or part of."""
        ...

    async def children(self, concept_id: str, depth: int | None = 1) -> tuple[Step, ...]:
        """Kinds and parts of this concept."""
        ...

    async def relations(self, source: str, target: str) -> tuple[Relation, ...]:
        """Relations stated from `source` to `target`; a similarity counts in both directions."""
        ...

    async def holds(self, source: str, relation: RelationType, target: str, *, transitive: bool = True) -> Chain | None:
        """Whether `source` stands in this relation to `target`, and through which concepts.

        Args:
            source: Id of the concept that is needed before, similar to, or a kind or part of `target`.
            relation: Which relation.
            target: Id of the other concept.
            transitive: Whether it may follow from several relations. Similarity never does: what is similar
                to something similar need not be similar.

        Returns:
            A shortest chain, or `None` when the relation does not hold.
        """
        ...

    async def misconception(self, misconception_id: str) -> Misconception | None:
        """The misconception with this id."""
        ...

    async def misconceptions_of(
        self, concepts: Iterable[str] = (), errors: Iterable[str] = ()
    ) -> tuple[Misconception, ...]:
        """Misconceptions about any of these concepts that show in any of these errors.

        An empty argument does not restrict. An error also finds misconceptions of a wider category: an
        `UnboundLocalError` those of `NameError`.

        Returns:
            First those about more of the concepts, then those that name more of the errors themselves, then
            by id.
        """
        ...

    async def around(
        self, names: Sequence[str], *, depth: int, errors: Sequence[str] = (), misconceptions: Sequence[str] = ()
    ) -> Surroundings:
        """Everything around some concepts, in one request to wherever the graph lies.

        Args:
            names: Ids, names or aliases.
            depth: How many relations a prerequisite may be away.
            errors: Error categories, of which an exception also stands for its wider ones.
            misconceptions: Ids.
        """
        ...

    async def aclose(self) -> None:
        """Give back connections; the store cannot be asked afterwards."""
        ...
