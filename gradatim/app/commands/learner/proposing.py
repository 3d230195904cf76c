"""What `gradatim learner next` and `path` share: the learner, the graph and those who may be compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from gradatim.app.commands.kg.asking import concept_named
from gradatim.app.commands.learner.asking import known, named, with_memory
from gradatim.domain import LearnerState
from gradatim.kg import ConceptGraph, opened_graph
from gradatim.memory import LearnerMemory, ParameterSource, parameters_of
from gradatim.memory.ability import Ability, ability_from_first_answers
from gradatim.memory.bridge import prior_shift
from gradatim.memory.inputs import microseconds
from gradatim.memory.propagation import Propagated, Propagation
from gradatim.memory.recommendation import LearnerRecord, Neighbours, days_since, shown_misconceptions
from gradatim.memory.rights.consent import agreement
from gradatim.memory.rights.guard import GuardedMemory
from gradatim.settings import Settings, load_settings

PEERS = 500
"""Other learners to compare with at most: those with the latest events."""
READ = 2_000
"""Latest events in which misconceptions are looked for. Ability is not judged by a record that is longer, whose first
answers are not among them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a proposal rests on."""

    state: LearnerState
    graph: ConceptGraph
    goal: str | None
    ability: Ability
    mastery: Mapping[str, Propagated]
    record: LearnerRecord
    peers: int
    """Learners who consented to be compared with, and were."""
    parameters: ParameterSource
    """Of knowledge tracing."""

    def plain_ability(self) -> dict[str, float]:
        """Ability as JSON data."""
        return {"mean": self.ability.mean, "error": self.ability.error, "responses": self.ability.responses}

    def name(self, concept: str) -> str:
        """The concept as a person writes it."""
        return next((item.name for item in self.graph.concepts if item.id == concept), concept)


def standing(data_dir: Path | None, learner_id: str, goal: str | None, *, compare: bool) -> Standing:
    """Where a learner stands in the graph of the settings.

    Args:
        data_dir: Of the memory.
        learner_id: Whose.
        goal: Id, name or alias of a concept.
        compare: Whether to look at other learners who consented to research.

    Raises:
        InputError: Nothing is remembered about the learner, or the graph has no such concept.
        NoConsent: The learner does not agree to personalisation.
    """
    settings = load_settings(data_dir=data_dir)
    learner_id = named(learner_id, data_dir)

    async def ask(memory: LearnerMemory) -> Standing:
        await known(memory, learner_id)
        # as agents see the learner: only with consent, and without what rests on a disputed label
        parameters = parameters_of(settings)
        guarded = GuardedMemory(memory, settings.assumed_consent, parameters)
        state = await guarded.state(learner_id)
        async with opened_graph(settings) as store:
            graph = await store.snapshot()
            target = None if goal is None else (await concept_named(goal, store)).id
        now = microseconds(datetime.now(UTC).isoformat())
        events = await guarded.events(learner_id, limit=READ)
        ability = Ability()
        if state.events <= READ:
            ability = ability_from_first_answers(events, parameters)
        beliefs = {item.concept: item for item in state.mastery}
        mastery = Propagation.of(graph, parameters=parameters).propagated(beliefs)
        own = {item.concept: item.probability for item in state.mastery}
        neighbours = Neighbours(await _records(memory, settings, learner_id) if compare else ())
        record = LearnerRecord(
            mastery=mastery,
            ability_shift=prior_shift(ability),
            idle_days={item.concept: days_since(item.updated_at, now) for item in state.mastery},
            misconceptions=shown_misconceptions(events, {item.id: item for item in graph.misconceptions}, now),
            peers=neighbours.predict(own, (concept.id for concept in graph.concepts)),
        )
        return Standing(state, graph, target, ability, mastery, record, len(neighbours), parameters)

    return with_memory(data_dir, ask)


async def _records(memory: LearnerMemory, settings: Settings, learner_id: str) -> list[dict[str, float]]:
    """Mastery of other learners who consented to research, those with the latest events."""
    agreed = await agreement(memory, "research", settings.assumed_consent)
    others = [item for item in await memory.learners() if item.learner_id != learner_id and item.learner_id in agreed]
    others.sort(key=lambda item: microseconds(item.last_at), reverse=True)
    states = [await memory.state(other.learner_id) for other in others[:PEERS]]
    return [{item.concept: item.probability for item in state.mastery} for state in states if state.mastery]
