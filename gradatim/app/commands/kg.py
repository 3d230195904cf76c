"""`gradatim kg`: check a curriculum, look up a concept, count what there is."""

from __future__ import annotations

import asyncio
from collections import Counter
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import emit, out, plural, printable, table
from gradatim.app.options import curriculum_option, json_option
from gradatim.errors import InputError
from gradatim.kg import (
    Concept,
    ConceptGraph,
    ConceptStore,
    Misconception,
    Sources,
    Step,
    inspect_curriculum,
    open_graph,
)
from gradatim.settings import load_settings


@click.group()
def kg() -> None:
    """Check and read the concept graph."""


# -------------------------------------------------------------------------------------------- check


@kg.command()
@curriculum_option
@json_option
@click.pass_context
def check(ctx: click.Context, curriculum: Path | None, as_json: bool) -> None:
    """List every problem of a curriculum, with file and line.

    Exit codes: 0 it can be used (there may be warnings); 1 there are errors; 2 it cannot be read at all.
    """
    folder = load_settings(curriculum=curriculum).curriculum
    graph, problems = inspect_curriculum(Sources.read(folder or files("gradatim.kg") / "curricula" / "python"))
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    if as_json:
        listed = [{"severity": p.severity, "place": p.place, "message": p.message} for p in problems]
        emit({**_size(graph), "errors": errors, "warnings": warnings, "problems": listed})
    else:
        for problem in problems:
            out(f"{problem.severity}: {printable(str(problem))}")
        counts = f"{plural(errors, 'error')}, {plural(warnings, 'warning')}"
        out(f"{graph.name}: {_size_text(graph)}; {counts}")
    ctx.exit(1 if errors else 0)


def _size(graph: ConceptGraph) -> dict[str, Any]:
    return {
        "curriculum": graph.name,
        "version": graph.version,
        "topics": len(graph.topics),
        "concepts": len(graph.concepts),
        "relations": len(graph.relations),
        "misconceptions": len(graph.misconceptions),
    }


def _size_text(graph: ConceptGraph) -> str:
    return ", ".join(
        (
            plural(len(graph.concepts), "concept"),
            plural(len(graph.relations), "relation"),
            plural(len(graph.misconceptions), "misconception"),
        )
    )


# --------------------------------------------------------------------------------------------- show


@kg.command()
@click.argument("concept")
@curriculum_option
@json_option
def show(concept: str, curriculum: Path | None, as_json: bool) -> None:
    """Show CONCEPT: definition, example, what it needs, what resembles it, what learners believe wrongly.

    CONCEPT is an id, a name or an alias; the id of a misconception shows that misconception.

    Exit codes: 0 shown; 2 the graph knows nothing of this name.
    """
    data, text = asyncio.run(_show(concept, open_graph(load_settings(curriculum=curriculum))))
    if as_json:
        emit(data)
    else:
        out(text)


async def _show(name: str, store: ConceptStore) -> tuple[dict[str, Any], str]:
    try:
        concept = await store.find(name)
        if concept is not None:
            return await _concept(concept, store)
        misconception = await store.misconception(name)
        if misconception is not None:
            return misconception.plain(), _misconception_text(misconception)
        raise await _unknown(name, store)
    finally:
        await store.aclose()


async def _unknown(name: str, store: ConceptStore) -> InputError:
    graph = await store.snapshot()
    mentioned = [concept.id for concept in await store.search(name)]
    ids = {item.id: item.id for item in (*graph.concepts, *graph.misconceptions)}
    names = {alias.lower(): item.id for item in graph.concepts for alias in (item.name, *item.aliases)} | ids
    near = [names[match] for match in get_close_matches(name.lower(), names, n=4, cutoff=0.6)]
    proposed = list(dict.fromkeys((*mentioned, *near)))[:4]
    remedy = f"did you mean {', '.join(proposed)}?" if proposed else "`gradatim kg stats` lists the topics"
    return InputError("this names no concept or misconception, or several", place=f"concept {name!r}", remedy=remedy)


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


# -------------------------------------------------------------------------------------------- stats


@kg.command()
@curriculum_option
@json_option
def stats(curriculum: Path | None, as_json: bool) -> None:
    """Count concepts, relations and misconceptions, by topic."""
    graph, longest = asyncio.run(_measure(open_graph(load_settings(curriculum=curriculum))))
    kinds = Counter(edge.type for edge in graph.relations)
    per_topic = Counter(concept.topic for concept in graph.concepts)
    topic_of = {concept.id: concept.topic for concept in graph.concepts}
    beliefs = Counter(topic_of[item.concepts[0]] for item in graph.misconceptions)
    data = {
        **_size(graph),
        "prerequisite_relations": kinds["prerequisite"],
        "similarity_relations": kinds["similarity"],
        "hierarchical_relations": kinds["hierarchical"],
        "relations_per_concept": round(len(graph.relations) / max(len(graph.concepts), 1), 3),
        "examples": sum(concept.example is not None for concept in graph.concepts),
        "longest_prerequisite_chain": longest,
    }
    if as_json:
        topics = [
            {"topic": item.id, "concepts": per_topic[item.id], "misconceptions": beliefs[item.id]}
            for item in graph.topics
        ]
        emit({**data, "by_topic": topics})
        return
    out(table([(key.replace("_", " "), str(value)) for key, value in data.items()]))
    out()
    rows = [(item.id, str(per_topic[item.id]), str(beliefs[item.id]), item.title) for item in graph.topics]
    out(table(rows, header=("topic", "concepts", "misconceptions", "title")))


async def _measure(store: ConceptStore) -> tuple[ConceptGraph, int]:
    """The graph and the largest distance between a concept and something it needs, in relations."""
    try:
        graph = await store.snapshot()
        longest = 0
        for concept in graph.concepts:
            steps = await store.prerequisites(concept.id)
            longest = max(longest, max((step.distance for step in steps), default=0))
        return graph, longest
    finally:
        await store.aclose()
