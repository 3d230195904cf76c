"""From an experiment file to a run: data, services, models, and what was run before."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from langchain_core.language_models import BaseChatModel

from gradatim.errors import InputError
from gradatim.evals.datasets import Example, load
from gradatim.evals.datasets.sampling import sampled
from gradatim.evals.experiments.asking import Asking, Book
from gradatim.evals.experiments.audit import Auditor
from gradatim.evals.experiments.cells import Cell, cells_of
from gradatim.evals.experiments.claiming import opened, peeked
from gradatim.evals.experiments.cohorts.cells import Cohorts, cohort_cells
from gradatim.evals.experiments.histories import remember, with_histories
from gradatim.evals.experiments.making import Maker, maker_of
from gradatim.evals.experiments.names import Naming
from gradatim.evals.experiments.reading import Experiment
from gradatim.evals.experiments.running import ExperimentRun
from gradatim.evals.experiments.scoring import chosen
from gradatim.evals.experiments.sharing import Workbench
from gradatim.graphs.services import Services, open_services
from gradatim.serving.models import open_chat_model
from gradatim.settings import Settings

_ELSEWHERE = ("http://", "https://", "vllm:")
"""Models that answer many requests at a time; any other is one in this machine's memory."""

_DONORS = 2000
"""Examples of a data set at most that histories are made of."""


@asynccontextmanager
async def open_run(
    experiment: Experiment,
    folder: Path,
    settings: Settings,
    *,
    workers: int | None = None,
    models: dict[str, BaseChatModel] | None = None,
    again: bool = False,
    plan: bool = False,
) -> AsyncGenerator[ExperimentRun]:
    """An experiment, ready to run in a folder; what was run there before is taken up.

    Args:
        folder: Made when it is not there.
        settings: What holds for all variants; data and memory of the learners who are known there are not touched.
        workers: Cells at the same time, instead of the experiment's own number.
        models: Models by the names that the experiment gives them; others are opened.
        again: Run every cell anew; the model's answers still come from the cache where it was asked the same before.
        plan: Only to see what would be run: nothing is written to the folder, which need not be there.

    Raises:
        InputError: The data cannot be read, or the folder holds something else.
        SandboxError: Programs cannot be run here.
        ModelError: A model cannot be had.
    """
    spec = experiment.spec
    async with AsyncExitStack() as stack:
        kept = stack.enter_context(peeked(folder) if plan else opened(folder, experiment.name))
        base = _apart(settings, kept.cache)
        learners = spec.design == "pre-post"
        examples = [] if learners else await asyncio.to_thread(read_examples, experiment)
        services = await stack.enter_async_context(open_services(base))
        services = await _with_documents(services, settings)
        await remember(services.memory, examples)
        graph = await services.concepts.snapshot()
        bench = Workbench(services.sandbox, kept.cache / "evidence")
        named: dict[str, Services] = {}
        asking: dict[str, Asking] = {}
        book = Book(kept.cache / "asked.jsonl")
        for name in spec.models:
            given = (models or {}).get(name)
            named[name] = replace(services, model=given or await _opened_model(name, base, stack))
            alone = given is None and not name.startswith(_ELSEWHERE)
            asking[name] = Asking(spec.temperature, asyncio.Semaphore(1) if alone else None, book)
        if learners:
            cells = list(cohort_cells(experiment, settings, graph.version))
            makers = Cohorts(experiment, named, asking, stack).maker
            scorers = chosen(spec.scorers or ("learning_gain",))
        else:
            cells = list(cells_of(experiment, examples, settings, graph.version))
            makers = _Makers(experiment, named, asking, bench).of
            scorers = chosen(spec.scorers, dialogues=any("messages" in item.inputs for item in examples))
        auditor = Auditor(services, bench, Naming(graph))
        if again and not plan:
            kept.set_aside()
        at_once = workers or spec.workers
        yield ExperimentRun(experiment, kept, cells, scorers, makers, auditor, at_once, _prices(settings))


class _Makers:
    """What runs cells, made when the first cell of its kind comes."""

    def __init__(
        self,
        experiment: Experiment,
        services: Mapping[str, Services],
        asking: Mapping[str, Asking],
        bench: Workbench,
    ) -> None:
        self._experiment = experiment
        self._services = services
        self._asking = asking
        self._bench = bench
        self._made: dict[tuple[str, str], Maker] = {}

    def of(self, cell: Cell) -> Maker:
        """What runs a cell."""
        key = (cell.variant, cell.model)
        if key not in self._made:
            services, asking = self._services[cell.model], self._asking[cell.model]
            self._made[key] = maker_of(self._experiment, cell.variant, services, self._bench, asking)
        return self._made[key]


def read_examples(experiment: Experiment) -> list[Example]:
    """The examples of an experiment, with made-up histories where it asks for them.

    Raises:
        InputError: The data set cannot be read, or holds nothing.
    """
    data = experiment.spec.data
    path = None if data.path is None else experiment.resolved(data.path)
    groups = None if data.groups is None else experiment.resolved(data.groups)
    options: dict[str, Any] = dict(data.options)

    def everything() -> Iterator[Example]:
        return load(data.loader, path, groups=groups, **options)

    # from the whole data set: a larger sample must not change what is known of those who were in it before
    others = list(islice(everything(), _DONORS)) if data.histories else []
    if 0 < len(others) < _DONORS and data.sample is not None:
        found = list(sampled(lambda: others, data.sample, data.seed))
    elif 0 < len(others) < _DONORS:
        found = others
    else:
        found = list(load(data.loader, path, sample=data.sample, seed=data.seed, groups=groups, **options))
    if not found:
        raise InputError("holds no examples", place=f"data {data.loader}", remedy="name another path, or other options")
    return with_histories(found, others, data.histories, data.seed) if others else found


def _prices(settings: Settings) -> dict[str, float]:
    """What a million tokens cost, as far as the settings say."""
    known = {"input": settings.price_input, "output": settings.price_output, "cached": settings.price_cached}
    return {kind: price for kind, price in known.items() if price is not None}


async def _opened_model(name: str, settings: Settings, stack: AsyncExitStack) -> BaseChatModel:
    model = await asyncio.to_thread(open_chat_model, name, settings)
    close = getattr(getattr(model, "transport", None), "aclose", None)
    if close is not None:
        stack.push_async_callback(close)
    return model


def _apart(settings: Settings, cache: Path) -> Settings:
    """Settings with a memory of the experiment's own, and a cache of answers."""
    data = cache / "data"
    data.mkdir(parents=True, exist_ok=True)
    own = settings.data_dir / "calibration.json"
    if own.is_file():
        shutil.copyfile(own, data / own.name)
    else:
        (data / own.name).unlink(missing_ok=True)
    return settings.model_copy(
        update={
            "data_dir": data,
            "database": None,
            "recall": "embedded",
            "memory_key": None,
            "pseudonyms": False,
            "assumed_consent": ("personalisation",),
            "model": "none",
            "response_cache": settings.response_cache or cache / "answers.sqlite3",
        }
    )


async def _with_documents(services: Services, settings: Settings) -> Services:
    """The services with the course documents that were indexed for those who really learn."""
    if not settings.passages_path.is_dir():
        return services
    from gradatim.kg.passages.opening import open_passages

    return replace(services, passages=await open_passages(await services.concepts.snapshot(), settings.passages_path))
