"""Solvers of inspect_ai that run gradatim's own agents: an assessment of a program, a dialogue with a learner.

What a run did stands in the sample's metadata afterwards, as a trace that every scorer of ours can judge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from inspect_ai.solver import Generate, Solver, TaskState, solver
from langchain_core.language_models import BaseChatModel

from gradatim.domain import Submission, Task
from gradatim.errors import InputError
from gradatim.evals.harness.inspecting.gathering import Gathered, dialogue, known
from gradatim.evals.harness.inspecting.services import SharedServices
from gradatim.evals.harness.inspecting.state import replayed, required
from gradatim.evals.traces.trace import Plain, Trace
from gradatim.graphs.assessor import open_assessor
from gradatim.graphs.services import Services
from gradatim.graphs.tutoring import Tutor, open_tutor
from gradatim.settings import Settings
from gradatim.testing.learners import TURNS, Fault, Reply, Said, SimulatedLearner, converse


@solver
def assessment_solver(
    model: str | BaseChatModel | None = None, language: str | None = None, settings: Settings | None = None
) -> Solver:
    """Assess the program of a sample. Each is assessed alone, without the history of whoever wrote it.

    Args:
        model: Name of a model of gradatim's own (`none` for the grounded realiser), or a chat model; inspect_ai's model
            when not given, so that `--model`, limits and its log cover what the agents ask.
        language: Code of the language that the learner is spoken to in.
        settings: Those of the environment when not given.
    """
    shared = SharedServices(model, settings)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        example = required(state)
        task, submission = _program_of(example, state)
        async with shared.opened() as services, open_assessor(services=services) as assessor:
            gathered = Gathered(services.settings)
            with gathered.recorded():
                await assessor.assess(task, submission, language=language)
            ran = known(gathered.traces()[-1], example)  # while the folder with the key of pseudonyms is there
        return replayed(state, ran)

    return solve


@solver
def tutoring_solver(
    model: str | BaseChatModel | None = None,
    turns: int = TURNS,
    seed: int = 0,
    language: str | None = None,
    settings: Settings | None = None,
) -> Solver:
    """Tutor the learner of a sample: as recorded where the sample holds a dialogue, else a simulated one.

    A recorded learner says what they said then, whatever the tutor says now. A simulated one holds the misconception
    that the sample's reference names, and hears the tutor.

    Args:
        model: As for `assessment_solver`.
        turns: How often the tutor may speak.
        seed: Of the simulated learner.
        language: Code of the language that the session is in.
        settings: Those of the environment when not given.
    """
    shared = SharedServices(model, settings)

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        example = required(state)
        async with shared.opened() as services, open_tutor(services=services) as tutor:
            gathered = Gathered(services.settings)
            with gathered.recorded():
                if said := _learner_said(example):
                    await _repeat(tutor, _task_of(example, state), said, turns, language)
                else:
                    learner = _simulated(example, state, services, seed)
                    await converse(learner, _Session(tutor, language), turns)
            ran = dialogue(gathered.traces(), example)
        return replayed(state, ran)

    return solve


class _Session:
    """The tutoring graph as simulated learners talk with it: only its text reaches them."""

    def __init__(self, tutor: Tutor, language: str | None) -> None:
        self._tutor = tutor
        self._language = language
        self._session = ""

    async def begin(self, task: Task, opening: Reply, language: str) -> Said:
        turn = await self._tutor.start(task=task, code=opening.code, language=self._language or language)
        self._session = turn.session
        return Said(turn.text, turn.ended or turn.held)

    async def answer(self, reply: Reply) -> Said:
        turn = await self._tutor.hear(self._session, reply.message, code=reply.code)
        return Said(turn.text, turn.ended or turn.held)


async def _repeat(tutor: Tutor, task: Task, said: Sequence[Plain], turns: int, language: str | None) -> None:
    """Let the tutor hear what a learner said before."""
    first = said[0]
    turn = await tutor.start(task=task, code=_code_in(first), language=language)
    waiting = list(said[1:] if _code_in(first) and not first.get("content") else said)
    for message in waiting[: max(0, turns - 1)]:
        if turn.ended or turn.held:
            return
        turn = await tutor.hear(turn.session, str(message.get("content") or ""), code=_code_in(message))


def _learner_said(example: Trace) -> list[Plain]:
    """What the learner of a recorded dialogue said, in order."""
    held: Any = example.outputs.get("messages") or example.inputs.get("messages") or ()
    if not isinstance(held, list | tuple):
        return []
    items = cast("Sequence[Any]", held)
    return [cast("Plain", item) for item in items if isinstance(item, dict) and cast("Plain", item)["role"] == "user"]


def _code_in(message: Plain) -> str | None:
    code = message.get("code")
    return code if isinstance(code, str) and code else None


def _task_of(example: Trace, state: TaskState) -> Task:
    given: Any = example.inputs.get("task")
    if given is None:
        raise InputError(
            "has no task", place=f"sample {state.sample_id}", remedy="name a data set of tasks and programs"
        )
    return Task.model_validate(given)


def _program_of(example: Trace, state: TaskState) -> tuple[Task, Submission]:
    task = _task_of(example, state)
    given: Any = example.inputs.get("submission")
    if given is None:
        raise InputError(
            "has no program", place=f"sample {state.sample_id}", remedy="name a data set of tasks and programs"
        )
    # samples run side by side in one memory: what one leaves there must not change another
    return task, Submission.model_validate(given).model_copy(update={"learner_id": None})


def _simulated(example: Trace, state: TaskState, services: Services, seed: int) -> SimulatedLearner:
    task, submission = _program_of(example, state)
    named: Any = example.reference.get("misconceptions") or ()
    if task.reference is None or not named:
        lacking = "no reference program" if task.reference is None else "no misconception in its reference"
        raise InputError(
            f"has {lacking}, which a simulated learner needs",
            place=f"sample {state.sample_id}",
            remedy="filter such samples out, or name a data set of dialogues",
        )
    try:
        fault = Fault.between(task, submission.code, task.reference, str(named[0]), origin=str(state.sample_id))
    except ValueError as error:
        raise InputError(f"has no fault: {error}", place=f"sample {state.sample_id}") from error
    return SimulatedLearner(fault, services.sandbox, seed=seed)
