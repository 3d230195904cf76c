"""A person's answer on the command line, as a run is resumed with it (`workflow resume`, `review decide`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from gradatim.agents.hitl import ACTION, request_of, to_response
from gradatim.app.commands.assess import node_progress
from gradatim.app.commands.workflow.values import literal
from gradatim.app.console import say
from gradatim.app.edits import read_edit
from gradatim.domain import ReviewDecision
from gradatim.errors import InputError, ReviewError, ServiceError
from gradatim.graphs.persistence import open_persistence
from gradatim.graphs.services import open_services
from gradatim.graphs.workflow import Workflow, read_workflow
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.running import open_workflow
from gradatim.graphs.workflow.runs import RUNS, Question, Run, same_version
from gradatim.settings import Settings
from gradatim.tools.yamltree import Problems, decode_utf8, read_limited

LIMIT = 1_000_000
"""Bytes that an edit may have."""


@dataclass(frozen=True, slots=True)
class PersonAnswer:
    """What the person says.

    Attributes:
        kind: approve, edit, reject or respond; `None` says nothing yet.
        edit: File with the edited values.
        message: Reason of a rejection, or a response.
    """

    kind: str | None
    edit: Path | None
    message: str | None
    reviewer: str

    def to(self, question: Question) -> Any:
        """The answer to one question, as a run is resumed with it."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        if question.action == ACTION and self.edit is not None:
            request = request_of(question.request)
            feedback = read_edit(self.edit, request.feedback, self.reviewer)
            return to_response(
                ReviewDecision(
                    request_id=request.id, kind="edit", reviewer=self.reviewer, decided_at=now, feedback=feedback
                )
            )
        decision: dict[str, Any] = {"type": self.kind}
        if self.message is not None:
            decision["message"] = self.message
        if self.edit is not None:
            decision["edited_action"] = {"name": "edit", "args": _values(self.edit)}
        return {"decisions": [decision], "reviewer": self.reviewer, "decided_at": now}


def _values(path: Path) -> dict[str, Any]:
    problems = Problems(str(path), InputError)
    found = literal(decode_utf8(read_limited(path, LIMIT, problems), problems), str(path))
    if not isinstance(found, dict):
        raise InputError("holds no values by key", place=str(path), remedy="write `key: value`, one a line")
    return cast("dict[str, Any]", found)


async def answer_run(
    settings: Settings, thread: str, answer: PersonAnswer, wanted: str | None, moved: str | None, shown: bool
) -> tuple[Run, tuple[str, ...]]:
    """Answer what a run waits with, and let it go on; without an answer, only go on.

    Args:
        wanted: Start of the id of the question that is answered; needed where there are several.
        moved: Where the workflow lies now, where that is not where it was.
        shown: Whether its nodes are told as they work.

    Returns:
        The run as far as it has come, and the outputs that its workflow has.

    Raises:
        ReviewError: There is no such run or question, or the answer cannot be taken.
        ServiceError: Something that a node needs does not answer; the run is kept.
    """
    async with open_persistence(settings) as (_, store):
        item = await store.aget(RUNS, thread)
    if item is None:
        raise ReviewError(
            "there is no such run", place=f"run {thread}", remedy="give the id that `gradatim workflow run` told"
        )
    workflow = _workflow_of(item.value, moved, thread)
    same_version(item.value, workflow, thread)
    async with (
        open_services(settings) as services,
        open_workflow(workflow, item.value.get("parameters") or {}, services=services) as runner,
    ):
        try:
            with node_progress(shown) as on_node:
                ended = await runner.go_on(thread, on_node=on_node)
                if answer.kind is None or ended.finished:
                    if answer.kind is not None:
                        raise ReviewError(
                            "waits for nobody: it is finished",
                            place=f"run {thread}",
                            remedy="nothing has to be answered",
                        )
                    return ended, workflow.spec.outputs
                question = _chosen(ended, wanted)
                done = await runner.resume(thread, {question.id: answer.to(question)}, on_node=on_node)
        except ServiceError as error:
            kept = "the run is kept: give the same command again"
            error.remedy = f"{error.remedy}; {kept}" if error.remedy else kept
            raise
    if not done.finished and any(item.id == question.id for item in done.questions):
        say("the answer was not taken")
    return done, workflow.spec.outputs


def _workflow_of(record: dict[str, Any], moved: str | None, thread: str) -> Workflow:
    path = moved or record.get("path")
    if path is None:
        raise InputError(
            "its workflow is no file", place=f"run {thread}", remedy="resume it from Python, where it was built"
        )
    return read_workflow(path)


def _chosen(run: Run, wanted: str | None) -> Question:
    ids = {item.id: item for item in run.questions}
    if wanted is not None:
        found = [item for key, item in ids.items() if key.startswith(wanted)] if wanted else []
        if len(found) != 1:
            raise ReviewError(
                f"waits with no question {wanted!r}", place=f"run {run.thread}", remedy=did_you_mean(wanted, ids)
            )
        return found[0]
    if len(ids) > 1:
        raise ReviewError(
            f"waits with {len(ids)} questions", place=f"run {run.thread}",
            remedy=f"say which one: --question {' | '.join(ids)}",
        )  # fmt: skip
    return run.questions[0]
