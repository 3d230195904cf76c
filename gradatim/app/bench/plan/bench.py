"""Plans every instruction with the model and by the words alone, and counts what the workflows do."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from time import perf_counter
from typing import Any

import yaml
from langchain_core.language_models import BaseChatModel

from gradatim.app.bench import BenchRequest, Figures
from gradatim.app.bench.plan.predicates import Ask, unmet
from gradatim.errors import GradatimError
from gradatim.graphs.planning import Plan, Planner
from gradatim.graphs.workflow.loading import load_workflow
from gradatim.serving import open_chat_model

_SEED = 7


@dataclass(frozen=True, slots=True)
class Instruction:
    """An instruction and what it asks for."""

    say: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one instruction.

    Attributes:
        checked: Whether there is a workflow that passes the checker.
        missing: Steps that it does not do.
        questions: How often the planner had to ask back.
        asked_model: Whether a model found a step.
    """

    checked: bool
    missing: tuple[Ask, ...]
    questions: int
    seconds: float
    asked_model: bool = False

    @property
    def right(self) -> bool:
        """Whether it counts."""
        return self.checked and not self.missing


def read_instructions(name: str) -> tuple[Instruction, ...]:
    """The instructions of a file of this package."""
    text = resources.files("gradatim.app.bench.plan").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    given: list[dict[str, Any]] = yaml.safe_load(text)
    return tuple(Instruction(item["say"], tuple(item["asks"])) for item in given)


def judge(instruction: Instruction, made: Plan, seconds: float) -> Tried:
    """What a plan comes to."""
    asked = any(step.found_by == "model" for step in made.steps)
    if not made.sound:
        return Tried(False, instruction.asks, len(made.questions), seconds, asked)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in made.files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        workflow = load_workflow(Path(folder) / made.main)
        return Tried(True, tuple(unmet(workflow, instruction.asks)), len(made.questions), seconds, asked)


async def try_out(planner: Planner, instruction: Instruction) -> Tried:
    """Plan one instruction; nothing that goes wrong with it stops the others."""
    start = perf_counter()
    try:
        made = await planner.plan(instruction.say)
    except GradatimError:
        return Tried(False, instruction.asks, 1, perf_counter() - start)
    return judge(instruction, made, perf_counter() - start)


def plan(request: BenchRequest) -> Figures:
    """Run the benchmark.

    Raises:
        ModelError: The model is not on disk.
    """
    model = None if request.settings.model == "none" else open_chat_model(request.settings.model, request.settings)
    return asyncio.run(_plan(request, model))


async def _plan(request: BenchRequest, model: BaseChatModel | None) -> Figures:
    figures: dict[str, str | int | float | bool | None] = {"model": request.settings.model}
    seconds: list[float] = []
    for name in ("instructions", "held_back", "unusual"):
        chosen = read_instructions(name)
        if request.sample is not None and request.sample < len(chosen):
            chosen = tuple(random.Random(_SEED).sample(chosen, request.sample))
        figures[name] = len(chosen)
        planners = {"model": Planner(model), "words": Planner(None)} if model is not None else {"words": Planner(None)}
        for who, planner in planners.items():
            tried = [await _told(request, planner, item) for item in chosen]
            figures |= _figures(f"{name}_{who}", tried)
            if who == "model" or model is None:
                seconds += [item.seconds for item in tried]
    close = getattr(getattr(model, "transport", None), "aclose", None)
    if close is not None:
        await close()
    return figures | {"median_seconds": statistics.median(seconds), "longest_seconds": max(seconds)}


async def _told(request: BenchRequest, planner: Planner, instruction: Instruction) -> Tried:
    tried = await try_out(planner, instruction)
    if not tried.right:
        why = "no checked workflow" if not tried.checked else f"not done: {', '.join(map(str, tried.missing))}"
        request.say(f"{instruction.say[:100]} — {why}")
    return tried


def _figures(name: str, tried: Sequence[Tried]) -> dict[str, float | int]:
    return {
        f"{name}_right": sum(item.right for item in tried) / len(tried),
        f"{name}_checked": sum(item.checked for item in tried) / len(tried),
        f"{name}_asked_back": sum(item.questions > 0 for item in tried) / len(tried),
        f"{name}_by_model": sum(item.asked_model for item in tried),
    }
