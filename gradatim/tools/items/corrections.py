"""Why misconceptions are wrong, in the language that is spoken."""

from __future__ import annotations

from gradatim.kg import ConceptGraph
from gradatim.kg.labels import misconception_text


def corrections_of(graph: ConceptGraph) -> dict[str, str]:
    """Misconception → what is true instead; the graph's own words where the language has none."""
    return {item.id: misconception_text(item.id, "correction") or item.correction for item in graph.misconceptions}
