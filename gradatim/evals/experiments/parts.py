"""Agents that stand in for those of the assessment graph, each with one part of the system taken away.

They run in experiments alone. A graph with one of them is not safe for learners: nothing here registers it anywhere
that a learner's program could reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from gradatim.agents.retriever import Retriever
from gradatim.agents.state import Plain, State, diagnosis_of, draft_of, learner_of, task_of
from gradatim.agents.verifier import Verifier
from gradatim.domain import Recollection
from gradatim.evals.experiments.blind import BlindCritic, BlindGenerator, BlindVerifier
from gradatim.evals.experiments.sharing import SharedDiagnostician, SharedExecutor, Workbench
from gradatim.evals.experiments.spec import Part
from gradatim.graphs.assessment import Agent
from gradatim.graphs.services import Services
from gradatim.kg import ConceptGraph, EmbeddedStore
from gradatim.memory.storage.decisions import DecisionRecord
from gradatim.tools.claims import ClaimChecker


class NoGraph:
    """Instead of the retriever: the diagnosis' own evidence and what is known of the learner."""

    name = "retrieve"

    def __init__(self) -> None:
        self._retriever = Retriever(empty_graph())

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        recollections = [Recollection.model_validate(item) for item in state.get("recollections") or ()]
        grounds = await self._retriever.ground(task_of(state), diagnosis_of(state), learner_of(state), recollections)
        return {"grounds": [item.plain() for item in grounds]}


class NoProfile:
    """Instead of the recaller: the learner is a stranger."""

    name = "recall"

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        return {"learner": None}


class NoCritic:
    """Instead of the critic: nothing is known of self-consistency."""

    name = "critique"

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        return {"consistency": None}


class NoVerifier:
    """Instead of the verifier: the draft stands as it was written."""

    name = "verify"

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        return {"checked": draft_of(state).plain()}


class NoRecord:
    """Instead of the recorder: the next cell must not know of this one."""

    name = "record"

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        return {}


class NoDecisions:
    """A store of decisions for cells that know nothing of each other: every task counts as used."""

    async def add(self, record: DecisionRecord) -> bool:
        """Keeps nothing."""
        return True

    async def find(self, record_id: str) -> DecisionRecord | None:
        """Knows none."""
        return None

    async def decisions(self, learner_id: str | None = None) -> tuple[DecisionRecord, ...]:
        """Knows none."""
        return ()

    async def note_use(self, task_id: str) -> None:
        """Keeps nothing."""

    async def used(self, task_id: str) -> bool:
        """As in a course that is under way."""
        return True

    async def forget(self, learner_id: str) -> int:
        """Knows nobody."""
        return 0

    async def aclose(self) -> None:
        """Holds nothing."""


def empty_graph() -> EmbeddedStore:
    """A concept graph that knows nothing."""
    return EmbeddedStore(ConceptGraph(name="empty", concepts=()))


def reduced(services: Services, without: Sequence[Part]) -> Services:
    """The services of a variant."""
    changed: dict[str, Any] = {"decisions": NoDecisions()}
    if "graph" in without:
        changed |= {"concepts": empty_graph(), "passages": None, "related": None}
    return replace(services, **changed)


def agents(services: Services, without: Sequence[Part], bench: Workbench) -> dict[str, Agent]:
    """The agents that stand in for those of the graph.

    Args:
        services: Those of the variant.
        without: What is taken away.
        bench: Runs and diagnoses each program once.
    """
    seconds = services.settings.repair_seconds
    found: dict[str, Agent] = {
        "execute": SharedExecutor(bench, seconds),
        "diagnose": SharedDiagnostician(bench, services.sandbox, services.concepts, seconds),
        "record": NoRecord(),
    }
    if "graph" in without:
        found["retrieve"] = NoGraph()
    if "profile" in without:
        found["recall"] = NoProfile()
    if "evidence" in without:
        found |= {
            "generate": BlindGenerator(services.model),
            "critique": BlindCritic(services.model, services.settings.samples),
            "verify": BlindVerifier(ClaimChecker(services.sandbox, services.concepts)),
        }
    if "critic" in without:
        found["critique"] = NoCritic()
    if "verifier" in without:
        found["verify"] = NoVerifier()
    return found


def full_verifier(services: Services) -> Verifier:
    """The verifier with everything: what all variants are judged by afterwards."""
    return Verifier(ClaimChecker(services.sandbox, services.concepts))
