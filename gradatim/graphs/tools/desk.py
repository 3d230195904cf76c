"""What the tools share: the agents' services, the exercises, whom they speak for, and the cases of late."""

from __future__ import annotations

import difflib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field

from gradatim.agents import Diagnostician, Executor, Intake, Retriever
from gradatim.domain import Execution, Submission, Task
from gradatim.errors import InputError
from gradatim.graphs.assessor import Assessor
from gradatim.graphs.services import Services
from gradatim.graphs.tools.audience import Audience, View
from gradatim.memory.rights.pseudonyms import known_as
from gradatim.tools.claims import Case

_KEPT = 16
"""Cases that are remembered: a model asks several things about one program."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the tools do their work.

    Attributes:
        services: Collaborators of the agents.
        tasks: Exercises by id.
        audience: Who reads what the tools answer.
        learner_id: The one learner that the tools may ask the memory about, as a person names them; staff may name any.
        assessor: Runs whole assessments; without one there is no tool for them.
        language: Code of the language that answers speak; that of the settings when not given.
    """

    services: Services
    tasks: Mapping[str, Task] = field(default_factory=dict[str, Task])
    audience: Audience = "learner"
    learner_id: str | None = None
    assessor: Assessor | None = None
    language: str | None = None
    _cases: OrderedDict[tuple[str, str], Case] = field(default_factory=OrderedDict[tuple[str, str], Case])

    @property
    def spoken(self) -> str:
        """Code of the language that answers speak."""
        return self.language or self.services.settings.language

    def task(self, task_id: str) -> Task:
        """The exercise of this id.

        Raises:
            InputError: There is none; proposes another.
        """
        task = self.tasks.get(task_id)
        if task is None:
            near = difflib.get_close_matches(task_id, self.tasks, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else "call list_tasks for the ids"
            raise InputError("there is no such task", place=f"task {task_id!r}", remedy=remedy)
        return task

    def view(self, task: Task) -> View:
        """What the audience may read about a task."""
        return View.of(task, self.audience)

    def learner(self, named: str | None) -> str:
        """The id under which the memory knows the learner whom a call is about.

        Raises:
            InputError: No learner was named, or not the one that these tools are for.
        """
        given = self.learner_id if self.audience == "learner" else named or self.learner_id
        if given is None:
            raise InputError("no learner was named", place="learner_id", remedy="name the learner")
        return known_as(self.services.settings, given)

    def submission(self, task: Task, code: str, learner_id: str | None = None) -> Submission:
        """The program, taken in.

        Raises:
            SubmissionError: It is too large.
        """
        intake = Intake(self.services.settings.submission_limit)
        return intake.admit(task.id, Submission.of(task.id, code, learner_id=learner_id))

    async def execution(self, task: Task, code: str) -> Execution:
        """The program's tests, run.

        Raises:
            SandboxError: Programs cannot be run safely here.
            SubmissionError: The program is too large.
        """
        known = self._cases.get((task.id, code))
        if known is not None:
            return known.execution
        return await Executor(self.services.sandbox).execute(task, self.submission(task, code))

    async def case(self, task: Task, code: str) -> Case:
        """The program with everything that can be observed about it; a case of late is not worked out again.

        Raises:
            SandboxError: Programs cannot be run safely here.
            SubmissionError: The program is too large.
        """
        key = (task.id, code)
        if key not in self._cases:
            services = self.services
            submission = self.submission(task, code)
            execution = await Executor(services.sandbox).execute(task, submission)
            diagnostician = Diagnostician(services.sandbox, services.concepts, services.settings.repair_seconds)
            diagnosis = await diagnostician.diagnose(task, submission, execution)
            retriever = Retriever(services.concepts, services.passages, services.related)
            grounds = await retriever.ground(task, diagnosis)
            self._cases[key] = Case.of(task, submission, execution, diagnosis, grounds)
        self._cases.move_to_end(key)
        while len(self._cases) > _KEPT:
            self._cases.popitem(last=False)
        return self._cases[key]
