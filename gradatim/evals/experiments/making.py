"""How one cell is run: by the assessment with parts taken away, the model alone, a workflow file, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, Protocol, cast

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.store.memory import InMemoryStore

from gradatim.domain import Feedback, Submission, Task, stable_id
from gradatim.errors import InputError
from gradatim.evals.experiments.asking import Asking, Tally, seeded
from gradatim.evals.experiments.base import ask_base
from gradatim.evals.experiments.cells import Cell
from gradatim.evals.experiments.parts import agents, reduced
from gradatim.evals.experiments.reading import Experiment
from gradatim.evals.experiments.sharing import Workbench
from gradatim.evals.experiments.spec import VariantSpec
from gradatim.graphs.assessment import build_assessment_graph
from gradatim.graphs.assessor import Assessor, assessment_of
from gradatim.graphs.services import Services
from gradatim.settings import load_settings

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a cell.

    Attributes:
        name: Of what was run: `assessment`, `base`, a workflow's name, `recorded`.
        outputs: As `Trace.outputs`.
        feedback: The text for the learner, where there is one; it is audited.
        seconds: What it took here.
        tally: What the model was asked.
        owed: Node → seconds that somebody else spent on work which it shares.
    """

    name: str
    outputs: Plain
    feedback: Feedback | None
    seconds: float
    tally: Tally = field(default_factory=Tally)
    owed: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def alone(self) -> float:
        """Seconds that it would have taken alone."""
        return self.seconds + sum(self.owed.values()) + sum(spent for _, spent in self.tally.saved)


class Maker(Protocol):
    """Runs the cells of one variant and model."""

    async def make(self, cell: Cell) -> Made:
        """Run one cell.

        Raises:
            GradatimError: It cannot be run.
        """
        ...


def maker_of(experiment: Experiment, name: str, services: Services, bench: Workbench, asking: Asking) -> Maker:
    """What runs the cells of a variant.

    Args:
        services: With the model of these cells; nothing is taken away yet.

    Raises:
        WorkflowError: The variant's workflow is wrong.
    """
    variant = experiment.spec.variant(name)
    services = with_settings(services, variant, experiment)
    if variant.recorded:
        return _Recorded()
    if variant.base:
        return _Base(services, asking)
    if variant.workflow is not None:
        return _Workflow(experiment, variant, services, asking)
    return _Assessment(services, variant, bench, asking)


def with_settings(services: Services, variant: VariantSpec, experiment: Experiment) -> Services:
    """The services with the settings of a variant."""
    if not variant.settings:
        return services
    changes: Plain = dict(variant.settings)
    if isinstance(changes.get("policy"), str):
        changes["policy"] = experiment.resolved(changes["policy"])
    checked = load_settings(**changes)
    own = services.settings.model_copy(update={key: getattr(checked, key) for key in changes})
    return replace(services, settings=own)


def program_of(cell: Cell) -> tuple[Task, Submission]:
    """Task and submission of a cell, the submission in the name of the example's learner.

    Raises:
        InputError: The example has none.
    """
    task, submission = cell.example.task, cell.example.submission
    if task is None or submission is None:
        raise InputError(
            "has no task with a submission, which an assessment needs", place=f"example {cell.example.id}",
            remedy="judge what the data set holds with a variant `recorded: true`, or name another data set",
        )  # fmt: skip
    learner: Any = cell.example.inputs.get("learner")
    if isinstance(learner, str) and submission.learner_id is None:
        submission = submission.model_copy(update={"learner_id": learner})
    return task, submission


class _Assessment:
    """The assessment graph, some of its agents replaced. Every cell has a memory of its own for what it settles."""

    def __init__(self, services: Services, variant: VariantSpec, bench: Workbench, asking: Asking) -> None:
        self._services = reduced(services, variant.without)
        self._variant = variant
        self._bench = bench
        self._asking = asking

    async def make(self, cell: Cell) -> Made:
        task, submission = program_of(cell)
        model, tally = seeded(self._services.model, cell.seed, self._asking)
        services = replace(self._services, model=model)
        replaced = agents(services, self._variant.without, self._bench)
        store = InMemoryStore()
        saver = InMemorySaver()
        graph: Any = build_assessment_graph(services, replaced)
        compiled = graph.compile(checkpointer=saver, store=store, name="assessment")
        began = perf_counter()
        # what a run's id decides (which feedback a policy sends to a person by lot) is the same for all variants
        thread = stable_id(cell.example.id, str(cell.seed), length=16)
        assessment = await Assessor(services, compiled, saver, store).assess(task, submission, thread=thread)
        seconds = perf_counter() - began
        tally.answered(f"model {cell.model}")
        outputs = assessment.plain()
        for key in ("task", "submission"):
            del outputs[key]
        shared = await self._bench.observed(task, submission, services.settings.repair_seconds)
        spent: dict[str, float] = dict(outputs.get("seconds") or {})
        # whoever came first paid for all: each is charged what it would have taken alone
        owed = {node: max(0.0, cost - spent.get(node, 0.0)) for node, cost in shared.seconds.items()}
        outputs["seconds"] = {**spent, **shared.seconds}
        return Made("assessment", outputs, assessment.feedback, seconds, tally, owed)


