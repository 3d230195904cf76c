"""Runs assessments on the graph: starts, takes up what was interrupted, applies reviewers' decisions."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.errors import UnknownInterruptError
from langgraph.graph.state import CompiledStateGraph
from langgraph.store.base import BaseStore
from langgraph.types import Command, StateSnapshot

from gradatim.agents.edited import checked_again, merged
from gradatim.agents.hitl import to_decision, to_response
from gradatim.agents.reviews import find_decision, find_request, requests
from gradatim.agents.state import Plain, generation_of, language_of
from gradatim.agents.verifier import Verifier
from gradatim.domain import Assessment, Feedback, ReviewDecision, ReviewRequest, Submission, Task
from gradatim.errors import InputError, ReviewError, StaleDecision
from gradatim.graphs.admission import Admission, Admitted
from gradatim.graphs.assessment import Agent, build_assessment_graph
from gradatim.graphs.observing import Told, learner_in, run_of, tell
from gradatim.graphs.persistence import exclusive, open_persistence
from gradatim.graphs.services import Services, open_services
from gradatim.languages import language, speaking
from gradatim.serving.transport import current_call, named_call
from gradatim.settings import Settings, load_settings
from gradatim.telemetry import Work
from gradatim.tools.claims import ClaimChecker
from gradatim.tools.claims.case import Case

ASSESSMENTS = ("assessments",)
STRICT = "__pregel_strict_resume"
"""LangGraph's switch for refusing answers to questions that are no longer open."""
_NOTICEABLE = 0.001
"""Seconds from which waiting for a turn is told."""


@dataclass(frozen=True, slots=True)
class NodeEvent:
    """A node began or ended its work."""

    node: str
    status: Literal["started", "finished"]
    seconds: float | None = None


OnNode = Callable[[NodeEvent], None]


