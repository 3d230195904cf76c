"""The learners of a pre/post design as cells of an experiment, and what comes of all of them together."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import orjson

from gradatim.errors import InputError
from gradatim.evals.datasets import Example
from gradatim.evals.experiments.asking import Asking, Tally, seeded
from gradatim.evals.experiments.cells import Cell, digest, ground
from gradatim.evals.experiments.cohorts.analysis import GainAnalysis, analyse, person_of
from gradatim.evals.experiments.cohorts.person import assigned, name_of
from gradatim.evals.experiments.cohorts.worlds import LearnerWorld, check_treatments, open_world
from gradatim.evals.experiments.making import Made, Maker
from gradatim.evals.experiments.reading import Experiment
from gradatim.evals.experiments.spec import CohortSpec
from gradatim.evals.results import TRACES
from gradatim.evals.traces import read_traces
from gradatim.graphs.services import Services
from gradatim.settings import Settings

GAINS = "gains.json"
"""File of the results' folder with the analysis of each seed and model."""


def arms_of(experiment: Experiment) -> dict[str, str]:
    """Arm → treatment, the control first."""
    return {name: str(experiment.spec.variant(name).treatment) for name in experiment.spec.variants}


def cohort_cells(experiment: Experiment, settings: Settings, graph_version: str) -> Iterator[Cell]:
    """A cell for each learner: in the arm that the lot gave them.

    Raises:
        InputError: The world knows no such treatment.
    """
    spec = experiment.spec
    cohort, arms = spec.cohort or CohortSpec(), arms_of(experiment)
    check_treatments(cohort.world, list(arms.values()))
    base = [ground(spec.temperature, settings, graph_version), cohort.model_dump(mode="json"), arms]
    folder = None if spec.data.path is None else str(experiment.resolved(spec.data.path))
    for seed in spec.seeds:
        given = assigned(cohort.learners, list(arms), seed)
        for model in spec.models:
            for place, arm in enumerate(given):
                example = Example(name_of(place), {"learner": name_of(place), "treatment": arms[arm], "place": place})
                yield Cell(digest([*base, folder, seed, model, place])[:32], arm, model, seed, example)


class Cohorts:
    """Lets what happens to learners happen.

    Args:
        services: Model → services with it.
        asking: Model → how it is asked.
        stack: Closes what is opened here.
    """

    def __init__(
        self,
        experiment: Experiment,
        services: Mapping[str, Services],
        asking: Mapping[str, Asking],
        stack: AsyncExitStack,
    ) -> None:
        self._experiment = experiment
        self._services = services
        self._asking = asking
        self._stack = stack
        self._worlds: dict[tuple[int, str], LearnerWorld] = {}
        self._tallies: dict[tuple[int, str], Tally] = {}
        self._lock = asyncio.Lock()

    def maker(self, cell: Cell) -> Maker:
        """What runs a cell."""
        return self

    async def make(self, cell: Cell) -> Made:
        """One learner's pre-test, treatment and post-test."""
        world = await self._world(cell.seed, cell.model)
        began = perf_counter()
        person = await world.person(int(cell.example.inputs["place"]))
        self._tallies[cell.seed, cell.model].answered(f"model {cell.model}")
        return Made("pre-post", person.outputs(), None, perf_counter() - began)

    async def _world(self, seed: int, model: str) -> LearnerWorld:
        async with self._lock:
            if (seed, model) not in self._worlds:
                spec = self._experiment.spec
                folder: Path | None = None
                if spec.data.path is not None:
                    folder = self._experiment.resolved(spec.data.path)
                services = self._services[model]
                asked, tally = seeded(services.model, seed, self._asking[model])
                opening = open_world(
                    spec.cohort or CohortSpec(),
                    arms_of(self._experiment),
                    seed,
                    replace(services, model=asked),
                    folder,
                )
                self._tallies[seed, model] = tally
                self._worlds[seed, model] = await self._stack.enter_async_context(opening)
            return self._worlds[seed, model]


def gains_of(folder: Path, experiment: Experiment) -> dict[tuple[int, str], GainAnalysis]:
    """The analysis of each seed and model of a folder of results; written there as well.

    Raises:
        InputError: Too few learners ended.
        NoStatistics: statsmodels or scipy is missing.
    """
    arms = list(arms_of(experiment))
    found: dict[tuple[int, str], GainAnalysis] = {}
    traces = [trace for trace in read_traces(folder / TRACES) if "error" not in trace.outputs]
    for seed in experiment.spec.seeds:
        for model in experiment.spec.models:
            mine = [
                trace
                for trace in traces
                if trace.attributes.get("seed") == seed and trace.attributes.get("model") == model
            ]
            if not mine:
                raise InputError(
                    f"no learner of seed {seed} ended", place=str(folder), remedy="run the experiment to its end"
                )
            found[seed, model] = analyse(map(person_of, mine), arms)
    plain = [{"seed": seed, "model": model, **analysis.plain()} for (seed, model), analysis in found.items()]
    (folder / GAINS).write_bytes(orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY) + b"\n")
    return found