class _Base:
    """The model alone."""

    def __init__(self, services: Services, asking: Asking) -> None:
        self._model = services.model
        self._asking = asking

    async def make(self, cell: Cell) -> Made:
        task, submission = program_of(cell)
        model, tally = seeded(self._model, cell.seed, self._asking)
        began = perf_counter()
        feedback, outputs = await ask_base(model, task, submission)
        outputs |= {"feedback": feedback.plain(), "delivered": True}
        return Made("base", outputs, feedback, perf_counter() - began, tally)


class _Recorded:
    """Nothing is run: the data set's own outputs are judged."""

    async def make(self, cell: Cell) -> Made:
        outputs = dict(cell.example.outputs)
        if not outputs:
            raise InputError(
                "holds no recorded outputs", place=f"example {cell.example.id}",
                remedy="name a data set of recorded runs, or leave `recorded:` out",
            )  # fmt: skip
        return Made("recorded", outputs, _feedback_in(outputs), 0.0)


class _Workflow:
    """A workflow file."""

    def __init__(self, experiment: Experiment, variant: VariantSpec, services: Services, asking: Asking) -> None:
        from gradatim.errors import WorkflowError
        from gradatim.graphs.workflow import load_workflow
        from gradatim.graphs.workflow.checking import examine

        named = str(variant.workflow)
        source = named if named.startswith("packaged:") else experiment.resolved(named)
        self._found = examine(load_workflow(source), variant.parameters)
        if self._found.findings:
            raise WorkflowError(self._found.workflow.places.source, self._found.findings.problems())
        self._services = reduced(services, ())
        self._asking = asking

    async def make(self, cell: Cell) -> Made:
        from gradatim.graphs.workflow.running import WorkflowRunner

        model, tally = seeded(self._services.model, cell.seed, self._asking)
        services = replace(self._services, model=model)
        runner = WorkflowRunner(self._found, services, InMemorySaver(), InMemoryStore())
        wanted = self._found.workflow.spec.inputs
        given: Plain = {key: value for key, value in cell.example.inputs.items() if key in wanted}
        if "submission" in given:
            given["submission"] = program_of(cell)[1].plain()
        began = perf_counter()
        run = await runner.run(given, thread=stable_id(cell.example.id, str(cell.seed), length=16))
        seconds = perf_counter() - began
        tally.answered(f"model {cell.model}")
        outputs, feedback = _outputs_of(run.state, run.outputs, waiting=bool(run.questions))
        return Made(run.workflow, outputs, feedback, seconds, tally)


_ASSESSED = ("id", "task", "submission", "execution", "diagnosis", "confidence")


def _outputs_of(state: Plain, outputs: Plain, *, waiting: bool) -> tuple[Plain, Feedback | None]:
    """A workflow's outputs in the form of an assessment's, as far as its state has what that needs."""
    if all(state.get(key) for key in _ASSESSED) and (state.get("outcome") or state.get("checked")):
        assessment = assessment_of(state, waiting=waiting)
        plain = assessment.plain()
        for key in ("task", "submission"):
            del plain[key]
        return {**outputs, **plain}, assessment.feedback
    kept: Plain = {key: state[key] for key in ("seconds", "usage", "degradations", "prompts") if state.get(key)}
    found: Plain = {**kept, **outputs, "waiting": waiting}
    return found, _feedback_in(found)


def _feedback_in(outputs: Mapping[str, Any]) -> Feedback | None:
    """The text for the learner among some outputs: a `feedback`, or the one of an `outcome`."""
    outcome: Any = outputs.get("outcome")
    inner = cast("Plain", outcome).get("feedback") if isinstance(outcome, Mapping) else None
    for value in (outputs.get("feedback"), inner):
        if isinstance(value, Mapping):
            try:
                return Feedback.model_validate(value)
            except ValueError:
                continue  # of another form than ours: judged by scorers alone
    return None