class Assessor:
    """The assessment graph with its services and persistence.

    Use `open_assessor` to get one. Any number of assessments may be asked for at the same time: how many of them are
    under way is bounded (`admission`), the others wait their turn.
    """

    def __init__(
        self,
        services: Services,
        graph: CompiledStateGraph[Any, Any, Any, Any],
        checkpoints: BaseCheckpointSaver[str],
        store: BaseStore,
    ) -> None:
        self.services = services
        self.graph = graph
        self.checkpoints = checkpoints
        self.store = store
        self.admission = Admission.of(services.settings)

    async def assess(
        self,
        task: Task,
        submission: Submission,
        *,
        thread: str | None = None,
        on_node: OnNode | None = None,
        language: str | None = None,
    ) -> Assessment:
        """Assess a submission, or go on with an assessment that was cut off.

        Args:
            thread: Id of the run. A run of this id that was cut off goes on where it stopped; a finished one
                is given back as it was, and nothing is recorded twice.
            on_node: Called when a node begins and ends.
            language: Code of the language that the learner is spoken to in; the learner's own, or that of the settings,
                when not given.

        Returns:
            The assessment; `waiting` when it is held for a person. Where it had to wait for its turn, its `seconds`
            have a `queue`.

        Raises:
            InputError: The thread belongs to another submission, or there is no such language.
            SandboxError: Programs cannot be run; the submission is kept under its thread.
        """
        call = current_call()
        tenant = call.tenant if named_call() else self.services.settings.tenant
        async with self.admission.admitted(tenant) as ticket:
            return await self._assess(task, submission, thread, ticket, on_node, language)

    async def _assess(
        self,
        task: Task,
        submission: Submission,
        thread: str | None,
        ticket: Admitted,
        on_node: OnNode | None,
        code: str | None,
    ) -> Assessment:
        run = thread or uuid.uuid4().hex[:16]
        config = _config(run)
        start: Plain | None = {"id": run, "task": task.plain(), "submission": submission.plain()}
        if code is not None:
            start["language"] = language(code).code
        if ticket.waited >= _NOTICEABLE:
            start["seconds"] = {"queue": ticket.waited}
        if thread is not None:  # nothing can be known of an id that was made just now
            finished = await self.find(run)
            if finished is not None:
                _same(run, finished.submission, submission)
                return finished
            snapshot = await self.graph.aget_state(config)
            if snapshot.values:
                _same(run, Submission.model_validate(snapshot.values["submission"]), submission)
                start = None
            if snapshot.interrupts:
                return await self._finish(run)
        return await self._run(run, submission.learner_id, start, config, on_node, ticket)

    async def decide(self, decision: ReviewDecision, *, on_node: OnNode | None = None) -> Assessment:
        """Apply a reviewer's decision and finish the run.

        A decision counts once, whoever sends it and from whichever process. The very same decision sent again (by a
        client that did not hear the answer) changes nothing and gives the same assessment.

        Raises:
            ReviewError: There is no such request, or the decision is incomplete or not among those allowed.
            StaleDecision: The request was already decided otherwise.
        """
        place = f"review {decision.request_id}"
        request = await find_request(self.store, decision.request_id)
        if request is None:
            raise ReviewError("there is no such request", place=place, remedy="see `gradatim review list`")
        if decision.kind not in request.allowed:
            raise ReviewError(
                f"{decision.kind} is not among the answers that it takes",
                place=place,
                remedy=f"choose from: {', '.join(request.allowed)}",
            )
        if decision.kind == "edit" and decision.feedback is None:
            raise ReviewError("an edit needs the edited feedback", place=place, remedy="give --edit FILE")
        if decision.kind == "respond" and not (decision.message or "").strip():
            raise ReviewError("a response needs a text", place=place, remedy="give --respond TEXT")
        # two decisions at once: the second finds the question answered
        async with exclusive(self.services.settings.data_dir / "review.lock"):
            return await self._apply(decision, on_node)

    async def _apply(self, decision: ReviewDecision, on_node: OnNode | None) -> Assessment:
        config = _config(decision.request_id, strict=True)
        snapshot = await self.graph.aget_state(config)
        if not snapshot.interrupts:
            return await self._take_up_decided(decision, snapshot, config, on_node)
        answer = {item.id: to_response(decision) for item in snapshot.interrupts}
        learner = learner_in(snapshot.values)
        try:
            return await self._run(decision.request_id, learner, Command(resume=answer), config, on_node)
        except UnknownInterruptError as error:
            raise _stale(f"review {decision.request_id}", None) from error

    async def pending(self) -> list[ReviewRequest]:
        """Requests that wait for a person, most urgent first."""
        return await requests(self.store)

    async def check_edit(self, request_id: str, edit: Feedback, reviewer: str) -> Feedback:
        """An edit as it would be delivered: joined to what was there, with a check for each claim in it.

        Raises:
            ReviewError: There is no such request.
            SandboxError: A program has to be run and cannot be.
        """
        held = await held_assessment(self.checkpoints, self.store, request_id)
        request = await find_request(self.store, request_id)
        if held is None or request is None:
            raise ReviewError(
                "there is no such request", place=f"review {request_id}", remedy="see `gradatim review list`"
            )
        case = Case.of(held.task, held.submission, held.execution, held.diagnosis)
        verifier = Verifier(ClaimChecker(self.services.sandbox, self.services.concepts))
        with speaking(await self._language(request_id)):
            return await checked_again(case, merged(request.feedback, edit, reviewer, held.submission.code), verifier)

    async def _language(self, run: str) -> str:
        """Language that a run speaks."""
        saved = await self.checkpoints.aget_tuple(_config(run))
        values: Plain = saved.checkpoint["channel_values"] if saved is not None else {}
        return str(values.get("language") or self.services.settings.language)

    async def find(self, run: str) -> Assessment | None:
        """A finished assessment."""
        item = await self.store.aget(ASSESSMENTS, run)
        return Assessment.model_validate(item.value) if item else None

    async def _take_up_decided(
        self,
        decision: ReviewDecision,
        snapshot: StateSnapshot,
        config: RunnableConfig,
        on_node: OnNode | None,
    ) -> Assessment:
        """A question that was answered before: a run that was cut off after its answer goes on with that answer.

        Raises:
            StaleDecision: The answer that counts is another one.
        """
        run = decision.request_id
        before = await find_decision(self.store, run)
        if before is None and snapshot.values.get("decision"):
            before = to_decision(run, snapshot.values["decision"])
        if snapshot.next:
            learner = learner_in(snapshot.values)
            finished: Assessment | None = await self._run(run, learner, None, config, on_node)
            before = before or await find_decision(self.store, run)
        else:
            finished = await self.find(run)
        if finished is None or before is None or not _same_answer(before, decision):
            raise _stale(f"review {run}", before)
        return finished

    async def _run(
        self,
        run: str,
        learner: str | None,
        start: Any,
        config: RunnableConfig,
        on_node: OnNode | None,
        ticket: Admitted | None = None,
    ) -> Assessment:
        """Drive the graph to its end, or to where it waits, and tell of it."""
        with run_of("assessment", self.services, run, learner) as work:
            await self._drive(start, config, on_node, ticket)
            return await self._finish(run, work)

    async def _drive(
        self, start: Any, config: RunnableConfig, on_node: OnNode | None, ticket: Admitted | None = None
    ) -> None:
        graph: Any = self.graph
        # "sync": a step is on disk before the next begins, so that a killed run goes on where it stopped
        async for event in graph.astream(start, config, stream_mode="tasks", durability="sync"):
            noted = _node_event(event)
            if ticket is not None:
                (ticket.started if noted.status == "started" else ticket.finished)(noted.node)
            if on_node is not None:
                on_node(noted)

    async def _finish(self, run: str, work: Work | None = None) -> Assessment:
        snapshot = await self.graph.aget_state(_config(run))
        waiting = bool(snapshot.interrupts)
        assessment = assessment_of(snapshot.values, waiting=waiting)
        if work is not None and work.listened_to:
            values: Plain = snapshot.values
            tell(
                work, self.services, waiting=waiting, language=language_of(values),
                result=lambda: assessment_told(values, waiting=waiting),
            )  # fmt: skip
        if not snapshot.next:
            await self.store.aput(ASSESSMENTS, run, assessment.plain(), index=False)
            await self.checkpoints.adelete_thread(run)  # finished: only the assessment is kept
        return assessment


