"""Plain knowledge tracing beside pyBKT: the same responses, both sides in one run.

pyBKT stands here twice: the current release, which works in numpy alone, and the last one that came with its inner
loops in C++, which needs a compiler to be installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from gradatim.app.bench.peers import peer_python
from gradatim.app.bench.peerscript import run_peer
from gradatim.app.bench.tracing import pybkt
from gradatim.memory.tracing.data import Sequences
from gradatim.memory.tracing.evaluation.metrics import auc
from gradatim.memory.tracing.fitting.em import EMOptions, fit_bkt
from gradatim.memory.tracing.models.plain_bkt import BKT

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest

_SHARED = ("numpy==1.26.4", "scikit-learn==1.6.1", "pandas==2.2.3", "requests==2.34.2")
PEERS = {"pybkt": (*_SHARED, "pyBKT==1.4.3"), "pybkt_compiled": (*_SHARED, "pyBKT==1.4.1")}
"""What is installed for each."""
KINDS = {"pybkt": ("plain",), "pybkt_compiled": ("plain", "forgets")}
"""As each is called by default, and with forgetting, as ours always is."""
FOLDS = {"pybkt": 1, "pybkt_compiled": 5}
"""On how many parts each is measured; the current release takes minutes for one."""
REPEATS = 5
"""Fits of ours; the fastest counts, as the others were disturbed."""
_NAMES = ("fit_seconds", "auc", "auc_mean_of_skills", "fit_time_ratio", "auc_ours_above", "auc_mean_ours_above")

Told = dict[str, str | int | float | bool | None]
Reals = npt.NDArray[np.float64]
Part = tuple[Sequences, Sequences]
"""Training and test."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    seconds: float
    auc: float
    """Over all rows together."""
    mean: float
    """Of the AUCs of the skills."""


def beside_pybkt(request: BenchRequest, parts: Sequence[Part], skills: int) -> Told:
    """Fit and predict the largest skills with both; figures of a pyBKT that cannot be had are `None`."""
    parts = [_largest(part, skills) for part in parts]
    request.say(f"fitting BKT to the {skills} largest skills")
    ours = [_ours(part) for part in parts]
    told: Told = {
        "largest_skills": len(np.unique(parts[0][0].skill)),
        "largest_responses": len(parts[0][0]),
        "largest_fit_seconds": round(ours[0].seconds, 5),
        "largest_auc": round(fmean(each.auc for each in ours), 5),
        "largest_auc_mean_of_skills": round(fmean(each.mean for each in ours), 5),
    }
    for peer in PEERS:
        told |= _beside(request, peer, parts, ours)
    return told


def _largest(part: Part, skills: int) -> Part:
    size = np.bincount(part[0].skill, minlength=len(part[0].skills))
    largest = [part[0].skills[int(place)] for place in np.argsort(-size, kind="stable")[:skills]]
    train, test = (data.rows(data.skill_codes(largest) >= 0) for data in part)
    return train, test


def _ours(part: Part) -> _Outcome:
    train, test = part
    names = [train.skills[int(place)] for place in np.unique(train.skill)]
    runs: list[tuple[float, BKT]] = []
    for _ in range(REPEATS):
        begin = perf_counter()
        fitted = fit_bkt(train, EMOptions(), names)
        runs.append((perf_counter() - begin, BKT(fitted.parameters)))
    seconds, model = min(runs, key=lambda run: run[0])
    return _Outcome(seconds, *_aucs(test, model.predict(test)))


def _beside(request: BenchRequest, peer: str, parts: Sequence[Part], ours: Sequence[_Outcome]) -> Told:
    told: Told = dict.fromkeys([f"{peer}_folds", *(f"{peer}_{kind}_{name}" for kind in KINDS[peer] for name in _NAMES)])
    python = peer_python(request.settings, PEERS[peer], peer.replace("_", "-"), request.say)
    if python is None:
        return told
    found: dict[str, list[_Outcome]] = {kind: [] for kind in KINDS[peer]}
    folds = min(FOLDS[peer], len(parts))
    for number, (train, test) in enumerate(parts[:folds], start=1):
        request.say(f"fitting {PEERS[peer][-1]} to them ({', '.join(found)}), fold {number} of {folds}")
        given = {"train": _rows(train), "test": _rows(test), "kinds": np.array(KINDS[peer])}
        answered = run_peer(python, Path(pybkt.__file__), given, request.say)
        if answered is None:
            return told
        for kind in found:
            predicted = np.asarray(answered[f"{kind}_predicted"], np.float64)
            found[kind].append(_Outcome(float(answered[f"{kind}_seconds"]), *_aucs(test, predicted)))
    told[f"{peer}_folds"] = folds
    for kind, theirs in found.items():
        pooled, mean = fmean(each.auc for each in theirs), fmean(each.mean for each in theirs)
        # Ours of the same folds.
        above = fmean(each.auc for each in ours[:folds]) - pooled
        mean_above = fmean(each.mean for each in ours[:folds]) - mean
        seconds = min(each.seconds for each in theirs)
        ratio = seconds / min(each.seconds for each in ours[:folds])
        values = (seconds, pooled, mean, ratio, above, mean_above)
        told |= {f"{peer}_{kind}_{name}": round(value, 5) for name, value in zip(_NAMES, values, strict=True)}
    return told


def _aucs(test: Sequences, predicted: Reals) -> tuple[float, float]:
    """AUC over all rows together, and the mean over skills."""
    pooled = auc(test.correct, predicted) or 0.5
    own = [auc(test.correct[mine], predicted[mine]) for mine in (test.skill == k for k in np.unique(test.skill))]
    return pooled, fmean([value for value in own if value is not None] or [0.5])


def _rows(data: Sequences) -> npt.NDArray[np.int64]:
    return np.stack([data.learner, data.skill, data.correct], axis=1).astype(np.int64)
