"""Tools that look things up in the concept graph."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

from langchain_core.tools import BaseTool
from pydantic import Field, create_model

from gradatim.errors import InputError
from gradatim.graphs.tools.desk import Desk
from gradatim.graphs.tools.programs import CODE, task_field
from gradatim.graphs.tools.tool import Arguments, Plain, make_tool
from gradatim.kg import Concept, ConceptStore
from gradatim.kg.labels import concept_name, concept_text, concepts_named, misconception_text

_FOUND = 12
_NEIGHBOURS = 8
"""Concepts of each sort that an answer names at most."""


class ConceptArguments(Arguments):
    """A concept by its name."""

    concept: Annotated[str, Field(min_length=1, max_length=200, description="Id, name or alias of the concept.")]


class SearchArguments(Arguments):
    """A text that names concepts."""

    text: Annotated[str, Field(min_length=1, max_length=2_000, description="A question or a text.")]


def concept_tools(desk: Desk) -> Iterator[BaseTool]:
    """Tools to search and read concepts, and to retrieve what bears on a program."""
    tool = partial(make_tool, language=desk.spoken)
    store = desk.services.concepts

    async def search_concepts(given: SearchArguments) -> Plain:
        named = [await store.find(item) for item in concepts_named(given.text)]
        found = {item.id: item for item in (*named, *await store.search(given.text)) if item is not None}
        return {"concepts": [{"id": item.id, "name": concept_name(item)} for item in [*found.values()][:_FOUND]]}

    async def read_concept(given: ConceptArguments) -> Plain:
        return await concept_card(store, await concept_named(store, given.concept))

    yield tool("search_concepts", "Find the concepts that a text mentions.", SearchArguments, search_concepts)
    yield tool(
        "read_concept",
        "Read a concept of the curriculum: definition, executed example, prerequisites, what is similar, and typical "
        "misconceptions with their corrections.",
        ConceptArguments,
        read_concept,
    )
    if not desk.tasks:
        return

    async def retrieve_concepts(given: Any) -> Plain:
        task = desk.task(given.task)
        case = await desk.case(task, given.code)
        seen = [item for item in case.evidence.values() if item.source.startswith("kg/") or item.kind == "passage"]
        return {"evidence": desk.view(task).evidence(seen)}

    program: Any = create_model("RetrieveArguments", __base__=Arguments, task=(task_field(desk), ...), code=(CODE, ...))
    yield tool(
        "retrieve_concepts",
        "Retrieve what the concept graph says about a program's errors: matched misconceptions, the task's concepts, "
        "their prerequisites, passages of the course. Each piece has an id to cite.",
        program,
        retrieve_concepts,
    )


async def concept_named(store: ConceptStore, name: str) -> Concept:
    """The concept of this id, name or alias.

    Raises:
        InputError: There is none, or several; proposes others.
    """
    concept = await store.find(name)
    if concept is None:
        proposed = [item.id for item in await store.search(name)][:4]
        remedy = f"did you mean {', '.join(proposed)}?" if proposed else "call search_concepts to look for it"
        raise InputError("this names no concept, or several", place=f"concept {name!r}", remedy=remedy)
    return concept


async def concept_card(store: ConceptStore, concept: Concept) -> Plain:
    """What the graph says about a concept."""
    around = await store.around([concept.id], depth=1)
    card: Plain = {
        "id": concept.id,
        "name": concept_name(concept),
        "definition": concept_text(concept.id, "definition") or concept.definition,
        "example": concept.example,
        "prints": concept.output,
        "prerequisites": [step.concept.id for step in around.prerequisites.get(concept.id, ())][:_NEIGHBOURS],
        "kind_or_part_of": [step.concept.id for step in around.parents.get(concept.id, ())][:_NEIGHBOURS],
        "similar": [step.concept.id for step in around.similar.get(concept.id, ())][:_NEIGHBOURS],
        "misconceptions": [
            {
                "id": item.id,
                "belief": item.belief,
                "correction": misconception_text(item.id, "correction") or item.correction,
            }
            for item in (await store.misconceptions_of([concept.id]))[:_NEIGHBOURS]
        ],
    }
    return {key: value for key, value in card.items() if value not in (None, "", [])}
