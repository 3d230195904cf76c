"""Runs workflows: starts them, takes up what was cut off, applies people's answers."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, cast

from langgraph.cache.memory import InMemoryCache
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.errors import GraphRecursionError, NodeTimeoutError, UnknownInterruptError
from langgraph.store.base import BaseStore
from langgraph.types import Command, StateSnapshot

from gradatim.agents.state import Plain
from gradatim.errors import InputError, ReviewError, ServiceError, StaleDecision, WorkflowError
from gradatim.graphs.assessor import STRICT, OnNode
from gradatim.graphs.observing import learner_in, run_of, tell
from gradatim.graphs.persistence import exclusive, open_persistence
from gradatim.graphs.services import Services, open_services
from gradatim.graphs.workflow.analysis import Analysis
from gradatim.graphs.workflow.checking import examine
from gradatim.graphs.workflow.compiling import compose, most_steps
from gradatim.graphs.workflow.inputs import checked_answer, checked_inputs
from gradatim.graphs.workflow.loading import load_workflow
from gradatim.graphs.workflow.runs import (
    RUNS,
    Question,
    Run,
    by_question,
    digest,
    names_learners,
    node_event,
    same_version,
    version_of,
)
from gradatim.graphs.workflow.told import run_told
from gradatim.graphs.workflow.workflow import Workflow
from gradatim.settings import Settings, load_settings
from gradatim.telemetry import Work, stepped

_KEPT = ("degradations", "seconds", "usage", "prompts")
_LOCKS = 256


class WorkflowRunner:
    """A workflow with its services and its persistence. Use `open_workflow` to get one."""

    def __init__(
        self, found: Analysis, services: Services, checkpoints: BaseCheckpointSaver[str], store: BaseStore
    ) -> None:
        self.analysis = found
        self.workflow = found.workflow
        self.services = services
        self.checkpoints = checkpoints
        self.store = store
        cached = any(node.spec.cache for node in found.nodes.values())
        graph: Any = compose(found, services)
        self.graph: Any = graph.compile(
            checkpointer=checkpoints, store=store, cache=InMemoryCache() if cached else None, name=found.workflow.name
        )
        self.limit = most_steps(found)

    async def run(self, inputs: Mapping[str, Any], *, thread: str | None = None, on_node: OnNode | None = None) -> Run:
        """Run the workflow, or go on with a run that was cut off.

        Args:
            inputs: State key → plain value or noun.
            thread: Id of the run. One of this id that was cut off goes on where it stopped; one that waits for a person
                or is finished is given back as it is.

        Raises:
            InputError: An input is missing or wrong, or the thread belongs to something else.
            ServiceError: Something that a node needs does not answer; the run is kept under its thread.
        """
        given = checked_inputs(self.analysis, inputs)
        if thread is None:  # nobody else can know of an id that was made just now
            return await self._begin(uuid.uuid4().hex[:16], given, on_node)
        async with exclusive(self._lock(thread)):
            before = await self._record(thread)
            snapshot: StateSnapshot = await self.graph.aget_state(self._config(thread))
            if before is None:
                if snapshot.values:
                    raise _foreign(thread)
                return await self._begin(thread, given, on_node)
            self._same(thread, before, given)
            if before.get("finished"):
                return self._kept(thread, before)
            if snapshot.interrupts:
                return self._so_far(thread, snapshot)
            start = None if snapshot.values else self._start(thread, given)
            return await self._drive(thread, start, on_node)

    async def _begin(self, run: str, given: Plain, on_node: OnNode | None) -> Run:
        await self.store.aput(RUNS, run, self._new_record(given), index=False)
        return await self._drive(run, self._start(run, given), on_node)

    def _start(self, run: str, given: Plain) -> Plain:
        # a run speaks one language to its end, whatever the settings say when it goes on
        return {"id": run, "language": self.services.settings.language, **given}

    async def resume(self, thread: str, answers: Any, *, on_node: OnNode | None = None) -> Run:
        """Answer what a run waits with, and go on.

        Args:
            answers: Question id → answer; where only one question is open, the answer itself will do.

        Raises:
            ReviewError: There is no such run, it waits for nothing, or the answer cannot be taken.
            StaleDecision: The question was answered already.
        """
        async with exclusive(self._lock(thread)):
            snapshot = await self._waiting(thread)
            questions = {item.id: item for item in self._questions(snapshot)}
            chosen = by_question(answers, questions, thread)
            for key, answer in chosen.items():
                checked_answer(self.analysis, questions[key].node, questions[key].request, answer)
            return await self._drive(thread, Command(resume=chosen), on_node, strict=True)

    async def go_on(self, thread: str, *, on_node: OnNode | None = None) -> Run:
        """Go on with a run that was cut off; one that waits or is finished is given back as it is.

        Raises:
            ReviewError: There is no such run of this workflow.
        """
        async with exclusive(self._lock(thread)):
            record = await self._record(thread)
            if record is None:
                raise _unknown(thread)
            if record.get("finished"):
                return self._kept(thread, record)
            snapshot = await self.graph.aget_state(self._config(thread))
            if not snapshot.values:
                raise ReviewError(
                    "has nothing to go on with", place=f"run {thread}", remedy="run it again with its inputs"
                )
            if snapshot.interrupts:
                return self._so_far(thread, snapshot)
            return await self._drive(thread, None, on_node)

    async def stream(
        self, inputs: Mapping[str, Any] | Command[Any] | None, *, thread: str, **options: Any
    ) -> AsyncIterator[Any]:
        """LangGraph's own stream of a run.

        Args:
            inputs: As for `run`; a `Command` to resume; `None` to go on.
            options: Of `CompiledStateGraph.astream`: `stream_mode`, `subgraphs`, `version`, …
        """
        start: Any = inputs
        if isinstance(inputs, Mapping):
            given = checked_inputs(self.analysis, inputs)
            await self.store.aput(RUNS, thread, self._new_record(given), index=False)
            start = self._start(thread, given)
        work = run_of(self.workflow.name, self.services, thread, await self._learner(thread, start))
        work.begin()
        failure: BaseException | None = None
        try:
            parts = self.graph.astream(start, self._config(thread), durability="sync", **options)
            async with aclosing(stepped(work, parts)) as steps:
                async for part in steps:
                    yield part
            if work.listened_to:
                snapshot = await self.graph.aget_state(self._config(thread))
                self._tell(work, self._so_far(thread, snapshot))
        except BaseException as error:
            failure = error
            raise
        finally:
            work.end(failure)

    # -------------------------------------------------------------------------------------------- inside

    def _config(self, run: str, *, strict: bool = False) -> Any:
        configurable: Plain = {"thread_id": run}
        if strict:
            configurable[STRICT] = True
        return {"configurable": configurable, "recursion_limit": self.limit}

    def _lock(self, run: str) -> Path:
        return self.services.settings.data_dir / f"workflow-{zlib.crc32(run.encode()) % _LOCKS}.lock"

    async def _learner(self, run: str, start: Any) -> str | None:
        """Whose work a run is about, for what is told of it."""
        if not isinstance(start, dict):
            start = (await self.graph.aget_state(self._config(run))).values
        return learner_in(cast(Plain, start))

    async def _drive(self, run: str, start: Any, on_node: OnNode | None, *, strict: bool = False) -> Run:
        """Drive the graph to its end, or to where it waits, and tell of it."""
        with run_of(self.workflow.name, self.services, run, await self._learner(run, start)) as work:
            found = await self._driven(run, start, on_node, strict=strict)
            if work.listened_to:
                self._tell(work, found)
            return found

    def _tell(self, work: Work, found: Run) -> None:
        tell(
            work,
            self.services,
            waiting=bool(found.questions),
            language=found.state.get("language"),
            result=lambda: run_told(self.workflow.spec.inputs, found),
        )

    async def _driven(self, run: str, start: Any, on_node: OnNode | None, *, strict: bool) -> Run:
        config = self._config(run, strict=strict)
        try:
            # "sync": a step is on disk before the next begins, so that a killed run goes on where it stopped
            async for names, event in self.graph.astream(
                start, config, stream_mode="tasks", subgraphs=True, durability="sync"
            ):
                if on_node is not None:
                    noted = node_event(names, event)
                    if noted is not None:
                        on_node(noted)
        except UnknownInterruptError as error:
            raise StaleDecision(
                "was answered already", place=f"run {run}", remedy="see what it waits with: `gradatim workflow resume`"
            ) from error
        except NodeTimeoutError as error:
            raise ServiceError(
                f"a node took too long: {error}", place=f"run {run}", remedy="raise its `timeout`, or run it again"
            ) from error
        except GraphRecursionError as error:
            raise ServiceError(
                "the run took more steps than any way through the workflow has", place=f"run {run}",
                remedy="please report the workflow",
            ) from error  # fmt: skip
        snapshot = await self.graph.aget_state(self._config(run))
        found = self._so_far(run, snapshot)
        if not snapshot.next:
            await self._keep(run, found)
        return found

    async def _keep(self, run: str, found: Run) -> None:
        """Keep what came of a run, and not every step of it."""
        record = await self._record(run) or {}
        kept: Plain = {**record, "finished": True}
        if record.get("learner_id") is not None or not names_learners(found.outputs):
            kept |= {"outputs": found.outputs, **{key: found.state.get(key) for key in _KEPT}}
        await self.store.aput(RUNS, run, kept, index=False)
        await self.checkpoints.adelete_thread(run)

    def _kept(self, run: str, record: Plain) -> Run:
        state = {key: record[key] for key in _KEPT if record.get(key)}
        return Run(run, self.workflow.name, record.get("outputs") or {}, (), state)

    def _so_far(self, run: str, snapshot: StateSnapshot) -> Run:
        values = cast(Plain, snapshot.values)
        outputs = {key: values[key] for key in self.workflow.spec.outputs if key in values}
        return Run(run, self.workflow.name, outputs, self._questions(snapshot), values)

    @staticmethod
    def _questions(snapshot: StateSnapshot) -> tuple[Question, ...]:
        return tuple(Question(item.id, task.name, item.value) for task in snapshot.tasks for item in task.interrupts)

    async def _waiting(self, thread: str) -> StateSnapshot:
        record = await self._record(thread)
        if record is None:
            raise _unknown(thread)
        snapshot: StateSnapshot = await self.graph.aget_state(self._config(thread))
        if not snapshot.interrupts:
            state = "is finished" if record.get("finished") else "was cut off"
            raise ReviewError(
                f"waits for nobody: it {state}", place=f"run {thread}",
                remedy="nothing has to be answered" if record.get("finished") else "let it go on without an answer",
            )  # fmt: skip
        return snapshot

    async def _record(self, run: str) -> Plain | None:
        item = await self.store.aget(RUNS, run)
        return None if item is None else item.value

    def _new_record(self, given: Plain) -> Plain:
        return {
            "workflow": self.workflow.name,
            "path": str(self.workflow.path.resolve()) if self.workflow.path is not None else None,
            "parameters": dict(self.analysis.parameters),
            "version": version_of(self.workflow),
            "inputs": digest(given),
            "learner_id": learner_in(given),
            "finished": False,
        }

    def _same(self, run: str, before: Plain, given: Plain) -> None:
        if before.get("workflow") != self.workflow.name or before.get("inputs") != digest(given):
            raise _foreign(run)
        same_version(before, self.workflow, run)


def _foreign(thread: str) -> InputError:
    return InputError(
        "belongs to another workflow or to other inputs", place=f"thread {thread}",
        remedy="choose another thread id, or none",
    )  # fmt: skip


def _unknown(thread: str) -> ReviewError:
    return ReviewError("there is no such run", place=f"run {thread}", remedy="look at the id that `run` told")


@asynccontextmanager
async def open_workflow(
    workflow: Workflow | str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    settings: Settings | None = None,
    services: Services | None = None,
) -> AsyncGenerator[WorkflowRunner]:
    """A workflow ready to run, on the embedded default's persistence.

    Args:
        workflow: A file, `packaged:NAME`, or one that was loaded or built.
        parameters: Values of its parameters.
        services: Used instead of opening new ones; stay open.

    Raises:
        WorkflowError: Something is wrong with the workflow or a parameter.
    """
    loaded = workflow if isinstance(workflow, Workflow) else load_workflow(workflow)
    found = examine(loaded, parameters or {})
    if found.findings:
        raise WorkflowError(loaded.places.source, found.findings.problems())
    if services is None:
        async with open_services(settings or load_settings()) as opened, _opened(found, opened) as runner:
            yield runner
        return
    async with _opened(found, services) as runner:
        yield runner


@asynccontextmanager
async def _opened(found: Analysis, services: Services) -> AsyncGenerator[WorkflowRunner]:
    async with open_persistence(services.settings) as (checkpoints, store):
        yield WorkflowRunner(found, services, checkpoints, store)
