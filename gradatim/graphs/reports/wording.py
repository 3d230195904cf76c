"""Words of reports in the language that is spoken, to the learner or about them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from gradatim.kg import ConceptGraph
from gradatim.kg.labels import concept_name, misconception_name, misconception_text
from gradatim.languages import has, say

Voice = Literal["you", "they"]
"""Whether a report speaks to the learner or about them."""


def told(voice: Voice, key: str, /, **values: object) -> str:
    """A phrase in a voice; the one for all voices where there is no other."""
    own = f"report.{voice}.{key}"
    return say(own if has(own) else f"report.{key}", **values)


def count(number: int, noun: str) -> str:
    """`1 attempt`, `2 attempts`."""
    return say(f"report.count.{noun}.{'one' if number == 1 else 'many'}", n=f"{number:,}")


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{share:.0%}"


def joined(texts: Iterable[str]) -> str:
    """Texts as a list in a sentence."""
    return say("report.between").join(texts)


def day(instant: str) -> str:
    """The date of an instant, as its clock shows it."""
    return instant[:10]


def spanning(key: str, first: str, last: str) -> str:
    """The key of a phrase about a time, or of the one about a single day."""
    return f"{key}_day" if day(first) == day(last) else key


class Names:
    """What concepts and misconceptions of a graph are called."""

    def __init__(self, graph: ConceptGraph) -> None:
        self._concepts = {item.id: item for item in graph.concepts}
        self._misconceptions = {item.id: item for item in graph.misconceptions}
        self._needs: dict[str, list[str]] = {}
        for relation in graph.relations:
            if relation.type == "prerequisite":
                self._needs.setdefault(relation.target, []).append(relation.source)

    def concept(self, concept: str) -> str:
        found = self._concepts.get(concept)
        return concept if found is None else concept_name(found)

    def misconception(self, misconception: str) -> str:
        return misconception_name(misconception)

    def correction(self, misconception: str) -> str | None:
        """What is true instead, where the graph knows the misconception."""
        found = self._misconceptions.get(misconception)
        own = misconception_text(misconception, "correction")
        return own or (None if found is None else found.correction)

    def needs(self, concept: str) -> list[str]:
        """Ids of the direct prerequisites."""
        return self._needs.get(concept, [])
