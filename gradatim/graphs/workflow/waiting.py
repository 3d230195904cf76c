"""Runs that wait for a person: found in the records, without opening their workflows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph.store.base import BaseStore

from gradatim.agents.state import Plain
from gradatim.domain import Assessment
from gradatim.graphs.assessor import assessment_of
from gradatim.graphs.workflow.runs import RUNS, Question

_INTERRUPT = "__interrupt__"
_ASKED = (_INTERRUPT, "__resume__")
"""Channels of the writes of a task that asks (LangGraph's `INTERRUPT` and `RESUME`, which it does not export)."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """A run that waits for a person.

    Attributes:
        since: When it stopped, as ISO 8601.
        task: Id of the task it is about, where it is about one.
    """

    thread: str
    workflow: str
    since: str
    questions: tuple[Question, ...]
    task: str | None = None
    learner: str | None = None


async def run_behind(store: BaseStore, name: str) -> str | None:
    """Thread of the workflow run in which a review was asked for; `None` where it is no workflow's.

    Args:
        name: Id of a run, or of a part of one (`thread/node`, `thread/node.3`), as reviews are named after them.
    """
    while name:
        if await store.aget(RUNS, name) is not None:
            return name
        name = name.rpartition("/")[0]
    return None


async def waiting_run(checkpoints: BaseCheckpointSaver[str], store: BaseStore, thread: str) -> WaitingRun | None:
    """One run with its open questions; `None` where it waits for nobody."""
    item = await store.aget(RUNS, thread)
    return None if item is None else await _waiting(checkpoints, thread, item.value)


async def waiting_runs(checkpoints: BaseCheckpointSaver[str], store: BaseStore) -> list[WaitingRun]:
    """All runs that wait for a person, the oldest first."""
    found: list[WaitingRun] = []
    offset = 0
    while page := await store.asearch(RUNS, filter={"finished": False}, limit=_PAGE, offset=offset):
        offset += len(page)
        for item in page:
            run = await _waiting(checkpoints, item.key, item.value)
            if run is not None:
                found.append(run)
    return sorted(found, key=lambda run: (run.since, run.thread))


async def held_part(checkpoints: BaseCheckpointSaver[str], thread: str, part: str) -> Assessment | None:
    """The assessment that a review in a workflow is about, as it waits.

    Args:
        part: Id of the part of the run that asks.
    """
    config: Any = {"configurable": {"thread_id": thread}}
    async for saved in checkpoints.alist(config):  # the newest first
        values: Plain = saved.checkpoint["channel_values"]
        if values.get("id") == part and values.get("confidence") and values.get("submission"):
            return assessment_of(values, waiting=True)
    return None


async def _waiting(checkpoints: BaseCheckpointSaver[str], thread: str, record: Plain) -> WaitingRun | None:
    saved = await checkpoints.aget_tuple({"configurable": {"thread_id": thread, "checkpoint_ns": ""}})
    questions = () if saved is None else _questions(saved)
    if saved is None or not questions:
        return None
    task: Any = saved.checkpoint["channel_values"].get("task")
    return WaitingRun(
        thread=thread,
        workflow=str(record.get("workflow") or ""),
        since=saved.checkpoint["ts"],
        questions=questions,
        task=cast(Plain, task).get("id") if isinstance(task, dict) else None,
        learner=record.get("learner_id"),
    )


def _questions(saved: CheckpointTuple) -> tuple[Question, ...]:
    """What the tasks of the last checkpoint wait with; one that went on since has written something else, too.

    Which node it is does not stand there: that is known to the workflow alone.
    """
    writes = saved.pending_writes or []
    done = {task for task, channel, _ in writes if channel not in _ASKED}
    return tuple(
        Question(item.id, "", item.value)
        for task, channel, value in writes
        if channel == _INTERRUPT and task not in done
        for item in cast("tuple[Any, ...]", value)
    )
