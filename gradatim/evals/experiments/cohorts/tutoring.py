"""Simulated learners with one misconception each, who talk with a tutor between two tests.

Faults are planted in the reference programs of a folder's tasks. Before, no learner sees through the misconception.
After the conversation those see through it who repaired the program because they understood; who copied a line or was
lucky did not learn it. A test item about the misconception is solved with probability 1 − slip by who sees through it,
and by guessing otherwise.
"""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from gradatim.domain import Submission, Task
from gradatim.errors import InputError
from gradatim.evals.experiments.cohorts.person import Person, assigned, chance_of, name_of, score_of
from gradatim.evals.experiments.spec import CohortSpec
from gradatim.graphs.services import Services
from gradatim.graphs.tutoring import Tutor as GraphTutor
from gradatim.graphs.tutoring import open_tutor
from gradatim.testing.learners import (
    Dialogue,
    Fault,
    Reply,
    Said,
    SilentTutor,
    SimulatedLearner,
    TellingTutor,
    Tutor,
    converse,
    planted,
)
from gradatim.tools.execution import execute
from gradatim.tools.sandbox import Sandbox
from gradatim.tools.taskfile import load_task

SLIP, GUESS = 0.1, 0.25
"""Of items about the misconception: usual values of knowledge tracing (Corbett & Anderson, 1995), items with four
choices."""
_PACKAGED = Path(__file__).parents[4] / "examples"


class Conversations:
    """Learners who talk. Each is led through both arms, so that it is known what either would have brought.

    Args:
        faults: What learners hold, one after the other.
        tutors: The open tutoring graph, if an arm needs it.
    """

    def __init__(
        self,
        cohort: CohortSpec,
        arms: Mapping[str, str],
        seed: int,
        faults: list[Fault],
        sandbox: Sandbox,
        graph: GraphTutor | None,
    ) -> None:
        self._cohort = cohort
        self._arms = dict(arms)
        self._seed = seed
        self._given = assigned(cohort.learners, list(arms), seed)
        self._faults = faults
        self._sandbox = sandbox
        self._graph = graph

    async def person(self, place: int) -> Person:
        """The learner at a place.

        Raises:
            SandboxError: Programs cannot be run.
        """
        fault, arm = self._faults[place % len(self._faults)], self._given[place]
        dialogues: dict[str, Dialogue] = {}
        for name, treatment in self._arms.items():
            learner = SimulatedLearner(fault, self._sandbox, seed=self._seed * 10_000 + place)
            dialogues[name] = await converse(learner, self._tutor(treatment, fault), self._cohort.turns)
        expected = {name: _solves(dialogue) for name, dialogue in dialogues.items()}
        items = self._cohort.items
        pre = score_of(np.full(items, GUESS), chance_of(self._seed, place, "pre"))
        post = score_of(np.full(items, expected[arm]), chance_of(self._seed, place, "post"))
        own = dialogues[arm]
        detail: dict[str, Any] = {
            "how": own.how,
            "turns": own.turns,
            "messages": _messages(own),
            "fault": fault.origin,
            "misconception": fault.misconception,
        }
        return Person(name_of(place), arm, pre, post, expected, detail)

    def _tutor(self, treatment: str, fault: Fault) -> Tutor:
        if treatment == "telling":
            return TellingTutor(fault, self._sandbox)
        if treatment == "tutor" and self._graph is not None:
            return _Graph(self._graph)
        return SilentTutor()


class _Graph:
    """The tutoring graph: only its text reaches the learner."""

    def __init__(self, tutor: GraphTutor) -> None:
        self._tutor = tutor
        self._session = ""

    async def begin(self, task: Task, opening: Reply, language: str) -> Said:
        turn = await self._tutor.start(task=task, code=opening.code, language=language)
        self._session = turn.session
        return Said(turn.text, turn.ended or turn.held)

    async def answer(self, reply: Reply) -> Said:
        turn = await self._tutor.hear(self._session, reply.message, code=reply.code)
        return Said(turn.text, turn.ended or turn.held)


@asynccontextmanager
async def open_tutoring(
    cohort: CohortSpec, arms: Mapping[str, str], seed: int, services: Services, folder: Path | None
) -> AsyncGenerator[Conversations]:
    """The learners of one seed, and the tutor where an arm has one.

    Args:
        folder: With `tasks/*.yaml`; the examples of a checkout when not given.

    Raises:
        InputError: There are no tasks in whose references a fault can be planted.
        SandboxError: Programs cannot be run.
    """
    faults = await plant(folder or _PACKAGED, services.sandbox, min(cohort.learners, 200), seed)
    async with AsyncExitStack() as stack:
        graph: GraphTutor | None = None
        if "tutor" in arms.values():
            own = stack.enter_context(TemporaryDirectory(prefix="gradatim-cohort-"))
            settings = services.settings.model_copy(update={"data_dir": Path(own)})
            graph = await stack.enter_async_context(open_tutor(settings, services=services))
        yield Conversations(cohort, arms, seed, faults, services.sandbox, graph)


async def plant(folder: Path, sandbox: Sandbox, most: int, seed: int) -> list[Fault]:
    """Faults planted in the references of a folder's tasks that make the program fail, task by task in turn.

    Raises:
        InputError: There are none.
        SandboxError: Programs cannot be run.
    """
    chance = random.Random(seed)
    waiting: list[list[Fault]] = []
    for path in sorted((folder / "tasks").glob("*.yaml")):
        task = load_task(path)
        faults = list(planted(task, task.reference)) if task.reference is not None else []
        chance.shuffle(faults)
        waiting.append(faults)
    found: list[Fault] = []
    while any(waiting) and len(found) < most:
        for faults in waiting:
            while faults and len(found) < most:
                fault = faults.pop()
                if not (await execute(sandbox, fault.task, Submission.of(fault.task.id, fault.code))).passed:
                    found.append(fault)
                    break
    if not found:
        raise InputError(
            "holds no task with a reference program in which a fault can be planted", place=str(folder),
            remedy="name a folder with tasks/*.yaml in data.path",
        )  # fmt: skip
    return found


def _solves(dialogue: Dialogue) -> float:
    return 1.0 - SLIP if dialogue.how == "understood" else GUESS


def _messages(dialogue: Dialogue) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [_of_learner(dialogue.opening)]
    for exchange in dialogue.exchanges:
        found.append({"role": "assistant", "content": exchange.text})
        found.append(_of_learner(exchange.reply))
    return found


def _of_learner(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "user", "content": reply.message}
    if reply.code is not None:
        message["code"] = reply.code
    if reply.passed is not None:
        message["passed"] = reply.passed
    return message
