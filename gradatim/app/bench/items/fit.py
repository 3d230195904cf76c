"""Fits the weights of difficulty to simulated learners: `python -m gradatim.app.bench.items.fit OUT.json`.

Items are drawn from some of the families only (`FITTED`), so that the others can tell how well the weights serve for
programs that they do not know. Ridge regression, with the penalty and the standard error by leaving out one family
after the other (Hoerl and Kennard, 1970).
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradatim.app.bench.items.simulation import observe
from gradatim.kg import packaged_curriculum
from gradatim.settings import load_settings
from gradatim.tools.items.difficulty import Estimator
from gradatim.tools.items.families import FAMILIES, Family
from gradatim.tools.items.features import COMMON, OF_KIND
from gradatim.tools.items.finishing import Refused, finish
from gradatim.tools.items.item import Item, ItemKind
from gradatim.tools.items.kinds import KINDS
from gradatim.tools.items.material import examine
from gradatim.tools.items.testing import choose_tests
from gradatim.tools.sandbox import Sandbox, open_sandbox

Floats = NDArray[np.float64]
_PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0)
_SEED = 20_260


def is_fitted(family: str) -> bool:
    """Whether the weights may learn from a family: four of five, by a checksum of its name."""
    return zlib.crc32(family.encode()) % 5 < 4


async def draw_items(
    sandbox: Sandbox, families: Sequence[Family], each: int, seed: int, kinds: Sequence[ItemKind] = tuple(KINDS)
) -> list[Item]:
    """Items of some families as chance draws them, `each` programs a family and an item of every kind from each."""
    graph = packaged_curriculum()
    corrections = {item.id: item.correction for item in graph.misconceptions}
    estimator = Estimator(graph)
    found: dict[str, Item] = {}
    for family in families:
        for number in range(each):
            rng = random.Random(f"{seed} {family.id} {number}")
            material = await examine(sandbox, family.draw(rng), corrections, rng)
            tests = None if material is None else choose_tests(material, rng)
            if material is None or tests is None:
                continue
            for kind in kinds:
                drafts = list(KINDS[kind](material, tests, rng))
                for draft in rng.sample(drafts, min(1 + (kind in ("predict", "choice")), len(drafts))):
                    item = await finish(sandbox, draft, estimator.difficulty(draft), corrections)
                    if not isinstance(item, Refused):
                        found[item.id] = item
    return list(found.values())


def fit_kind(items: Sequence[Item], b: Floats, a: Floats) -> dict[str, Any]:
    """Weights of one kind of items, as plain data.

    Args:
        items: Of one kind.
        b: Difficulty of each: shape (items,).
        a: Discrimination of each.
    """
    names = [*COMMON, *OF_KIND[items[0].kind]]
    raw = np.array([[item.difficulty.features[name] for name in names] for item in items])
    kept = [column for column in range(len(names)) if raw[:, column].std() > 1e-6]
    names = [names[column] for column in kept]
    raw = raw[:, kept]
    means, scales = raw.mean(axis=0), raw.std(axis=0)
    x = (raw - means) / scales
    families = np.array([item.template for item in items])
    errors = {penalty: _left_out(x, b, families, penalty) for penalty in _PENALTIES}
    penalty = min(errors, key=lambda value: errors[value])
    weights = _ridge(x, b - b.mean(), penalty)
    return {
        "intercept": round(float(b.mean()), 4),
        "weights": {name: round(float(value), 4) for name, value in zip(names, weights, strict=True)},
        "means": {name: round(float(value), 4) for name, value in zip(names, means, strict=True)},
        "scales": {name: round(float(value), 4) for name, value in zip(names, scales, strict=True)},
        "error": round(errors[penalty], 4),
        "discrimination": round(float(np.exp(np.log(a).mean())), 4),
    }


def _ridge(x: Floats, y: Floats, penalty: float) -> Floats:
    return np.asarray(np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ y), dtype=np.float64)


def _left_out(x: Floats, b: Floats, families: NDArray[np.str_], penalty: float) -> float:
    """Root mean square error of each family by the weights of the others."""
    squares = 0.0
    for family in np.unique(families):
        out = families == family
        mean = float(b[~out].mean())
        weights = _ridge(x[~out], b[~out] - mean, penalty)
        squares += float((((x[out] @ weights) + mean - b[out]) ** 2).sum())
    return float(np.sqrt(squares / len(b)))


async def _main(path: Path, each: int, learners: int) -> None:
    chosen = [family for family in FAMILIES if is_fitted(family.id)]
    async with open_sandbox(load_settings()) as sandbox:
        items = await draw_items(sandbox, chosen, each, _SEED)
    observed = observe(items, learners, _SEED)
    kinds: dict[str, Any] = {}
    for kind in KINDS:
        places = [place for place, item in enumerate(items) if item.kind == kind]
        kinds[kind] = fit_kind(
            [items[place] for place in places], np.clip(observed.b[places], -5.0, 5.0), observed.a[places]
        )
    held = {"families": sorted(family.id for family in chosen), "kinds": kinds}
    await asyncio.to_thread(path.write_text, json.dumps(held, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
