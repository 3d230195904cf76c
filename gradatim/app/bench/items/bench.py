"""`gradatim bench items`: what generated items are worth.

Items are made for abilities spread over [−2, 2], the kinds in turn, each new among those before it. What they claim is
executed again by the checker that also reads items from files. Their estimated difficulties are held against simulated
learners who work on each item (`gradatim.app.bench.items.solving`), in a world of its own: other learners, other slips,
other misconceptions than those that the weights were fitted to. `unseen` figures count only items of families that the
weights do not know.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradatim.app.bench import BenchRequest, Figures
from gradatim.app.bench.items.simulation import Floats, Observed, observe
from gradatim.errors import InputError
from gradatim.kg import packaged_curriculum
from gradatim.tools.items.checking import problems_of
from gradatim.tools.items.difficulty import packaged_weights
from gradatim.tools.items.item import Item, ItemKind
from gradatim.tools.items.kinds import KINDS
from gradatim.tools.items.maker import Maker
from gradatim.tools.items.source import shape
from gradatim.tools.items.target import Target
from gradatim.tools.sandbox import open_sandbox

if TYPE_CHECKING:
    from gradatim.settings import Settings

_ITEMS = 200
LEARNERS = 120
"""Simulated learners who work on every item."""
_SEED = 3
_REACH = 2.0


def run(request: BenchRequest) -> Figures:
    """Make items, execute what they claim, and let simulated learners work on them."""
    count = request.sample or _ITEMS
    if count < 5:
        raise InputError("too few items to measure anything", place="--sample", remedy="ask for at least 5")
    kinds = list(KINDS)
    theta = np.linspace(-_REACH, _REACH, count)
    np.random.default_rng(_SEED).shuffle(theta)
    request.say(f"making {count} items")
    made, wanted, bad, seconds, duplicates = asyncio.run(_make(request.settings, kinds, theta.tolist(), request))
    request.say(f"{LEARNERS} simulated learners work on them")
    observed = observe(made, LEARNERS, _SEED)
    d = np.array([item.difficulty.value for item in made])
    known = set(packaged_weights().families)
    unseen = np.array([item.template not in known for item in made])
    figures: dict[str, str | int | float | bool | None] = {
        "items": len(made),
        "reference_passes_share": _share(made, bad, "task.reference"),
        "two_misconceptions_fail_share": _share(made, bad, "wrong"),
        "nothing_wrong_share": round(sum(not problems for problems in bad) / len(made), 4),
        "duplicates": duplicates,
        "templates": len({item.template for item in made}),
        "concepts": len({concept for item in made for concept in item.concepts}),
        "misconceptions": len({wrong.misconception for item in made for wrong in item.wrong}),
        "spearman_simulated": spearman(d, observed.b),
        "spearman_simulated_unseen_templates": spearman(d[unseen], observed.b[unseen]),
        "items_of_unseen_templates": int(unseen.sum()),
        "request_error_median_logits": _median(d - np.array(wanted)),
        "simulated_request_error_median_logits": _median(observed.b - np.array(wanted)),
        "simulated_error_of_b_median_logits": round(float(np.median(observed.errors)), 3),
        "simulated_right_share": round(float(observed.right.mean()), 3),
        "seconds_an_item": round(seconds / len(made), 3),
    }
    for kind in kinds:
        own = np.array([item.kind == kind for item in made])
        figures |= _of_kind(kind, d[own], observed, own, np.array(wanted)[own])
    return figures


async def _make(
    settings: Settings, kinds: Sequence[ItemKind], theta: Sequence[float], request: BenchRequest
) -> tuple[list[Item], list[float], list[list[str]], float, int]:
    """Items with what was wanted of each, what the checker finds wrong, the seconds it took, and duplicates."""
    graph = packaged_curriculum()
    made: list[Item] = []
    wanted: list[float] = []
    async with open_sandbox(settings) as sandbox:
        maker = Maker(sandbox, graph)
        began = time.monotonic()
        for number, value in enumerate(theta):
            kind = kinds[number % len(kinds)]
            made.append((await maker.make(Target(value), (kind,), seed=f"{_SEED} {number}")).item)
            wanted.append(value)
            if (number + 1) % 50 == 0:
                request.say(f"{number + 1} items made")
        seconds = time.monotonic() - began
        bad = [await problems_of(sandbox, item, graph) for item in made]
    for item, problems in zip(made, bad, strict=True):
        for problem in problems:
            request.say(f"{item.kind} from {item.template}: {problem}")
    return made, wanted, bad, seconds, _duplicates(made)


def _duplicates(made: Sequence[Item]) -> int:
    """Items of one kind that ask about the same code, up to names and constants, or read the same."""
    seen: set[tuple[str, ...]] = set()
    for item in made:
        code = item.program if item.kind == "fix" else item.task.reference
        gap = item.program or "" if item.kind == "choice" and item.task.kind == "function" else ""
        seen.add((item.kind, shape(_functions(code or "")), str(gap.splitlines().index(_gap(gap))) if gap else ""))
    return len(made) - len(seen)


def _gap(program: str) -> str:
    return next(line for line in program.splitlines() if line.strip() == "____")


def _functions(code: str) -> str:
    """The program without the lines that print."""
    return "\n".join(line for line in code.splitlines() if not line.startswith("print("))


def _share(made: Sequence[Item], bad: Sequence[Sequence[str]], field: str) -> float:
    """Share of items in which nothing is wrong with a field."""
    return round(sum(not any(one.startswith(field) for one in problems) for problems in bad) / len(made), 4)


def _of_kind(kind: ItemKind, d: Floats, observed: Observed, own: np.ndarray, wanted: Floats) -> Figures:  # type: ignore[type-arg]
    return {
        f"{kind}_items": len(d),
        f"{kind}_spearman_simulated": spearman(d, observed.b[own]),
        f"{kind}_request_error_median_logits": _median(d - wanted),
        f"{kind}_simulated_request_error_median_logits": _median(observed.b[own] - wanted),
        f"{kind}_simulated_right_share": round(float(observed.right[own].mean()), 3),
    }


def _median(gaps: Floats) -> float:
    return round(float(np.median(np.abs(gaps))), 3)


def spearman(one: Floats, other: Floats) -> float | None:
    """Spearman's rank correlation (1904), equal values at their mean rank; `None` for fewer than three."""
    if len(one) < 3:
        return None
    first, second = _ranks(one), _ranks(other)
    first, second = first - first.mean(), second - second.mean()
    scale = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return round(float((first * second).sum()) / scale, 4) if scale > 0.0 else None


def _ranks(values: Floats) -> Floats:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2.0)[places]
