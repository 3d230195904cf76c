"""Kinds that serve any workflow: constants, choosing, collecting, notes in the learner memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from gradatim.agents.state import Plain, State, degraded
from gradatim.domain import Degradation, LearnerEvent, Submission, stable_id
from gradatim.errors import InputError, StorageError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.kind import Agent, Kind, Shape
from gradatim.graphs.workflow.spec import KEY
from gradatim.graphs.workflow.types import Unchecked
from gradatim.memory import LearnerMemory

StateKey = Annotated[str, StringConstraints(pattern=KEY)]
"""Name of a state key."""
Keys = Annotated[tuple[StateKey, ...], Field(min_length=1, max_length=40)]


class Parameters(BaseModel):
    """Base of the parameters of these kinds."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SetParameters(Parameters):
    """What `set` is given."""

    values: Annotated[dict[StateKey, JsonValue], Field(min_length=1)]
    """State key → value; `${name}` stands for a parameter of the workflow."""


class ChooseParameters(Parameters):
    """What `choose` is given."""

    of: Keys
    """State keys, the first that holds something is taken."""
    otherwise: JsonValue = None
    """Taken where none of them holds anything."""
    unchecked: bool = False
    """Also from keys that are unchecked; what is chosen is unchecked then."""


class CollectParameters(Parameters):
    """What `collect` is given."""

    of: Keys
    """State keys to put together."""
    into: Literal["mapping", "list"] = "mapping"


class NoteParameters(Parameters):
    """What `note` is given."""

    about: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    """What the note is about; a run notes each thing once."""
    keys: Keys
    """State keys whose values are noted."""
    kind: Literal["interaction", "self_assessment", "survey"] = "interaction"
    """Kind of event."""


def _type_of(value: JsonValue) -> Any:
    known: dict[Any, Any] = {
        str: str, bool: bool, int: int, float: float, list: list[Any], dict: dict[str, Any],
    }  # fmt: skip
    return known.get(type(value), Any)


def _set(_: Services, given: SetParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        return dict(given.values)

    return agent


def _choose(_: Services, given: ChooseParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        found = (state[key] for key in given.of if state.get(key) is not None)
        return {"chosen": next(found, given.otherwise)}

    return agent


def _choose_shape(given: ChooseParameters) -> Shape:
    kind: Any = Unchecked[Any] if given.unchecked else Any
    return Shape(optional=dict.fromkeys(given.of, kind), writes={"chosen": kind})


def _collect(_: Services, given: CollectParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        if given.into == "list":
            return {"collected": [state[key] for key in given.of]}
        return {"collected": {key: state[key] for key in given.of}}

    return agent


def _collect_shape(given: CollectParameters) -> Shape:
    kind: Any = list[Any] if given.into == "list" else dict[str, Any]
    return Shape(reads=dict.fromkeys(given.of, Any), writes={"collected": kind})


class Noter:
    """Appends what happened to the learner memory, once a run however often it works.

    Where the learner has not consented (`gradatim.memory.rights`), nothing is noted, and `noted` says so.
    """

    name = "note"

    def __init__(self, memory: LearnerMemory, given: NoteParameters) -> None:
        self.memory = memory
        self.given = given

    def event(self, learner_id: str, task_id: str | None, run: str, at: str, state: State) -> LearnerEvent:
        """The event that is appended; the same run gives the same one."""
        payload: dict[str, JsonValue] = {"about": self.given.about}
        payload |= {key: cast(JsonValue, state[key]) for key in self.given.keys}
        return LearnerEvent(
            id=f"note:{stable_id(run, self.given.about)}",
            learner_id=learner_id,
            kind=self.given.kind,
            at=at,
            task_id=task_id,
            payload=payload,
        )

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        submission = Submission.model_validate(state["submission"]) if state.get("submission") else None
        learner: str | None = state.get("learner_id") or (submission.learner_id if submission else None)
        if learner is None:
            return {"noted": False}
        run = str(state.get("id") or "")
        if not run:
            raise InputError(
                "a note needs the id of the run", place="state.id", remedy="give an `id` with the inputs of the graph"
            )
        at = str(state.get("at") or "")
        if not at:  # the same note again has to be the same event
            known = await self._earlier(learner, f"note:{stable_id(run, self.given.about)}")
            if known:
                return {"noted": True}
            at = datetime.now(UTC).isoformat(timespec="microseconds")
        event = self.event(learner, submission.task_id if submission else None, run, at, state)
        try:
            noted = await self.memory.append([event])
        except StorageError as error:
            return {"noted": False} | degraded(self.name, error, "nothing was written to the learner memory")
        return {"noted": bool(noted) or await self._earlier(learner, event.id)}

    async def _earlier(self, learner: str, event_id: str) -> bool:
        try:
            return any(event.id == event_id for event in await self.memory.events(learner, kind=self.given.kind))
        except StorageError:
            return False  # nobody may look; what is appended then is passed over as well


def _meet(_: Services, given: Any) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        return {}

    return agent


KINDS: tuple[Kind, ...] = (
    Kind("meet", "Does nothing: a place where the ways of a route meet again, so that a join can wait for it.", _meet),
    Kind(
        "set",
        "Writes constants and parameters of the workflow under state keys.",
        _set,
        parameters=SetParameters,
        shape=lambda given: Shape(writes={key: _type_of(value) for key, value in given.values.items()}),
    ),
    Kind(
        "choose",
        "Takes the first of several keys that holds something, e.g. what an optional branch wrote.",
        _choose,
        parameters=ChooseParameters,
        shape=_choose_shape,
    ),
    Kind(
        "collect",
        "Puts several keys together into one mapping or list.",
        _collect,
        parameters=CollectParameters,
        shape=_collect_shape,
    ),
    Kind(
        "note",
        "Appends what happened to the learner memory, where the learner has consented.",
        lambda services, given: Noter(services.memory, given),
        optional={"submission": Submission, "learner_id": str, "at": str},
        writes={"noted": bool},
        may_write={"degradations": list[Degradation]},
        parameters=NoteParameters,
        shape=lambda given: Shape(reads=dict.fromkeys(given.keys, Any)),
    ),
)
