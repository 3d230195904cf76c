"""Rememberer: what becomes of a turn: events for the learner memory, and a short record for the session itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gradatim.agents.recorder import Recorder
from gradatim.agents.state import Plain, State, degraded
from gradatim.agents.tutoring.digest import digested
from gradatim.agents.tutoring.notes import Exchange, Question, Understanding, shortened
from gradatim.agents.tutoring.planning.tallying import reliance
from gradatim.agents.tutoring.state import (
    before_of,
    diagnosis_of,
    digest_of,
    exchanges_of,
    execution_of,
    heard_of,
    in_language,
    plan_of,
    ran_of,
    submission_of,
    tally_of,
    task_of,
    turn_of,
    understood_of,
)
from gradatim.agents.tutoring.turn import Turn
from gradatim.domain import LearnerEvent, Observation, Task
from gradatim.errors import StorageError
from gradatim.kg import ConceptStore
from gradatim.memory import LearnerMemory

_ACTIONS = {"hint-request": "hint", "answer-request": "help", "person-request": "help"}
"""What a message is in the terms of the memory; any other one is a `message`."""


class Rememberer:
    """Writes what was learnt about the learner, where the learner agrees, and keeps the session short.

    Event ids follow from session and turn: a turn that is taken up again adds nothing.

    Args:
        memory: Guarded by consent.
        concepts: Which concepts a task and its misconceptions are about.
    """

    name = "remember"

    def __init__(self, memory: LearnerMemory, concepts: ConceptStore) -> None:
        self.memory = memory
        self.recorder = Recorder(memory, concepts)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        turn = turn_of(state)
        with in_language(state):
            update = self._kept(state, turn)
        learner = state.get("learner_id")
        if not learner:
            return update
        events = await self._events(state, turn, str(learner))
        try:
            await self.memory.append(events)
        except StorageError as error:
            return update | degraded(self.name, error, "nothing was written to the learner memory")
        return update

    def _kept(self, state: State, turn: Turn) -> Plain:
        """The last turns, and what became of earlier ones."""
        exchange = Exchange(
            number=turn.number,
            message=shortened(heard_of(state).message),
            intent=turn.understood,
            move=turn.move,
            rung=turn.rung,
            reply=shortened(turn.text),
        )
        earlier = [item for item in exchanges_of(state) if item.number != turn.number]
        kept, digest = digested([*earlier, exchange], digest_of(state), tally_of(state), plan_of(state))
        return {
            "exchanges": [item.plain() for item in kept],
            "digest": digest.plain(),
            "answered": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }

    async def _events(self, state: State, turn: Turn, learner: str) -> list[LearnerEvent]:
        heard, task, understood = heard_of(state), task_of(state), understood_of(state)
        task_id = task.id if task else None
        name = f"tutoring:{turn.session}:{turn.number}"
        common: dict[str, Any] = {"learner_id": learner, "at": heard.at, "task_id": task_id}
        events: list[LearnerEvent] = []
        if state.get("code") is not None and task is not None and not ran_of(state).get("refused"):
            events.append(await self._attempt(state, task, name, common))
        said: dict[str, Any] = {"session": turn.session, "turn": turn.number}
        if turn.number:
            intent = turn.understood
            asked = exchanges_of(state)[-1:]
            events.append(
                LearnerEvent(
                    id=f"{name}:heard",
                    kind="interaction",
                    observations=_observed(understood, _answered(state)),
                    payload={
                        **said, "action": _ACTIONS.get(intent or "", "message"), "intent": intent,
                        "affect": understood.affect if understood else None, "text": shortened(heard.message),
                        "right": understood.right if understood else None,
                        "after": asked[0].move if asked else None,
                    },
                    **common,
                )
            )  # fmt: skip
        tally = tally_of(state)
        events.append(
            LearnerEvent(
                id=f"{name}:said",
                kind="interaction",
                payload={
                    **said, "move": turn.move, "rung": turn.rung, "hints": tally.hints, "reliance": reliance(tally),
                    "resource": "example" if any("worked-" in item for s in turn.statements for item in s.evidence)
                    else "tutor",
                    "ended": turn.ended, "held": turn.held,
                },
                **common,
            )
        )  # fmt: skip
        return events

    async def _attempt(self, state: State, task: Task, name: str, common: dict[str, Any]) -> LearnerEvent:
        """The learner's program as an event, with what it shows of each concept and which misconceptions are gone."""
        execution, diagnosis, submission = execution_of(state), diagnosis_of(state), submission_of(state)
        assert execution is not None
        assert diagnosis is not None
        assert submission is not None
        passed = sum(item.status == "passed" for item in execution.outcomes)
        same = bool((before_of(state) or {}).get("same"))
        observations = () if same else await self.recorder.observations(task, execution, diagnosis)
        return LearnerEvent(
            id=f"{name}:attempt",
            kind="submission",
            observations=observations,
            payload={
                "submission": submission.id,
                "passed": execution.passed,
                "items_done": passed,
                "items_total": len(execution.outcomes),
                "error_category": diagnosis.error_category,
                "misconceptions": [match.id for match in diagnosis.misconceptions],
                "hints": tally_of(state).hints,
                "session": str(state["session"]),
                "same": same,
            },
            **common,
        )


def _answered(state: State) -> Question | None:
    """The question that the message was an answer to: the plan holds the next one already."""
    held = state.get("asked")
    return Question.model_validate(held) if held else None


def _observed(understood: Understanding | None, question: Question | None) -> tuple[Observation, ...]:
    """What a judged answer shows of the concept that the question was about."""
    if understood is None or understood.right is None or question is None or question.concept is None:
        return ()
    return (Observation(concept=question.concept, correct=understood.right),)
