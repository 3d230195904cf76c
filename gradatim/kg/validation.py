"""What has to be true of a concept graph before anything rests on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from gradatim.errors import CurriculumError
from gradatim.kg.categories import is_category
from gradatim.kg.lexicon import Lexicon
from gradatim.kg.schema import ConceptGraph, Relation, RelationType

Severity = Literal["error", "warning"]

_ROLE: Mapping[RelationType, str] = {
    "prerequisite": "prerequisite",
    "similarity": "similar concept",
    "hierarchical": "parent",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a graph. A `warning` does not keep the graph from being used."""

    place: str
    """`python/08-loops.yaml:123`, or the part of the graph where it does not come from a file."""
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the parts of a graph were written; each sequence runs parallel to that of the graph."""

    concepts: Sequence[str]
    relations: Sequence[str]
    misconceptions: Sequence[str]

    @classmethod
    def of(cls, graph: ConceptGraph) -> Places:
        """Places of a graph that comes from no file: the names of its parts."""
        return cls(
            concepts=[f"concept {concept.id}" for concept in graph.concepts],
            relations=[f"{edge.type} {edge.source} → {edge.target}" for edge in graph.relations],
            misconceptions=[f"misconception {misconception.id}" for misconception in graph.misconceptions],
        )


class InconsistentGraph(CurriculumError):
    """A concept graph cannot be used; carries every problem that was found.

    Args:
        problems: At least one.
        name: Of the graph.
    """

    def __init__(self, problems: Sequence[Problem], *, name: str) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        if len(self.problems) == 1:
            super().__init__(first.message, place=first.place)
        else:
            listing = "\n".join(f"  {problem}" for problem in self.problems)
            super().__init__(f"{len(self.problems)} problems:\n{listing}", place=f"concept graph {name}")


def validate(
    graph: ConceptGraph,
    places: Places | None = None,
    *,
    elsewhere: Collection[str] = frozenset(),
    warnings: bool = True,
) -> list[Problem]:
    """Everything that is wrong with a graph.

    Args:
        graph: What to check.
        places: Where its parts were written; their names when not given.
        elsewhere: Ids of concepts that exist but could not be read: references to them are no problem.
        warnings: Whether to look for what only deserves a warning, too.

    Returns:
        Problems in the order of the checks: ids, relations, cycles, misconceptions, names.
    """
    where = places or Places.of(graph)
    known = {concept.id for concept in graph.concepts} | set(elsewhere)
    found = [
        *_unique("concept", [concept.id for concept in graph.concepts], where.concepts),
        *_unique("misconception", [item.id for item in graph.misconceptions], where.misconceptions),
        *_relations(graph, where, known),
        *_cycles(graph, where, "prerequisite"),
        *_cycles(graph, where, "hierarchical"),
        *_misconceptions(graph, where, known),
    ]
    return [*found, *_names(graph, where)] if warnings else found


def require_valid(graph: ConceptGraph, places: Places | None = None) -> ConceptGraph:
    """The graph itself, when nothing but warnings can be said against it.

    Raises:
        InconsistentGraph: There are errors.
    """
    errors = validate(graph, places, warnings=False)
    if errors:
        raise InconsistentGraph(errors, name=graph.name)
    return graph


def suggestion(wrong: str, known: Collection[str]) -> str:
    """` (did you mean …?)` when something known looks like it, else nothing."""
    near = get_close_matches(wrong, sorted(known), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _unique(what: str, ids: Sequence[str], places: Sequence[str]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for item, place in zip(ids, places, strict=True):
        if item in first:
            yield Problem(place, f"{what} {item}: the id is used twice, first at {first[item]}")
        else:
            first[item] = place


def _owner(edge: Relation) -> tuple[str, str]:
    """The concept that a curriculum file writes this relation at, and the other end."""
    return (edge.target, edge.source) if edge.type == "prerequisite" else (edge.source, edge.target)


def _relations(graph: ConceptGraph, where: Places, known: Collection[str]) -> Iterator[Problem]:
    first: dict[tuple[str, ...], str] = {}
    for edge, place in zip(graph.relations, where.relations, strict=True):
        owner, other = _owner(edge)
        role = _ROLE[edge.type]
        if owner not in known:
            yield Problem(place, f"{edge.type} relation: {owner!r} is not a concept{suggestion(owner, known)}")
        if other not in known and other != owner:
            hint = suggestion(other, known)
            yield Problem(place, f"concept {owner}: {role} {other!r} is not a concept{hint}")
        if owner == other:
            yield Problem(place, f"concept {owner}: names itself as {role}")
            continue
        ends = sorted((owner, other)) if edge.type == "similarity" else (owner, other)
        key = (edge.type, *ends)
        if key in first:
            yield Problem(place, f"concept {owner}: {role} {other!r} is given twice, first at {first[key]}")
        else:
            first[key] = place


def _cycles(graph: ConceptGraph, where: Places, kind: RelationType) -> Iterator[Problem]:
    """One problem for each edge that closes a cycle (depth-first search, without recursion)."""
    edges: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for edge, place in zip(graph.relations, where.relations, strict=True):
        if edge.type == kind and edge.source != edge.target:
            edges[edge.source].append((edge.target, place))
    finished: set[str] = set()
    for root in edges:
        if root in finished:
            continue
        path = [root]
        on_path = {root: 0}
        pending = [iter(edges[root])]
        while pending:
            step = next(pending[-1], None)
            if step is None:
                pending.pop()
                done = path.pop()
                del on_path[done]
                finished.add(done)
                continue
            node, place = step
            if node in on_path:
                ring = " → ".join((*path[on_path[node] :], node))
                yield Problem(place, f"{kind} relations run in a circle: {ring}")
            elif node not in finished:
                on_path[node] = len(path)
                path.append(node)
                pending.append(iter(edges.get(node, ())))


def _misconceptions(graph: ConceptGraph, where: Places, known: Collection[str]) -> Iterator[Problem]:
    for item, place in zip(graph.misconceptions, where.misconceptions, strict=True):
        for concept in item.concepts:
            if concept not in known:
                hint = suggestion(concept, known)
                yield Problem(place, f"misconception {item.id}: {concept!r} is not a concept{hint}")
        for error in item.errors:
            if not is_category(error):
                yield Problem(place, f"misconception {item.id}: {error!r} is not an error category")


def _names(graph: ConceptGraph, where: Places) -> Iterator[Problem]:
    place_of = {concept.id: place for concept, place in zip(graph.concepts, where.concepts, strict=True)}
    for name, owners in Lexicon(graph.concepts).shared():
        listed = ", ".join(owners)
        yield Problem(place_of[owners[-1]], f"the name {name!r} stands for several concepts: {listed}", "warning")
