"""Kinds that ask a person anything, and that let pass what a person answers for."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from langgraph.types import interrupt
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from gradatim.agents.hitl import HITLRequest, from_agent_inbox
from gradatim.agents.state import Plain, State, read
from gradatim.domain import DecisionKind, Noun
from gradatim.errors import ReviewError
from gradatim.graphs.services import Services
from gradatim.graphs.workflow.kinds.general import StateKey
from gradatim.graphs.workflow.kinds.kind import Agent, Kind, Shape
from gradatim.graphs.workflow.types import Unchecked

ACTION = "ask_person"


class Answer(Noun):
    """What a person answered."""

    kind: DecisionKind
    reviewer: str = "unnamed"
    message: str | None = None
    """What the person said: the reason of a rejection, or a response."""
    values: dict[str, JsonValue] = Field(default_factory=dict[str, JsonValue])
    """State key → value, as the person wants it; only for an edit."""
    decided_at: str = ""

    @property
    def yes(self) -> bool:
        """Whether it may go on as asked: approved, or approved with changes."""
        return self.kind in ("approve", "edit")


class Released(Noun):
    """Something that a person has read and answers for."""

    value: JsonValue
    reviewer: str


class AskParameters(BaseModel):
    """What `ask_person` is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: Annotated[str, Field(min_length=1, max_length=2000)]
    """What the person reads."""
    shows: tuple[StateKey, ...] = ()
    """State keys that the person sees beside it."""
    edits: tuple[StateKey, ...] = ()
    """Those of them that the person may change."""
    allowed: Annotated[tuple[DecisionKind, ...], Field(min_length=1)] = ("approve", "reject", "respond")
    """What may be answered; `edit` comes with `edits`."""
    action: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")] = ACTION
    """Name of what is asked about, for inboxes that sort by it."""

    @model_validator(mode="after")
    def _edits_shown(self) -> AskParameters:
        hidden = [key for key in self.edits if key not in self.shows]
        if hidden:
            raise ValueError(f"{hidden[0]!r} may be edited but is not shown: add it to `shows`")
        if "edit" in self.allowed and not self.edits:
            raise ValueError("an edit is allowed but nothing may be edited: name it in `edits`")
        return self

    @property
    def answers(self) -> tuple[DecisionKind, ...]:
        """All that may be answered."""
        return (*self.allowed, "edit") if self.edits and "edit" not in self.allowed else self.allowed


def request_for(given: AskParameters, state: State, refusal: str = "") -> HITLRequest:
    """The question as an inbox gets it (LangChain's `HITLRequest`).

    Args:
        refusal: Why the answer before could not be taken.
    """
    shown: dict[str, Any] = {key: state[key] for key in given.shows}
    config: Any = {"action_name": given.action, "allowed_decisions": list(given.answers)}
    if given.edits:
        properties: dict[str, Any] = {key: {} for key in given.edits}
        config["args_schema"] = {"type": "object", "properties": properties, "additionalProperties": False}
    question = f"{given.question}\n({refusal})" if refusal else given.question
    return {
        "action_requests": [{"name": given.action, "args": shown, "description": question}],
        "review_configs": [config],
    }


def answer_of(given: AskParameters, response: Any) -> Answer:
    """The answer in whatever an inbox resumed the graph with.

    Raises:
        ReviewError: It is no `HITLResponse` with one decision, or says something that was not to be chosen from.
    """
    place = f"answer to {given.question[:60]!r}"
    try:
        if isinstance(response, list):
            response = from_agent_inbox(cast("list[dict[str, Any]]", response))
        (decision,) = response["decisions"]
        edited = cast(Plain, cast(Plain, decision.get("edited_action") or {}).get("args") or {})
        answer = Answer(
            kind=decision["type"],
            reviewer=response.get("reviewer") or "unnamed",
            message=decision.get("message"),
            values=edited if decision["type"] == "edit" else {},
            decided_at=response.get("decided_at") or "",
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ReviewError(
            f"is not a HITLResponse with one decision: {error}".splitlines()[0], place=place,
            remedy='resume with {"decisions": [{"type": "approve|edit|reject|respond", …}]}',
        ) from error  # fmt: skip
    if answer.kind not in given.answers:
        raise ReviewError(
            f"{answer.kind} is not among the answers that it takes", place=place,
            remedy=f"choose from: {', '.join(given.answers)}",
        )  # fmt: skip
    strange = [key for key in answer.values if key not in given.edits]
    if strange:
        raise ReviewError(
            f"{strange[0]!r} may not be edited", place=place, remedy=f"edit only: {', '.join(given.edits)}"
        )
    if answer.kind == "respond" and not (answer.message or "").strip():
        raise ReviewError("a response needs a text", place=place, remedy="give a message")
    return answer


def _ask(_: Services, given: AskParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        # nothing but the question: a node runs again from its first line when it is resumed. What an inbox sends stays
        # with the run, so an answer that cannot be taken is asked for once more
        refusal = ""
        while True:
            response = interrupt(request_for(given, state, refusal))
            try:
                answer = answer_of(given, response)
            except ReviewError as error:
                refusal = f"{error.message}; {error.remedy}"
                continue
            return {"decision": answer.plain(), **answer.values}

    return agent


def _ask_shape(given: AskParameters) -> Shape:
    return Shape(reads=dict.fromkeys(given.shows, Unchecked[Any]), may_write=dict.fromkeys(given.edits, Any))


class ReleaseParameters(BaseModel):
    """What `release` is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: tuple[Literal["approve", "edit"], ...] = ("approve", "edit")
    """Answers that let it pass."""


def _release(_: Services, given: ReleaseParameters) -> Agent:
    async def agent(state: State, runtime: Any = None) -> Plain:
        answer = read(state, "decision", Answer)
        if answer.kind not in given.when:
            return {"released": None}
        return {"released": Released(value=state["value"], reviewer=answer.reviewer).plain()}

    return agent


KINDS: tuple[Kind, ...] = (
    Kind(
        "ask_person",
        "Asks a person a question about values of the state: approve, edit, reject or respond.",
        _ask,
        writes={"decision": Answer},
        parameters=AskParameters,
        asks=True,
        shape=_ask_shape,
    ),
    Kind(
        "release",
        "Lets an unchecked value pass that a person approved, with the person's name; null where it was rejected.",
        _release,
        reads={"value": Unchecked[Any], "decision": Answer},
        writes={"released": Released | None},
        parameters=ReleaseParameters,
    ),
)
