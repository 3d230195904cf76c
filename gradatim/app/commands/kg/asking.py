"""What the commands that read the graph share: asking it, and saying that it knows no such name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from gradatim.errors import InputError
from gradatim.kg import Concept, ConceptStore, opened_graph
from gradatim.settings import load_settings

Answer = TypeVar("Answer")


def ask(curriculum: Path | None, question: Callable[[ConceptStore], Awaitable[Answer]]) -> Answer:
    """The answer of the graph of the settings, or of a curriculum folder, to a question."""

    async def run() -> Answer:
        # a folder that is named goes before the server of the settings
        settings = load_settings(curriculum=curriculum, graph="embedded" if curriculum else None)
        async with opened_graph(settings) as store:
            return await question(store)

    return asyncio.run(run())


async def concept_named(name: str, store: ConceptStore) -> Concept:
    """The concept of this id, name or alias.

    Raises:
        InputError: There is none, or several; proposes others.
    """
    concept = await store.find(name)
    if concept is None:
        raise await unknown(name, store)
    return concept


async def unknown(name: str, store: ConceptStore, *, misconceptions: bool = False) -> InputError:
    """The error for a name that stands for nothing, or for several concepts; with what it may have meant.

    Args:
        name: As it was given.
        store: The graph.
        misconceptions: Whether the id of a misconception would have done, too.
    """
    graph = await store.snapshot()
    mentioned = [concept.id for concept in await store.search(name)]
    names = {alias.lower(): item.id for item in graph.concepts for alias in (item.name, *item.aliases)}
    names |= {item.id: item.id for item in graph.concepts}
    if misconceptions:
        names |= {item.id: item.id for item in graph.misconceptions}
    near = [names[match] for match in get_close_matches(name.lower(), names, n=4, cutoff=0.6)]
    proposed = list(dict.fromkeys((*mentioned, *near)))[:4]
    remedy = f"did you mean {', '.join(proposed)}?" if proposed else "`gradatim kg search` looks for it"
    kinds = "concept or misconception" if misconceptions else "concept"
    return InputError(f"this names no {kinds}, or several", place=f"concept {name!r}", remedy=remedy)
