"""Small graphs made by hand."""

from __future__ import annotations

from collections.abc import Iterable

from gradatim.kg import Concept, ConceptGraph, Misconception, Relation, Topic


def concept(concept_id: str, *aliases: str, name: str | None = None, definition: str | None = None) -> Concept:
    return Concept(
        id=concept_id,
        name=name or concept_id.replace("-", " "),
        aliases=aliases,
        definition=definition or f"What {concept_id} is.",
        topic="basics",
    )


def needs(target: str, source: str, weight: float = 1.0) -> Relation:
    return Relation(source=source, target=target, type="prerequisite", weight=weight)


def part_of(source: str, target: str) -> Relation:
    return Relation(source=source, target=target, type="hierarchical")


def like(source: str, target: str, weight: float = 1.0) -> Relation:
    return Relation(source=source, target=target, type="similarity", weight=weight)


def misconception(misconception_id: str, concepts: Iterable[str], errors: Iterable[str]) -> Misconception:
    return Misconception(
        id=misconception_id,
        concepts=tuple(concepts),
        belief=f"Belief of {misconception_id}.",
        correction=f"Correction of {misconception_id}.",
        looks_like="print(1)\n",
        evidence="A test fails.",
        talk="What happens in the last round?",
        errors=tuple(errors),
    )


def small_graph() -> ConceptGraph:
    """Loops: `range` needs `for-loop` and, less, `integer`; a `for-loop` needs `loop`, that `statement`."""
    return ConceptGraph(
        name="small",
        topics=(Topic(id="basics", title="Basics"),),
        concepts=(
            concept("statement"),
            concept("integer", "int", "whole number"),
            concept("loop", "repetition"),
            concept("for-loop", "for"),
            concept("while-loop", "while"),
            concept("range", "range()", "range function"),
            concept("range-step", "range(start, stop, step)"),
            concept("control-flow"),
        ),
        relations=(
            needs("loop", "statement"),
            needs("for-loop", "loop", 0.9),
            needs("while-loop", "loop"),
            needs("range", "for-loop"),
            needs("range", "integer", 0.5),
            needs("range-step", "range", 0.8),
            part_of("for-loop", "loop"),
            part_of("while-loop", "loop"),
            part_of("loop", "control-flow"),
            part_of("range-step", "range"),
            like("while-loop", "for-loop", 0.7),
        ),
        misconceptions=(
            misconception("off-by-one", ["range", "for-loop"], ["logical", "IndexError"]),
            misconception("range-includes-stop", ["range"], ["logical"]),
            misconception("endless", ["while-loop"], ["timeout"]),
            misconception("typo", ["statement"], ["NameError"]),
            misconception("local-first", ["statement"], ["UnboundLocalError"]),
        ),
    )
