"""How large a graph is, in figures and in words."""

from __future__ import annotations

from typing import Any

from gradatim.app.console import plural
from gradatim.kg import ConceptGraph


def size(graph: ConceptGraph) -> dict[str, Any]:
    """Counts of the parts of a graph, with its name and version."""
    return {
        "curriculum": graph.name,
        "version": graph.version,
        "topics": len(graph.topics),
        "concepts": len(graph.concepts),
        "relations": len(graph.relations),
        "misconceptions": len(graph.misconceptions),
    }


def size_text(graph: ConceptGraph) -> str:
    """`1,108 concepts, 4,971 relations, 313 misconceptions`."""
    counts = (
        (len(graph.concepts), "concept"),
        (len(graph.relations), "relation"),
        (len(graph.misconceptions), "misconception"),
    )
    return ", ".join(plural(count, noun) for count, noun in counts)
