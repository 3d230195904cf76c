"""The most related concepts of a graph, worked out beforehand and kept beside its curriculum (`related.json`).

Relatedness is no relation: nobody stated it. It helps where the graph states nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, cast

from gradatim.kg.relatedness import Relatedness
from gradatim.kg.schema import ConceptGraph
from gradatim.serving.embeddings import Embedder

FILE = "related.json"
KEPT = 3
"""Concepts that are kept for each."""
LEAST = 0.45
"""Relatedness below which two concepts are not called close."""


@dataclass(frozen=True, slots=True)
class Related:
    """For each concept, others by falling relatedness."""

    version: str
    """Of the graph that it was worked out for."""
    nearest: Mapping[str, tuple[tuple[str, float], ...]]

    def of(self, concept_id: str) -> tuple[tuple[str, float], ...]:
        """Ids and relatedness of the closest concepts; empty for an unknown id."""
        return self.nearest.get(concept_id, ())


def work_out(graph: ConceptGraph, embedder: Embedder) -> Related:
    """The closest concepts of every concept; some ten milliseconds a concept."""
    relatedness = Relatedness(graph, embedder)
    joined = {frozenset((edge.source, edge.target)) for edge in graph.relations}
    nearest: dict[str, tuple[tuple[str, float], ...]] = {}
    for concept in relatedness.ids:
        found = [
            (other, round(score, 3))
            for other, score in relatedness.nearest(concept, 4 * KEPT)
            if score >= LEAST and frozenset((concept, other)) not in joined
        ]
        if found:
            nearest[concept] = tuple(found[:KEPT])
    return Related(graph.version, nearest)


def write(related: Related, folder: Path) -> Path:
    """Write the file into a curriculum's folder."""
    path = folder / FILE
    plain = {"version": related.version, "nearest": related.nearest}
    path.write_text(json.dumps(plain, separators=(",", ":")).replace('],"', '],\n"') + "\n", encoding="utf-8")
    return path


def read(graph: ConceptGraph, folder: Path | None) -> Related | None:
    """What was worked out for a graph; `None` when there is nothing, or it was for another version of the graph.

    Args:
        graph: Whose concepts.
        folder: Its curriculum; the packaged one when not given.
    """
    place: Traversable = folder if folder is not None else files("gradatim.kg") / "curricula" / "python"
    try:
        plain: Any = json.loads((place / FILE).read_text(encoding="utf-8"))
        if plain["version"] != graph.version:
            return None
        nearest = cast("dict[str, list[tuple[str, float]]]", plain["nearest"])
        return Related(graph.version, {key: tuple((a, float(b)) for a, b in found) for key, found in nearest.items()})
    except (OSError, ValueError, KeyError, TypeError):
        return None