def assessment_of(values: Plain, *, waiting: bool) -> Assessment:
    """The assessment that a state of the graph stands for."""
    return Assessment.model_validate(_assessment_plain(values, waiting=waiting))


def _assessment_plain(values: Plain, *, waiting: bool) -> Plain:
    """The same as plain data, not validated."""
    outcome: Plain = values.get("outcome") or {}
    return {
        "id": values["id"],
        "task": values["task"],
        "submission": values["submission"],
        "execution": values["execution"],
        # all evidence that the feedback may cite, not only the diagnosis' own
        "diagnosis": {
            **values["diagnosis"],
            "evidence": values.get("grounds") or values["diagnosis"]["evidence"],
        },
        "feedback": outcome["feedback"] if outcome else values["checked"],
        "confidence": values["confidence"],
        "delivered": bool(outcome and outcome["delivered"]),
        "waiting": waiting,
        "revisions": values.get("revisions") or 0,
        "reviewed_by": outcome.get("reviewed_by"),
        "degradations": values.get("degradations") or [],
        "changes": values.get("changes") or [],
        "rubric": values.get("rubric"),
        "model": generation_of(values).get("model", "none"),
        "prompts": values.get("prompts") or {},
        "seconds": values.get("seconds") or {},
        "usage": values.get("usage") or {},
    }


def assessment_told(values: Plain, *, waiting: bool) -> Told:
    """What went into an assessment and what came of it, for those who record runs."""
    outputs = _assessment_plain(values, waiting=waiting)
    inputs = {key: outputs.pop(key) for key in ("task", "submission")}
    return "assessment", inputs, outputs


async def held_assessment(checkpoints: BaseCheckpointSaver[str], store: BaseStore, run: str) -> Assessment | None:
    """The assessment that a review request is about: as it waits, or as it was finished."""
    saved = await checkpoints.aget_tuple(_config(run))
    if saved is not None and saved.checkpoint["channel_values"].get("confidence"):
        return assessment_of(saved.checkpoint["channel_values"], waiting=True)
    item = await store.aget(ASSESSMENTS, run)
    return Assessment.model_validate(item.value) if item else None


@asynccontextmanager
async def open_assessor(
    settings: Settings | None = None,
    *,
    services: Services | None = None,
    replaced: Mapping[str, Agent] | None = None,
) -> AsyncGenerator[Assessor]:
    """An assessor on the embedded default's persistence.

    Args:
        services: Used instead of opening new ones; stays open.
        replaced: Agents that stand in for those of these nodes (`build_assessment_graph`).
    """
    if services is None:
        async with (
            open_services(settings or load_settings()) as opened,
            open_assessor(services=opened, replaced=replaced) as assessor,
        ):
            yield assessor
        return
    async with open_persistence(services.settings) as (saver, store):
        graph: Any = build_assessment_graph(services, replaced)
        compiled = graph.compile(checkpointer=saver, store=store, name="assessment")
        yield Assessor(services, compiled, saver, store)


def _node_event(event: dict[str, Any]) -> NodeEvent:
    """One item of LangGraph's `tasks` stream."""
    name = str(event["name"])
    if "input" in event:
        return NodeEvent(name, "started")
    update: dict[str, Any] = event.get("result") or {}
    spent: dict[str, float] = update.get("seconds") or {}
    return NodeEvent(name, "finished", spent.get(name))


def _config(run: str, *, strict: bool = False) -> RunnableConfig:
    configurable: dict[str, Any] = {"thread_id": run}
    if strict:
        configurable[STRICT] = True
    return {"configurable": configurable, "recursion_limit": 60}


def _same(run: str, known: Submission, given: Submission) -> None:
    if known.task_id != given.task_id or known.learner_id != given.learner_id or known.id != given.id:
        raise InputError(
            "belongs to another submission", place=f"thread {run}", remedy="choose another thread id, or none"
        )


def _same_answer(one: ReviewDecision, other: ReviewDecision) -> bool:
    """Whether two decisions are one and the same, sent twice."""
    return (one.kind, one.reviewer, one.message) == (other.kind, other.reviewer, other.message) and (
        _said(one) == _said(other)
    )


def _said(decision: ReviewDecision) -> tuple[tuple[str, ...], ...]:
    parts = decision.feedback.parts() if decision.feedback is not None else ()
    return tuple(tuple(statement.text for statement in statements) for _, statements in parts)


def _stale(place: str, before: ReviewDecision | None) -> StaleDecision:
    said = f" by {before.reviewer} ({before.kind})" if before else ""
    return StaleDecision(f"was already decided{said}", place=place, remedy="see `gradatim review list`")
