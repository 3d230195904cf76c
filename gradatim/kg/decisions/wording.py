"""Items and decisions in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from gradatim.kg.decisions.records import ConceptItem, Made, RelationItem
from gradatim.kg.graphfile import FileConcept, FileEdge
from gradatim.kg.schema import RelationType

PATTERNS: Mapping[RelationType, str] = {
    "prerequisite": "{source} is needed before {target}",
    "similarity": "{source} resembles {target}",
    "hierarchical": "{source} is a kind or part of {target}",
}
"""What each type of relation says of its ends."""


def wording(item: FileConcept | FileEdge | ConceptItem | RelationItem) -> str:
    """`list is needed before list comprehension`; of a concept its name."""
    if isinstance(item, FileConcept | ConceptItem):
        return item.name
    return PATTERNS[item.type].format(source=item.source, target=item.target)


def told(decision: Made) -> str:
    """`reject: list is needed before list comprehension`."""
    if decision.became is None:
        return f"{decision.verdict}: {wording(decision.item)}"
    before, after = wording(decision.item), wording(decision.became)
    if before == after and isinstance(decision.became, ConceptItem):
        after = f"also called {', '.join(decision.became.aliases)}"
    return f"{decision.verdict}: {before} → {after}"
