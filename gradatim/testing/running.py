"""Runs a workflow or graph offline, and keeps what it did, step by step."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from langchain_core.language_models import BaseChatModel
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import StateGraph
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from pydantic import BaseModel

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError
from gradatim.graphs.observing import learner_in, run_of
from gradatim.graphs.services import Services
from gradatim.graphs.workflow import Workflow as LoadedWorkflow
from gradatim.graphs.workflow import build_workflow, load_workflow
from gradatim.graphs.workflow.inner import ELEMENT
from gradatim.testing.answers import PersonAnswer
from gradatim.testing.offline import offline_services
from gradatim.testing.runs import Question, Run
from gradatim.workflow import Workflow

Graph = StateGraph[Any, Any, Any, Any]
Buildable = Graph | Callable[[Services], Graph]
"""A graph that is not compiled yet, or a function that builds one from services."""
_LIMIT = 1_000
"""Supersteps of one run at most."""


async def run_graph(
    graph: Buildable,
    inputs: Mapping[str, Any],
    *,
    services: Services | None = None,
    model: BaseChatModel | None = None,
    answers: Sequence[PersonAnswer] = (),
    remember: Iterable[LearnerEvent] = (),
    thread: str = "test",
    language: str | None = None,
    **settings: Any,
) -> Run:
    """Run a graph to its end, or until it waits for an answer that nobody gives.

    Nothing leaves this machine: the data folder is a temporary one, checkpoints and store are in memory, and there is
    no model unless one is given.

    Args:
        graph: A `StateGraph`, or a function that builds one from services, as `build_assessment_graph` does.
        inputs: State keys that are given; nouns of `gradatim.domain` and other pydantic models become plain data.
        services: Used instead of opening new ones; then `remember` and `settings` have no use.
        model: A scripted model; the grounded realiser when not given.
        answers: What persons answer, in the order in which they are asked; a function is given what is asked.
        remember: Events that the learner memory holds beforehand.
        thread: Id of the run; also the state's `id` where it has one.
        language: Code of the language that the run speaks.
        settings: Settings by name, e.g. `deliver_threshold=0.99`.

    Raises:
        InputError: The graph does not have an input's key, or settings were given with services.
        GradatimError: Whatever a node raises.
    """
    async with _opened(services, model, remember, settings) as opened:
        built: Any = graph(opened) if callable(graph) else graph
        compiled: Any = built.compile(checkpointer=InMemorySaver(), store=InMemoryStore())
        keys: set[str] = set(built.channels)
        given = plain_inputs(inputs, known=keys)
        if "id" in keys:
            given.setdefault("id", thread)
        if language is not None and "language" in keys:
            given.setdefault("language", language)
        record = _Record(opened)
        began = perf_counter()
        config = {"configurable": {"thread_id": thread}, "recursion_limit": _LIMIT}
        with run_of(compiled.get_name(), opened, thread, learner_in(given)):
            values, waiting = await _driven(compiled, given, config, list(answers), record)
        record.questions += [Question(node, asked.value) for node, asked in waiting]
        return record.run(values, tuple(node for node, _ in waiting), perf_counter() - began)


async def run_workflow(
    workflow: str | Path | Workflow | LoadedWorkflow,
    inputs: Mapping[str, Any],
    *,
    parameters: Mapping[str, Any] | None = None,
    services: Services | None = None,
    model: BaseChatModel | None = None,
    answers: Sequence[PersonAnswer] = (),
    remember: Iterable[LearnerEvent] = (),
    thread: str = "test",
    language: str | None = None,
    **settings: Any,
) -> Run:
    """Run a workflow to its end, or until it waits for an answer that nobody gives; as `run_graph`.

    Args:
        workflow: A workflow file, `packaged:NAME`, a workflow put together in Python, or a loaded one.
        parameters: Values of its parameters.

    Raises:
        WorkflowError: The workflow is wrong, or a parameter has no value.
    """
    ready = _ready(workflow, parameters)

    def build(opened: Services) -> Any:
        return build_workflow(ready, opened, parameters)

    return await run_graph(
        build, inputs, services=services, model=model, answers=answers, remember=remember, thread=thread,
        language=language, **settings,
    )  # fmt: skip


def _ready(workflow: str | Path | Workflow | LoadedWorkflow, parameters: Mapping[str, Any] | None) -> LoadedWorkflow:
    if isinstance(workflow, Workflow):
        return workflow.loaded()
    return load_workflow(workflow, parameters=parameters) if isinstance(workflow, str | Path) else workflow


async def _driven(
    compiled: Any, given: Mapping[str, Any], config: Any, pending: list[PersonAnswer], record: _Record
) -> tuple[Mapping[str, Any], list[tuple[str, Any]]]:
    """Run to the end, or until nobody answers.

    Returns:
        The state, and what still waits for an answer: the node and LangGraph's interrupt.
    """
    start: Any = given
    while True:
        async for above, _, event in compiled.astream(start, config, stream_mode=["debug"], subgraphs=True):
            record.note(event, above)
        snapshot = await compiled.aget_state(config)
        waiting = [(task.name, asked) for task in snapshot.tasks for asked in task.interrupts]
        if not waiting or not pending:
            return snapshot.values, waiting
        told: dict[str, Any] = {}
        for node, asked in waiting[: len(pending)]:
            answer = pending.pop(0)
            told[asked.id] = answer(asked.value) if callable(answer) else answer
            record.questions.append(Question(node, asked.value, told[asked.id]))
        start = Command(resume=told)


def plain_inputs(inputs: Mapping[str, Any], known: set[str] | None = None) -> dict[str, Any]:
    """Inputs as the state holds them.

    Args:
        known: Keys that there are; any when not given.

    Raises:
        InputError: A key is unknown.
    """
    unknown = [key for key in inputs if known is not None and key not in known]
    if unknown:
        raise InputError(
            f"the state has no key {unknown[0]!r}", place="inputs", remedy=f"give {', '.join(sorted(known or ()))}"
        )
    return {key: _plain(value) for key, value in inputs.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value


@asynccontextmanager
async def _opened(
    services: Services | None,
    model: BaseChatModel | None,
    remember: Iterable[LearnerEvent],
    settings: Mapping[str, Any],
) -> AsyncGenerator[Services]:
    if services is None:
        async with offline_services(model=model, remember=remember, **settings) as opened:
            yield opened
        return
    if settings or list(remember):
        raise InputError(
            "settings and what is remembered belong to services that are opened anew",
            place="run",
            remedy="give them to offline_services",
        )
    yield services if model is None else replace(services, model=model)


class _Record:
    """Collects LangGraph's debug events."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.done: list[tuple[int, str]] = []
        self.updates: list[tuple[str, Mapping[str, Any]]] = []
        self.questions: list[Question] = []
        self.inside: list[str] = []

    def note(self, event: Mapping[str, Any], above: Sequence[str] = ()) -> None:
        """Keep a node that did its work; one that waits works again when it is told.

        Args:
            above: The nodes inside which it stands, each with the id of its task.
        """
        if event["type"] != "task_result":
            return
        payload = event["payload"]
        if payload["interrupts"] or payload["error"] is not None:
            return
        if above:
            outer = [name for name in (part.partition(":")[0] for part in above) if name != ELEMENT]
            if payload["name"] != ELEMENT:
                self.inside.append("/".join([*outer, payload["name"]]))
            return
        self.done.append((event["step"], payload["name"]))
        self.updates.append((payload["name"], payload["result"] or {}))

    def run(self, values: Mapping[str, Any], waiting: tuple[str, ...], seconds: float) -> Run:
        """What was collected."""
        steps: dict[int, list[str]] = {}
        for step, node in self.done:
            steps.setdefault(step, []).append(node)
        ordered = tuple(tuple(sorted(steps[step])) for step in sorted(steps))
        inside = tuple(self.inside)
        return Run(ordered, tuple(self.updates), values, tuple(self.questions), waiting, inside, seconds, self.services)
