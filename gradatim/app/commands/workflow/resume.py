"""`gradatim workflow resume`: a person's answer to what a run waits with."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import click

from gradatim.agents.hitl import ACTION, request_of, to_response
from gradatim.app.commands.assess import node_progress
from gradatim.app.commands.workflow.showing import show_run
from gradatim.app.commands.workflow.values import literal
from gradatim.app.console import say
from gradatim.app.edits import read_edit
from gradatim.app.options import cache_dir_option, data_dir_option, json_option, sandbox_option
from gradatim.domain import ReviewDecision
from gradatim.errors import InputError, ReviewError, ServiceError
from gradatim.graphs.persistence import open_persistence
from gradatim.graphs.services import open_services
from gradatim.graphs.workflow import Workflow, read_workflow
from gradatim.graphs.workflow.naming import did_you_mean
from gradatim.graphs.workflow.running import open_workflow
from gradatim.graphs.workflow.runs import RUNS, Question, Run, same_version
from gradatim.settings import Settings, load_settings
from gradatim.tools.yamltree import Problems, decode_utf8, read_limited

LIMIT = 1_000_000
"""Bytes that an edit may have."""


@click.command()
@click.argument("thread")
@click.option("--approve", is_flag=True, help="Go on as asked.")
@click.option(
    "--edit", type=click.Path(path_type=Path), metavar="FILE",
    help="Go on with the values of this YAML file: key and value, or a feedback as `review show --template` writes it.",
)  # fmt: skip
@click.option("--reject", metavar="TEXT", help="Do not, and why.")
@click.option("--respond", metavar="TEXT", help="Say this instead.")
@click.option("--question", metavar="ID", help="Which question is answered, where the run waits with several.")
@click.option("--reviewer", metavar="NAME", default="command line", show_default=True, help="Who answers.")
@click.option("--file", "moved", metavar="FILE", help="Where the workflow lies now, if it was moved.")
@click.option("--model", metavar="MODEL", help="As for `run` (setting: model).")
@json_option
@sandbox_option
@data_dir_option
@cache_dir_option
@click.pass_context
def resume(
    ctx: click.Context,
    thread: str,
    approve: bool,
    edit: Path | None,
    reject: str | None,
    respond: str | None,
    question: str | None,
    reviewer: str,
    moved: str | None,
    as_json: bool,
    **overrides: Any,
) -> None:
    """Answer what the run THREAD waits with, and go on.

    Without an answer, its questions are told, or it goes on where it was cut off.

    An answer counts once: a second one to the same question is refused.

    \b
    Exit codes: 0 finished; 1 it waits for a person; 2 there is no such run, or the answer cannot be taken; 3 something
    it needs does not work: the run is kept.
    """
    chosen = [approve, edit is not None, reject is not None, respond is not None]
    if sum(chosen) > 1:
        raise click.UsageError("give at most one of --approve, --edit FILE, --reject TEXT, --respond TEXT")
    if not reviewer.strip():
        raise click.UsageError("--reviewer needs a name")
    settings = load_settings(**overrides)
    kind = ("approve", "edit", "reject", "respond")[chosen.index(True)] if any(chosen) else None
    answer = _Answer(kind, edit, reject if reject is not None else respond, reviewer.strip())
    ended, wanted = asyncio.run(_resume(settings, thread, answer, question, moved, not as_json))
    ctx.exit(show_run(ended, as_json, wanted))


class _Answer:
    """What the person says."""

    def __init__(self, kind: str | None, edit: Path | None, message: str | None, reviewer: str) -> None:
        self.kind = kind
        self.edit = edit
        self.message = message
        self.reviewer = reviewer

    def to(self, question: Question) -> Any:
        """The answer to one question, as a run is resumed with it."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        if self._about_feedback(question) and self.edit is not None:
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

    @staticmethod
    def _about_feedback(question: Question) -> bool:
        return question.action == ACTION


def _values(path: Path) -> dict[str, Any]:
    problems = Problems(str(path), InputError)
    found = literal(decode_utf8(read_limited(path, LIMIT, problems), problems), str(path))
    if not isinstance(found, dict):
        raise InputError("holds no values by key", place=str(path), remedy="write `key: value`, one a line")
    return cast("dict[str, Any]", found)


async def _resume(
    settings: Settings, thread: str, answer: _Answer, wanted: str | None, moved: str | None, shown: bool
) -> tuple[Run, tuple[str, ...]]:
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
