"""What the commands about learners have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from gradatim.app.lazy import did_you_mean
from gradatim.domain import Composite, LearnerState
from gradatim.errors import InputError
from gradatim.kg import opened_graph
from gradatim.memory import LearnerMemory, open_memory
from gradatim.memory.profile.indicators import History, indicators
from gradatim.settings import load_settings

T = TypeVar("T")


def with_memory(data_dir: Path | None, ask: Callable[[LearnerMemory], Awaitable[T]]) -> T:
    """Open the memory, ask it something, close it."""

    async def run() -> T:
        async with open_memory(load_settings(data_dir=data_dir)) as memory:
            return await ask(memory)

    return asyncio.run(run())


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
