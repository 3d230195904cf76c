"""What other concepts say about one, for `gradatim learner explain`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gradatim.app.console import table
from gradatim.domain import LearnerState
from gradatim.errors import CurriculumError
from gradatim.kg import ConceptGraph
from gradatim.memory.propagation import Propagation
from gradatim.memory.tracing import ParameterSource
from gradatim.memory.tracing.estimates import Belief

_WORDS = {
    "prior": "before anything was seen",
    "ability": "the learner's ability",
    "direct": "own answers",
    "prerequisite_mastered": "a mastered prerequisite",
    "prerequisite_lacking": "a prerequisite not mastered",
    "dependent": "a concept that builds on it",
}


def contributions(
    graph: ConceptGraph, state: LearnerState, concept: str, parameters: ParameterSource
) -> list[dict[str, Any]]:
    """Named parts of the log-odds of mastery, which add up to it; none where the graph does not have the concept."""
    if concept not in {item.id for item in graph.concepts}:
        return []
    beliefs = {item.concept: Belief(item.probability, item.observations, item.updated_at) for item in state.mastery}
    try:
        told = Propagation.of(graph, parameters=parameters).start(beliefs).explain(concept)
    except CurriculumError:
        return []  # prerequisites that run in a circle: nothing can be passed on along them
    return [
        {
            "kind": part.kind,
            "concept": part.concept,
            "log_odds": part.value,
            "mastery": part.mastery,
            "propagated": told.estimate.probability,
        }
        for part in told.contributions
    ]


def contributions_text(parts: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> str:
    """The parts as a table; nothing where there are none."""
    if not parts:
        return ""
    rows = [
        (
            str(_WORDS.get(part["kind"], part["kind"])),
            _name(part["concept"], names),
            "" if part["mastery"] is None else f"{part['mastery']:.0%}",
            f"{part['log_odds']:+.2f}",
        )
        for part in parts
    ]
    whole = f"with what other concepts say: {parts[0]['propagated']:.1%}"
    return f"\n\n{whole}\n{table(rows, header=('part', 'concept', 'mastery', 'log-odds'), indent=2)}"


def _name(concept: str | None, names: Mapping[str, str]) -> str:
    return "" if concept is None else names.get(concept, concept)
