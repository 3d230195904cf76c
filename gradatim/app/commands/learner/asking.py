"""What the commands about learners have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from typing import TypeVar

from gradatim.app.forgetting import warn_unfinished
from gradatim.app.lazy import did_you_mean
from gradatim.domain import Composite, LearnerState
from gradatim.errors import InputError
from gradatim.kg import opened_graph
from gradatim.memory import LearnerMemory, open_memory, parameters_of
from gradatim.memory.profile.indicators import History, indicators
from gradatim.memory.rights.labels import Label, labels
from gradatim.memory.rights.pseudonyms import known_as
from gradatim.settings import load_settings

T = TypeVar("T")


def with_memory(data_dir: Path | None, ask: Callable[[LearnerMemory], Awaitable[T]], *, warn: bool = True) -> T:
    """Open the memory, ask it something, close it.

    Args:
        warn: Tell of learners whose forgetting was cut off.
    """
    settings = load_settings(data_dir=data_dir)
    if warn:
        warn_unfinished(settings)

    async def run() -> T:
        async with open_memory(settings) as memory:
            return await ask(memory)

    return asyncio.run(run())


def named(learner_id: str, data_dir: Path | None) -> str:
    """The id under which the memory knows a learner, who may be named by their own id or by their pseudonym.

    Raises:
        InputError: It cannot name a learner.
    """
    return known_as(load_settings(data_dir=data_dir), learner_id)


async def concept_names(concepts: Collection[str]) -> dict[str, str]:
    """Concept id → name in the concept graph, for those that it has."""
    if not concepts:
        return {}
    async with opened_graph(load_settings()) as store:
        graph = await store.snapshot()
    return {item.id: item.name for item in graph.concepts if item.id in concepts}


async def labels_of(memory: LearnerMemory, state: LearnerState) -> tuple[Label, ...]:
    """The labels of a learner, with the names of the concept graph."""
    names = await concept_names({item.concept for item in state.mastery})
    return labels(await memory.events(state.learner_id), state, names, parameters=parameters_of(load_settings()))


async def known(memory: LearnerMemory, learner_id: str) -> LearnerState:
    """A learner's state.

    Raises:
        InputError: Nothing is remembered about this learner.
    """
    state = await memory.state(learner_id)
    if not state.events:
        ids = {learner.learner_id: learner for learner in await memory.learners()}
        hint = did_you_mean(learner_id, ids)
        raise InputError(
            f"nothing is remembered about this learner{hint}",
            place=f"learner {learner_id!r}",
            remedy="`gradatim learner list` names the learners",
        )
    return state


async def indicators_of(memory: LearnerMemory, learner_id: str) -> Composite:
    """The ten indicators of a learner, prerequisites looked up in the concept graph."""
    state = await memory.state(learner_id)
    events = await memory.events(learner_id)
    mastery = {item.concept: item.probability for item in state.mastery}
    async with opened_graph(load_settings()) as concepts:
        needed = {
            concept: [step.concept.id for step in await concepts.prerequisites(concept, depth=1)] for concept in mastery
        }
    return indicators(History(tuple(reversed(events)), mastery, needed))


def share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.0%}"
