"""What is known of a run: how far it has come, what it waits with, which workflow it is a run of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from gradatim.agents.state import Plain
from gradatim.errors import InputError, ReviewError, StaleDecision
from gradatim.graphs.assessor import NodeEvent
from gradatim.graphs.workflow.inner import ELEMENT
from gradatim.graphs.workflow.workflow import Workflow

RUNS = ("workflow-runs",)
"""Where the store says which workflow a thread runs, and what came of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question to a person that a run waits with.

    Attributes:
        id: Of the interrupt; the answer names it.
        node: Which node asks; `outer/inner` in a sub-workflow.
        request: As it goes to an inbox (`HITLRequest`).
    """

    id: str
    node: str
    request: Any

    @property
    def text(self) -> str:
        """What the person is asked."""
        return str(self._first("action_requests").get("description") or "")

    @property
    def action(self) -> str:
        """Name of what is asked about."""
        return str(self._first("action_requests").get("name") or "")

    @property
    def shown(self) -> Plain:
        """What the person sees beside it."""
        return cast(Plain, self._first("action_requests").get("args") or {})

    @property
    def allowed(self) -> tuple[str, ...]:
        """What may be answered; nothing where the node asks in a form of its own."""
        return tuple(self._first("review_configs").get("allowed_decisions") or ())

    def _first(self, key: str) -> Plain:
        request: Any = self.request
        parts = cast(Plain, request).get(key) if isinstance(request, dict) else None
        return cast(Plain, parts[0]) if parts else {}


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a workflow, as far as it has come.

    Attributes:
        thread: Its id.
        outputs: The workflow's outputs that are written so far.
        questions: What waits for a person; empty for a finished run.
        state: The whole state; what was kept of it for a run that finished earlier.
    """

    thread: str
    workflow: str
    outputs: Plain = field(default_factory=dict[str, Any])
    questions: tuple[Question, ...] = ()
    state: Plain = field(default_factory=dict[str, Any])

    @property
    def finished(self) -> bool:
        return not self.questions


def same_version(record: Plain, workflow: Workflow, run: str) -> None:
    """Refuse to go on with a run whose workflow was changed meanwhile.

    Raises:
        InputError: It was.
    """
    if not record.get("finished") and record.get("version") != version_of(workflow):
        raise InputError(
            f"the workflow {workflow.name!r} was changed since this run began", place=f"run {run}",
            remedy="put the file back as it was, or begin a new run",
        )  # fmt: skip


def version_of(workflow: Workflow) -> str:
    """Follows from everything that a workflow says, its sub-workflows included."""
    parts = [workflow.spec.model_dump_json(by_alias=True)]
    parts += [version_of(child) for _, child in sorted(workflow.children.items())]
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def digest(given: Plain) -> str:
    text = json.dumps(given, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def names_learners(outputs: Plain) -> bool:
    """Whether outputs speak of learners whom nobody could find in one record."""
    return '"learner_id": "' in json.dumps(outputs, default=str)


def node_event(names: tuple[str, ...], event: Mapping[str, Any]) -> NodeEvent | None:
    """One item of LangGraph's `tasks` stream; nothing for nodes that nobody wrote."""
    name = str(event["name"])
    outer = [part.partition(":")[0] for part in names]
    if name == ELEMENT or name.startswith("__"):
        return None
    path = "/".join([*(part for part in outer if part != ELEMENT), name])
    if "input" in event:
        return NodeEvent(path, "started")
    if event.get("interrupts"):
        return NodeEvent(path, "finished")  # it waits for a person
    result: Any = event.get("result")
    spent: Any = cast(Plain, result).get("seconds") if isinstance(result, dict) else None
    return NodeEvent(path, "finished", cast(Plain, spent).get(name, 0.0) if isinstance(spent, dict) else 0.0)


def by_question(answers: Any, questions: Mapping[str, Question], thread: str) -> dict[str, Any]:
    """Answers by the question that each is for.

    Raises:
        ReviewError: It cannot be told which question an answer is for.
        StaleDecision: It is for one that is no longer open.
    """
    given = cast("dict[str, Any]", answers) if isinstance(answers, dict) else {}
    if given and given.keys() <= questions.keys():
        return dict(given)
    if given and "decisions" not in given:
        raise StaleDecision(
            f"waits with no question {next(iter(given))!r}", place=f"run {thread}",
            remedy=f"it waits with: {', '.join(questions)}",
        )  # fmt: skip
    if len(questions) == 1:
        return {next(iter(questions)): answers}
    raise ReviewError(
        f"waits with {len(questions)} questions, and the answer does not say which one it is for",
        place=f"run {thread}", remedy=f"name one of: {', '.join(questions)}",
    )  # fmt: skip
