"""Tasks that inspect_ai finds by name: `inspect eval gradatim/assessment --model …`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import Dataset, MemoryDataset
from langchain_core.language_models import BaseChatModel

from gradatim.evals.datasets import Example, load
from gradatim.evals.datasets.registry import named
from gradatim.evals.harness.inspecting.recorded import recorded_solver, recorded_traces
from gradatim.evals.harness.inspecting.scoring import gradatim_scorers
from gradatim.evals.harness.inspecting.solving import assessment_solver, tutoring_solver
from gradatim.evals.harness.inspecting.state import sample_for
from gradatim.settings import Settings
from gradatim.testing.learners import TURNS

Names = str | Sequence[str] | None
ASSESSED = ("outcome", "trust", "trajectory")
"""Scorers of assessments when none are named."""
TUTORED = (
    "tutoring",
    "leak",
    "degradations",
    "retries",
    "tool_errors",
    "latency",
    "tokens_input",
    "tokens_output",
    "cost",
)
"""Scorers of dialogues when none are named; those that count what an agent does again are about a single turn."""


def examples_dataset(
    data: str = "examples", path: str | Path | None = None, *, sample: int | None = None, seed: int = 0,
    faulty: bool = False,
) -> Dataset:  # fmt: skip
    """Examples of one of gradatim's data sets as a data set of inspect_ai.

    Args:
        data: Name (see `gradatim eval list data`), or a folder of tasks and submissions.
        path: Where it lies; only `examples` can do without.
        sample: So many examples, drawn at random with the verdicts' shares; all when not given.
        seed: Of that draw.
        faulty: Only programs of which the misconception is known: those that a learner can be simulated of.

    Raises:
        InputError: No such data set, or it cannot be read.
    """
    name, place = named(data, None if path is None else Path(path))
    examples = load(name, place, sample=sample, seed=seed)
    kept = [item for item in examples if not faulty or _simulable(item)]
    return MemoryDataset(
        [sample_for(item.trace("example"), item.id) for item in kept],
        name=name,
        location=None if place is None else str(place),
    )


def assessment_task(
    data: str | Dataset = "examples",
    path: str | Path | None = None,
    *,
    sample: int | None = None,
    seed: int = 0,
    model: str | BaseChatModel | None = None,
    scorers: Names = None,
    language: str | None = None,
    settings: Settings | None = None,
) -> Task:
    """Gradatim's assessment of the programs of a data set.

    Args:
        data, path, sample, seed: As for `examples_dataset`; or such a data set.
        model: As for `assessment_solver`.
        scorers: Keys or families; `outcome`, `trust` and `trajectory` when not given.
        language: Code of the language that learners are spoken to in.
        settings: Those of the environment when not given.

    Raises:
        InputError: No such data set or scorer.
    """
    chosen = data if isinstance(data, Dataset) else examples_dataset(data, path, sample=sample, seed=seed)
    return Task(
        dataset=chosen,
        solver=assessment_solver(model=model, language=language, settings=settings),
        scorer=gradatim_scorers(*_keys(scorers, ASSESSED)),
        name="assessment",
    )


def tutoring_task(
    data: str | Dataset = "examples",
    path: str | Path | None = None,
    *,
    sample: int | None = None,
    seed: int = 0,
    turns: int = TURNS,
    model: str | BaseChatModel | None = None,
    scorers: Names = None,
    language: str | None = None,
    settings: Settings | None = None,
) -> Task:
    """Gradatim's tutor with the learners of a data set: recorded ones of dialogues, simulated ones of programs.

    Args:
        data, path, sample, seed: As for `examples_dataset`; the seed is also that of simulated learners.
        turns: How often the tutor may speak.
        model: As for `assessment_solver`.
        scorers: Keys or families; `tutoring`, and what holds of a whole session, when not given (`TUTORED`).
        language: Code of the language that sessions are in.
        settings: Those of the environment when not given.

    Raises:
        InputError: No such data set or scorer.
    """
    chosen = data if isinstance(data, Dataset) else examples_dataset(data, path, sample=sample, seed=seed, faulty=True)
    return Task(
        dataset=chosen,
        solver=tutoring_solver(model=model, turns=turns, seed=seed, language=language, settings=settings),
        scorer=gradatim_scorers(*_keys(scorers, TUTORED)),
        name="tutoring",
    )


@task
def recorded(path: str, scorers: str | list[str] | None = None) -> Task:
    """Score the recorded runs of a file: `inspect eval gradatim/recorded -T path=runs.jsonl --model none/none`."""
    return Task(
        dataset=recorded_traces(path),
        solver=recorded_solver(),
        scorer=gradatim_scorers(*_keys(scorers, ())),
        name="recorded",
    )


@task
def assessment(
    data: str = "examples",
    path: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    own_model: str | None = None,
    scorers: str | list[str] | None = None,
    language: str | None = None,
) -> Task:
    """Gradatim's assessment, as `assessment_task`; `own_model` names a model of gradatim's own."""
    return assessment_task(
        data, path, sample=sample, seed=seed, model=own_model, scorers=scorers, language=language
    )  # fmt: skip


@task
def tutoring(
    data: str = "examples",
    path: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    turns: int = TURNS,
    own_model: str | None = None,
    scorers: str | list[str] | None = None,
    language: str | None = None,
) -> Task:
    """Gradatim's tutor, as `tutoring_task`; `own_model` names a model of gradatim's own."""
    return tutoring_task(
        data, path, sample=sample, seed=seed, turns=turns, model=own_model, scorers=scorers, language=language
    )


def _keys(given: Names, otherwise: Sequence[str]) -> Sequence[str]:
    if given is None:
        return otherwise
    return given.split(",") if isinstance(given, str) else given


def _simulable(example: Example) -> bool:
    """Whether the example is a dialogue, or a program that a learner with a known misconception can be made of."""
    if example.inputs.get("messages") or example.outputs.get("messages"):
        return True
    return bool(example.reference.get("misconceptions")) and example.task is not None and bool(example.task.reference)
