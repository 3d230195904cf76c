"""Passages by concept, held in memory: a look-up costs nothing, however large the course is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gradatim.domain import stable_id
from gradatim.kg.categories import family
from gradatim.kg.schema import ConceptGraph

AT_MOST = 4
"""Passages that a look-up gives."""
KEPT = 32
"""Passages that are kept of a concept: those that are most about it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of course text, or of the curriculum itself."""

    id: str
    text: str
    concepts: tuple[str, ...]
    """Ids of the concepts it is about."""
    heading: str = ""
    place: str = ""
    """Where it stands: `week1.md:12`, `concept range`."""
    source: str = ""
    """Which collection it belongs to."""
    errors: tuple[str, ...] = ()
    """Error categories that it shows."""
    relevance: float = 0.0
    """How much it is about its concepts, in [0, 1]."""


class PassageIndex:
    """Passages by the concepts they are about.

    Args:
        passages: In any order.
    """

    def __init__(self, passages: Iterable[Passage]) -> None:
        found: defaultdict[str, list[Passage]] = defaultdict(list)
        for passage in passages:
            for concept in passage.concepts:
                found[concept].append(passage)
        self._of = {
            concept: sorted(items, key=lambda item: (-item.relevance, item.id))[:KEPT]
            for concept, items in found.items()
        }

    def __len__(self) -> int:
        return len({passage.id for items in self._of.values() for passage in items})

    def about(self, concepts: Sequence[str], errors: Sequence[str] = (), limit: int = AT_MOST) -> tuple[Passage, ...]:
        """Passages about these concepts, the most telling first.

        A passage that shows one of the errors goes first, then the one about more of the concepts, the one about the
        concept named first, and the more relevant one.
        """
        wider = family(errors)
        rank = {concept: place for place, concept in enumerate(dict.fromkeys(concepts))}
        found = {passage.id: passage for concept in rank for passage in self._of.get(concept, ())}

        def order(passage: Passage) -> tuple[bool, int, int, float, str]:
            shared = [rank[concept] for concept in passage.concepts if concept in rank]
            return wider.isdisjoint(passage.errors), -len(shared), min(shared), -passage.relevance, passage.id

        return tuple(sorted(found.values(), key=order)[:limit])


def curriculum_passages(graph: ConceptGraph) -> Iterator[Passage]:
    """What a curriculum says in prose about how its concepts go wrong: its counterexamples, run and explained."""
    for concept in graph.concepts:
        wrong = concept.counterexample
        if wrong is None:
            continue
        shown = (
            f"ends with {wrong.error}"
            if wrong.error
            else f"prints {' / '.join(wrong.output.split(chr(10))[:3]).strip(' /')}"
        )
        code = wrong.code.rstrip("\n")
        yield Passage(
            id=stable_id("counterexample", graph.name, concept.id),
            text=f"{' '.join(wrong.why.split())} The program that shows it {shown}:\n{code}",
            concepts=(concept.id,),
            heading=f"How {concept.name} goes wrong",
            place=f"concept {concept.id}",
            source=f"kg/{graph.name}",
            errors=(wrong.error,) if wrong.error else ("logical",),
            relevance=1.0,
        )
