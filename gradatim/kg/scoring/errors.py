"""What went wrong in a built graph, by kind: the hard cases of SPEC §3 by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gradatim.kg.graphfile import FileConcept, GraphFile
from gradatim.kg.scoring.matching import Matching, keys, match
from gradatim.kg.scoring.scores import RELATIONS, edge_ends

Kind = Literal[
    "split compound",
    "joined words",
    "ambiguous word",
    "missed concept",
    "spurious concept",
    "wrong direction",
    "wrong type",
    "implicit prerequisite",
    "missed relation",
    "spurious relation",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One error."""

    kind: Kind
    text: str
    """What is missing or too much: `concept`, or `source → target (type)`."""
    detail: str = ""
    """What stands in its place, or the sentence it was read from."""


def findings(graph: GraphFile, gold: GraphFile, matching: Matching | None = None) -> list[Finding]:
    """Every difference between a graph and a gold standard, concepts first."""
    matched = matching or match(graph.concepts, gold.concepts)
    return [*_concepts(graph, gold, matched), *_relations(graph, gold, matched)]


def _concepts(graph: GraphFile, gold: GraphFile, matched: Matching) -> list[Finding]:
    found: list[Finding] = []
    spurious = [item for number, item in enumerate(graph.concepts) if number not in matched.exact]
    missed = [item for number, item in enumerate(gold.concepts) if number not in set(matched.exact.values())]
    explained: set[str] = set()
    for item in missed:
        parts = [other.name for other in graph.concepts if _is_part(other, item)]
        longer = [other.name for other in spurious if _is_part(item, other)]
        if len(keys(item)[0]) > 1 and parts:
            found.append(Finding("split compound", item.name, f"in the graph: {', '.join(parts[:4])}"))
            explained.update(parts)
        elif longer:
            found.append(Finding("joined words", item.name, f"in the graph: {', '.join(longer[:4])}"))
            explained.update(longer)
        else:
            found.append(Finding("missed concept", item.name))
    for item in spurious:
        if item.name in explained:
            continue
        kind: Kind = "ambiguous word" if len(keys(item)[0]) == 1 else "spurious concept"
        found.append(Finding(kind, item.name, item.sentence or ""))
    return found


def _is_part(part: FileConcept, whole: FileConcept) -> bool:
    return any(set(small) < set(large) for small in keys(part) for large in keys(whole))


def _relations(graph: GraphFile, gold: GraphFile, matched: Matching) -> list[Finding]:
    found: list[Finding] = []
    have = {kind: edge_ends(graph, kind, matched.relaxed) for kind in RELATIONS}
    want = {kind: edge_ends(gold, kind, None) for kind in RELATIONS}
    pairs = {frozenset(ends): kind for kind in RELATIONS for ends in have[kind]}
    stated = {frozenset(ends): kind for kind in RELATIONS for ends in want[kind]}
    for kind in RELATIONS:
        for ends, edge in want[kind].items():
            if ends in have[kind]:
                continue
            text = f"{edge.source} → {edge.target} ({kind})"
            other = pairs.get(frozenset(ends))
            if other == kind:
                found.append(Finding("wrong direction", text))
            elif other is not None:
                found.append(Finding("wrong type", text, f"in the graph: {other}"))
            else:
                found.append(Finding("implicit prerequisite" if kind == "prerequisite" else "missed relation", text))
        for ends, edge in have[kind].items():
            if ends not in want[kind] and frozenset(ends) not in stated:
                text = f"{edge.source} → {edge.target} ({kind})"
                found.append(Finding("spurious relation", text, edge.sentence or ""))
    return found
