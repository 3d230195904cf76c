"""How runs of graphs tell of themselves: the run as a workflow, each node as an agent, what went in and came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from langgraph.errors import GraphBubbleUp

from gradatim import telemetry
from gradatim.graphs.services import Services
from gradatim.serving.client.accounting import Prices
from gradatim.serving.structured import model_name
from gradatim.telemetry import Work, names

Told = tuple[str, Mapping[str, Any], Mapping[str, Any]]
"""Kind of a run (`assessment`, `dialogue`, `workflow`), what it was given, and what came of it."""


def run_of(name: str, services: Services, conversation: str, learner: str | None) -> Work:
    """A run of a graph.

    Args:
        name: Of the workflow.
        conversation: Id of its thread or session.
        learner: Whose work it is about.
    """
    return telemetry.workflow(name, conversation, learner=learner, policy=services.policy)


def learner_in(values: Mapping[str, Any]) -> str | None:
    """The learner that values are about, where they are about one."""
    submission: Any = values.get("submission")
    about = cast("Mapping[str, Any]", submission) if isinstance(submission, dict) else values
    found: Any = about.get("learner_id")
    return found if isinstance(found, str) else None


def node_of(
    name: str, runtime: Any = None, *, kind: str | None = None, attempt: int | None = None, learner: str | None = None
) -> Work:
    """A node of a graph at work; where it stops to ask a person, that is no error.

    Args:
        runtime: LangGraph's, which knows how often the node was tried.
        kind: Of the node, in a workflow file.
        attempt: Which try this is, where the node itself counts.
        learner: Whose work it is at, where that is not the run's learner.
    """
    tried: int = attempt or getattr(getattr(runtime, "execution_info", None), "node_attempt", 1)
    return telemetry.agent(name, attempt=tried, kind=kind, expected=(GraphBubbleUp,), learner=learner)


def tell(work: Work, services: Services, *, waiting: bool, result: Callable[[], Told], language: str | None) -> None:
    """Say what came of a run; does nothing inside another run, and where nobody listens.

    Args:
        waiting: Whether it waits for a person.
        result: Gives what went in and what came out; called later, so it must hold on to what does not change.
        language: That learners were spoken to in; that of the settings when not given.
    """
    if waiting:
        work.set(names.WAITING, True)
    run = work.run
    if run is not None and work.is_run:
        run.result = result
        settings = services.settings
        run.about["model"] = model_name(services.model)
        run.about["language"] = language or settings.language
        if settings.price_input is not None or settings.price_output is not None:
            run.about["prices"] = Prices(
                settings.price_input or 0.0, settings.price_output or 0.0, settings.price_cached
            )
