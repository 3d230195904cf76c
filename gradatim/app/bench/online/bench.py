"""The measuring of `gradatim bench online`."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, thread_time
from typing import TYPE_CHECKING

from gradatim.app.bench.online.inference import inferred
from gradatim.app.bench.retrieval.curriculum import CONCEPTS, curriculum
from gradatim.domain import LearnerEvent, Observation
from gradatim.kg import ConceptGraph, packaged_curriculum
from gradatim.memory import open_memory
from gradatim.memory.ability import Ability, concept_difficulty
from gradatim.memory.propagation import KnowledgeState, Propagation
from gradatim.memory.tracing import BKTParameters, ConceptParameters
from gradatim.memory.tracing.estimates import Belief, observed
from gradatim.settings import load_settings

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

EVENTS = 5_000
STORED = 500
_WARM_UP = 200
_PEOPLE = 20
"""Learners among whom the events are shared, so that none is a stranger and none is an expert."""
_MICRO = 1e6


@dataclass(slots=True)
class _Learner:
    beliefs: dict[str, Belief]
    ability: Ability
    state: KnowledgeState


def run(request: BenchRequest) -> Figures:
    """As `gradatim.app.bench.online.online`."""
    events = request.sample or EVENTS
    figures: dict[str, str | int | float | bool | None] = {"events": events}
    for name, graph in (("generated", curriculum()), ("packaged", packaged_curriculum())):
        request.say(f"{events:,} answers in memory, {len(graph.concepts):,} concepts")
        figures[f"{name}_concepts"] = len(graph.concepts)
        figures |= _in_memory(name, graph, events)
    stored = min(STORED, events)
    request.say(f"{stored:,} answers through the stored memory")
    figures["stored_events"] = stored
    figures |= asyncio.run(_stored(packaged_curriculum(), stored))
    request.say("inferring what was not observed, on simulated learners")
    figures |= inferred(request.sample or 30)
    figures["bar_concepts"] = CONCEPTS
    p99 = figures["generated_update_p99_us"]
    figures["within_2_ms"] = isinstance(p99, float) and p99 <= 2_000.0
    return figures


def _in_memory(name: str, graph: ConceptGraph, count: int) -> dict[str, float]:
    began = perf_counter()
    propagation = Propagation.of(graph)
    prepared = perf_counter() - began
    source = ConceptParameters()
    people = [_Learner({}, Ability(), propagation.start()) for _ in range(_PEOPLE)]
    parts: dict[str, list[float]] = {"tracing": [], "ability": [], "propagation": [], "update": []}
    worked: list[float] = []
    """Time of the processor alone, which other programs on the machine do not lengthen."""
    for number, event in enumerate(_events(graph, count + _WARM_UP)):
        learner = people[number % _PEOPLE]
        busy = thread_time()
        started = perf_counter()
        after = observed(event, learner.beliefs, source)
        learner.beliefs.update(after)
        traced = perf_counter()
        for seen in event.observations:
            difficulty = concept_difficulty(source.parameters(seen.concept))
            learner.ability = learner.ability.after(seen.correct, difficulty)
        moved = perf_counter()
        learner.state.observe(after)
        ended = perf_counter()
        busy = thread_time() - busy
        if number >= _WARM_UP:
            worked.append(busy)
            for part, seconds in zip(
                parts, (traced - started, moved - traced, ended - moved, ended - started), strict=True
            ):
                parts[part].append(seconds)
    full: list[float] = []
    for learner in people:
        started = perf_counter()
        propagation.start(learner.beliefs)
        full.append(perf_counter() - started)
    figures = {f"{name}_prepare_ms": round(prepared * 1e3, 2), f"{name}_full_p50_us": _at(full, 0.5)}
    for part, seconds in parts.items():
        figures[f"{name}_{part}_p50_us"] = _at(seconds, 0.5)
        figures[f"{name}_{part}_p99_us"] = _at(seconds, 0.99)
    figures[f"{name}_update_cpu_p99_us"] = _at(worked, 0.99)
    return figures


async def _stored(graph: ConceptGraph, count: int) -> dict[str, float]:
    """Every event acknowledged by the memory on disk, and the estimates of the whole graph after it."""
    propagation = Propagation.of(graph)
    recorded: list[float] = []
    known: list[float] = []
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        async with open_memory(load_settings(data_dir=Path(folder))) as memory:
            states = {f"learner-{number}": propagation.start() for number in range(_PEOPLE)}
            for number, event in enumerate(_events(graph, count + _WARM_UP // 4)):
                started = perf_counter()
                changes = await memory.record(event)
                stored = perf_counter()
                states[event.learner_id].observe({item.concept: Belief(item.after, 1, event.at) for item in changes})
                ended = perf_counter()
                if number >= _WARM_UP // 4:
                    recorded.append(stored - started)
                    known.append(ended - started)
    return {
        "stored_record_p50_us": _at(recorded, 0.5),
        "stored_record_p99_us": _at(recorded, 0.99),
        "stored_update_p50_us": _at(known, 0.5),
        "stored_update_p99_us": _at(known, 0.99),
    }


def _events(graph: ConceptGraph, count: int) -> Iterator[LearnerEvent]:
    """Answers on one to three concepts each, of learners in turn; the same for the same graph."""
    chance = random.Random(6)
    parameters = BKTParameters()
    ids = [concept.id for concept in graph.concepts]
    for number in range(count):
        seen = chance.sample(ids, chance.choice((1, 1, 2, 3)))
        yield LearnerEvent(
            id=f"e{number}",
            learner_id=f"learner-{number % _PEOPLE}",
            kind="assessment",
            at=f"2026-01-{1 + number // 86_400:02}T{number // 3_600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            observations=tuple(
                Observation(concept=concept, correct=chance.random() > parameters.prior) for concept in seen
            ),
        )


def _at(seconds: list[float], share: float) -> float:
    """A quantile in microseconds."""
    return round(sorted(seconds)[min(len(seconds) - 1, int(share * len(seconds)))] * _MICRO, 1)
