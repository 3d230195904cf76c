"""`gradatim kg show`: a concept, or a misconception."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gradatim.app.commands.kg.asking import ask, unknown
from gradatim.app.console import emit, out, printable
from gradatim.app.options import curriculum_option, json_option
from gradatim.kg import Concept, ConceptStore, Misconception, Step
from gradatim.kg.schema import Counterexample


@click.command()
@click.argument("concept")
@curriculum_option
@json_option
def show(concept: str, curriculum: Path | None, as_json: bool) -> None:
    """Show CONCEPT: definition, examples, what it needs, what resembles it, what learners believe wrongly.

    CONCEPT is an id, a name or an alias; the id of a misconception shows that misconception.

    Exit codes: 0 shown; 2 the graph knows nothing of this name.
    """
    data, text = ask(curriculum, lambda store: _show(concept, store))
    if as_json:
        emit(data)
    else:
        out(text)


async def _show(name: str, store: ConceptStore) -> tuple[dict[str, Any], str]:
    concept = await store.find(name)
    if concept is not None:
        return await _concept(concept, store)
    misconception = await store.misconception(name)
    if misconception is not None:
        return misconception.plain(), _misconception_text(misconception)
    raise await unknown(name, store, misconceptions=True)


async def _concept(concept: Concept, store: ConceptStore) -> tuple[dict[str, Any], str]:
    needed = await store.prerequisites(concept.id)
    similar, parents = await store.similar(concept.id), await store.parents(concept.id)
    children, dependents = await store.children(concept.id), await store.dependents(concept.id, 1)
    beliefs = await store.misconceptions_of([concept.id])
    data = {
        **concept.plain(),
        "prerequisites": [
            {"concept": step.concept.id, "distance": step.distance, "weight": round(step.weight, 4)} for step in needed
        ],
        "similar": [step.concept.id for step in similar],
        "parents": [step.concept.id for step in parents],
        "children": [step.concept.id for step in children],
        "needed_for": [step.concept.id for step in dependents],
        "misconceptions": [{"id": item.id, "belief": item.belief} for item in beliefs],
    }
    lines = [f"{concept.name}  ({concept.id}, topic {concept.topic})"]
    if concept.aliases:
        lines.append(f"also called {', '.join(concept.aliases)}")
    lines += ["", concept.definition.strip()]
    if concept.example is not None:
        lines += ["", "Example", _indented(concept.example), "prints", _indented(concept.output or "")]
    if concept.counterexample is not None:
        lines += _counterexample(concept.counterexample)
    lines += [""] + [
        f"{title}: {names}"
        for title, names in (
            ("Needs first", _by_distance(needed)),
            ("Needed for", _names(dependents)),
            ("Similar to", _names(similar)),
            ("Kind or part of", _names(parents)),
            ("Kinds and parts", _names(children)),
        )
        if names
    ]
    if beliefs:
        lines += ["", "Wrong beliefs", *(f"  {item.id}: {item.belief}" for item in beliefs)]
    return data, printable("\n".join(lines), lines=True)


def _counterexample(wrong: Counterexample) -> list[str]:
    lines = ["", "Counterexample", _indented(wrong.code)]
    if wrong.output:
        lines += ["prints", _indented(wrong.output)]
    if wrong.error is not None:
        lines.append(f"{'and ends' if wrong.output else 'ends'} in {wrong.error}")
    return [*lines, f"Why: {wrong.why.strip()}"]


def _names(steps: tuple[Step, ...]) -> str:
    return ", ".join(step.concept.id for step in steps)


def _by_distance(steps: tuple[Step, ...]) -> str:
    """The chain, nearest first: `a, b ← c ← d, e`."""
    farthest = max((step.distance for step in steps), default=0)
    at = (tuple(step for step in steps if step.distance == far) for far in range(1, farthest + 1))
    return " ← ".join(_names(group) for group in at)


def _misconception_text(item: Misconception) -> str:
    lines = [
        f"{item.id}  (misconception about {', '.join(item.concepts)})",
        "",
        f"Belief: {item.belief}",
        f"In truth: {item.correction}",
        f"Evidence: {item.evidence}",
        f"How to talk about it: {item.talk}",
        f"Shows in: {', '.join(item.errors)}",
        "Looks like",
        _indented(item.looks_like),
    ]
    return printable("\n".join(lines), lines=True)


def _indented(code: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in code.rstrip("\n").split("\n"))
