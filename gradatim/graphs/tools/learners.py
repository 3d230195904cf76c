"""Tools that ask the learner memory, behind the learner's consent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from langchain_core.tools import BaseTool
from pydantic import Field, create_model

from gradatim.domain import LearnerState
from gradatim.errors import InputError
from gradatim.graphs.services import Services
from gradatim.graphs.tools.concepts import concept_named
from gradatim.graphs.tools.desk import Desk
from gradatim.graphs.tools.tool import Arguments, Plain, make_tool
from gradatim.memory import parameters_of
from gradatim.memory.ability import Ability, ability_from_first_answers
from gradatim.memory.bridge import prior_shift
from gradatim.memory.inputs import microseconds
from gradatim.memory.propagation import Propagation
from gradatim.memory.recommendation import (
    Course,
    LearnerRecord,
    Recommendation,
    days_since,
    recommend,
    shown_misconceptions,
)

_READ = 2_000
"""Latest events in which misconceptions and first answers are looked for."""


def learner_tools(desk: Desk) -> Iterator[BaseTool]:
    """Tools about what a learner masters and should practise next."""
    tool = partial(make_tool, language=desk.spoken)
    named: dict[str, Any] = {}
    if desk.audience == "staff":
        whose = Annotated[str | None, Field(description="Id of the learner.")]
        named = {"learner_id": (whose, desk.learner_id)}
    # never without a field: LangChain passes over whatever a tool without arguments is given, another learner's id too
    weakest = Annotated[int, Field(ge=1, le=50, description="Concepts to list at most.")]
    one: Any = create_model("LearnerArguments", __base__=Arguments, **named, limit=(weakest, 10))
    goal = Annotated[str | None, Field(max_length=200, description="Only what leads to this concept.")]
    limit = Annotated[int, Field(ge=1, le=20, description="Concepts to propose at most.")]
    following: Any = create_model("NextArguments", __base__=Arguments, **named, goal=(goal, None), limit=(limit, 3))

    async def learner_state(given: Any) -> Plain:
        state = await _known(desk, getattr(given, "learner_id", None))
        shares = {"breadth": state.breadth, "depth": state.depth}
        return {
            "events": state.events,
            **{key: None if value is None else round(value, 3) for key, value in shares.items()},
            "least_mastered": [
                {"concept": item.concept, "mastery": round(item.probability, 3), "observations": item.observations}
                for item in state.mastery[: given.limit]
            ],
        }

    async def next_concepts(given: Any) -> Plain:
        state = await _known(desk, getattr(given, "learner_id", None))
        found = await proposals(desk.services, state, given.goal, given.limit)
        rows = [
            {
                "concept": item.concept,
                "mastery": round(item.mastery, 3),
                "success": round(item.success, 3),
                "reasons": [reason.text for reason in item.reasons[:3]],
            }
            for item in found
        ]
        return {"recommendations": rows}

    yield tool(
        "learner_state",
        "What the memory knows about the learner: how many events, breadth, depth, and the least mastered concepts.",
        one,
        learner_state,
    )
    yield tool(
        "next_concepts",
        "Concepts that the learner should practise next, best first, with reasons; prerequisites are respected.",
        following,
        next_concepts,
    )


async def proposals(
    services: Services, state: LearnerState, goal: str | None, limit: int
) -> tuple[Recommendation, ...]:
    """What to practise next by the learner's own record; others are not compared with.

    Raises:
        InputError: The graph has no such goal.
    """
    target = None if goal is None else (await concept_named(services.concepts, goal)).id
    graph, parameters = await services.concepts.snapshot(), parameters_of(services.settings)
    events = await services.memory.events(state.learner_id, limit=_READ)
    ability = ability_from_first_answers(events, parameters) if state.events <= _READ else Ability()
    now = microseconds(datetime.now(UTC).isoformat())
    beliefs = {item.concept: item for item in state.mastery}
    record = LearnerRecord(
        mastery=Propagation.of(graph, parameters=parameters).propagated(beliefs),
        ability_shift=prior_shift(ability),
        idle_days={item.concept: days_since(item.updated_at, now) for item in state.mastery},
        misconceptions=shown_misconceptions(events, {item.id: item for item in graph.misconceptions}, now),
    )
    return recommend(Course.of(graph, parameters=parameters), record, goal=target, limit=limit)


async def _known(desk: Desk, named: str | None) -> LearnerState:
    """The state of the learner that a call is about.

    Raises:
        InputError: Nothing is remembered about this learner.
        NoConsent: The learner does not agree to personalisation.
    """
    state = await desk.services.memory.state(desk.learner(named))
    if not state.events:
        raise InputError(
            "nothing is remembered about this learner", place="learner_id", remedy="assess a program of theirs first"
        )
    return state
