"""`gradatim kg path`: how two concepts hang together."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import click

from gradatim.app.commands.kg.asking import ask, concept_named
from gradatim.app.commands.kg.ways import Way, way_between, worded
from gradatim.app.console import emit, out, plural, printable, table
from gradatim.app.options import curriculum_option, json_option
from gradatim.kg import Concept, ConceptStore, RelationType

_KINDS: tuple[RelationType, ...] = get_args(RelationType)


@click.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.option(
    "--relation",
    "relations",
    multiple=True,
    type=click.Choice(_KINDS),
    help="Only over relations of this kind; can be given several times.",
)
@curriculum_option
@json_option
@click.pass_context
def path(
    ctx: click.Context,
    first: str,
    second: str,
    relations: tuple[RelationType, ...],
    curriculum: Path | None,
    as_json: bool,
) -> None:
    """Tell how the concepts A and B hang together, step by step, with the weight of each step.

    The chain of prerequisites from one to the other where there is one, whichever comes first; otherwise the shortest
    way over all relations, in either direction. A and B are ids, names or aliases.

    Exit codes: 0 they do; 1 there is no way between them; 2 the graph does not know one of them.
    """
    kinds = relations or _KINDS
    start, end, way, names = ask(curriculum, lambda store: _find(store, first, second, kinds))
    if as_json:
        emit(_data(start, end, way, names))
    elif way is None:
        over = " over " + " and ".join(kinds) if relations else ""
        out(f"there is no way between {printable(start.name)} and {printable(end.name)}{over}")
    else:
        out(_text(start, end, way, names))
    ctx.exit(1 if way is None else 0)


async def _find(
    store: ConceptStore, first: str, second: str, kinds: tuple[RelationType, ...]
) -> tuple[Concept, Concept, Way | None, dict[str, str]]:
    start, end = await concept_named(first, store), await concept_named(second, store)
    if start.id == end.id:
        return start, end, Way((start.id,), (), chain=False), {start.id: start.name}
    way = await way_between(store, start.id, end.id, kinds)
    names: dict[str, str] = {}
    for item in way.concepts if way else ():
        concept = await store.concept(item)
        names[item] = concept.name if concept else item
    return start, end, way, names


def _kind(way: Way) -> str:
    if not way.relations:
        return "same"
    return "prerequisites" if way.chain else "relations"


def _data(start: Concept, end: Concept, way: Way | None, names: dict[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {"from": start.id, "to": end.id, "found": way is not None}
    if way is None:
        return data
    steps = [
        {
            "relation": edge.type,
            "source": edge.source,
            "target": edge.target,
            "weight": edge.weight,
            "words": worded(edge, here, names),
        }
        for (here, _), edge in zip(pairwise(way.concepts), way.relations, strict=True)
    ]
    return {**data, "kind": _kind(way), "concepts": way.concepts, "weight": round(way.weight, 6), "steps": steps}


def _text(start: Concept, end: Concept, way: Way, names: dict[str, str]) -> str:
    if not way.relations:
        return f"both name the same concept: {printable(start.name)} ({start.id})"
    rows = [
        (worded(edge, here, names), f"{edge.weight:g}", edge.type)
        for (here, _), edge in zip(pairwise(way.concepts), way.relations, strict=True)
    ]
    steps = plural(len(rows), "step")
    if way.chain:
        head = f"{names[way.concepts[0]]} comes before {names[way.concepts[-1]]}: {steps}, weight {way.weight:.4g}"
    else:
        head = f"{start.name} and {end.name}: {steps} over relations, weight {way.weight:.4g}"
    return f"{printable(head)}\n{table(rows, indent=2)}"
