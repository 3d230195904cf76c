"""Whatever comes in, there is an answer or an error that names the place; never a warning, never a silent figure."""

from __future__ import annotations

import itertools
import math
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.evals import statistics
from gradatim.evals.statistics import Estimate, NoStatistics, TestResult, library

SAMPLES: dict[str, list[Any]] = {
    "empty": [], "one": [0.5], "two": [0.2, 0.4], "constant": [0.5] * 6, "zeros": [0] * 6, "binary": [0, 1, 0, 1, 1, 0],
    "ties": [1, 2, 2, 3, 3, 3], "perfect": [1, 2, 3, 4, 5, 6], "opposite": [6, 5, 4, 3, 2, 1],
    "great": [1e74, -1e74, 1e73, 0, 1, 2], "tiny": [1e-200, 2e-200, 3e-200, 0, 1e-200, 5e-200],
    "rounding": [0.1 + 0.2, 0.3, 0.3, 0.3, 0.3, 0.3], "far": [1e15, 1e15 + 1, 1e15 + 2, 1e15, 1e15 + 4, 1e15 + 1],
}  # fmt: skip


def _pairs(x: list[Any], y: list[Any]) -> list[tuple[Any, Any]]:
    return [(x[at], y[at]) for at in range(min(len(x), len(y)))]


TWO: dict[str, Callable[[Any, Any], Any]] = {
    **{name: getattr(statistics, name) for name in (
        "pearson", "spearman", "pearson_test", "spearman_test", "cohens_d", "hedges_g", "cohens_d_paired", "welch",
        "paired_t", "mann_whitney", "wilcoxon", "rank_biserial", "retest", "mcnemar", "paired_difference", "brier",
        "auc", "cohen_kappa",
    )},
    "d_av": lambda x, y: statistics.cohens_d_paired(x, y, standardiser="average"),
    "biserial": lambda x, y: statistics.wilcoxon(x, y, effect="rank_biserial"),
    "quadratic": lambda x, y: statistics.cohen_kappa(x, y, "quadratic"),
    "permutation": lambda x, y: statistics.permutation(x, y, resamples=50),
    "signs": lambda x, y: statistics.permutation(x, y, True, resamples=50),
    "ece": lambda x, y: statistics.calibration_error(x, y, resamples=20),
    "gain": lambda x, y: statistics.normalised_gain(x, y, 6),
    "bootstrap": lambda x, y: statistics.bootstrap(lambda a, b: np.mean(a) - np.mean(b), x, y, resamples=20),
    "alpha": lambda x, y: statistics.cronbach_alpha(_pairs(x, y)),
    "mcar": lambda x, y: statistics.littles_mcar(_pairs(x, y)),
    **{f"icc {form}": lambda x, y, form=form: statistics.icc(_pairs(x, y), form)
       for form in ("1,1", "2,1", "3,1", "1,k", "2,k", "3,k")},
    **{level: lambda x, y, level=level: statistics.krippendorff_alpha(_pairs(x, y), level, resamples=20)
       for level in ("nominal", "ordinal", "interval", "ratio")},
}  # fmt: skip


def _check_estimate(found: Estimate, what: object) -> None:
    for value in (found.value, found.low, found.high):
        assert value is None or (isinstance(value, float) and math.isfinite(value)), (what, found)
    if found.value is None:
        assert "not estimable: " in found.method, (what, found)
        assert found.low is found.high is None
    elif found.low is None:
        assert "no interval: " in found.method, (what, found)
        assert found.high is None
    else:
        assert found.low <= found.value + 1e-9, (what, found)
        assert found.value <= found.high + 1e-9, (what, found)


def _answer(call: Callable[[], object]) -> object:
    try:
        return call()
    except InputError as error:
        return error


def _check(found: object, what: object) -> None:
    if isinstance(found, InputError):
        assert found.place, what
        assert found.remedy, what
    elif isinstance(found, Estimate):
        _check_estimate(found, what)
    else:
        assert isinstance(found, TestResult)
        if found.p is None:
            assert "no test: " in found.method, (what, found)
        else:
            assert 0 <= found.p <= 1, (what, found)
            assert found.statistic is not None
            assert math.isfinite(found.statistic)
        if found.effect is not None:
            _check_estimate(found.effect, what)


@pytest.mark.parametrize("name", list(TWO))
def test_degenerate_samples_get_a_defined_answer(name: str) -> None:
    answered = 0
    for (one, x), (other, y) in itertools.product(SAMPLES.items(), repeat=2):
        found = _answer(lambda x=x, y=y: TWO[name](x, y))
        answered += not isinstance(found, InputError)
        _check(found, (name, one, other))
    assert answered > 8


@pytest.mark.parametrize("name", ["williams", "delong"])
def test_degenerate_triples_get_a_defined_answer(name: str) -> None:
    for names in itertools.product(SAMPLES, repeat=3):
        found = _answer(lambda names=names: getattr(statistics, name)(*(SAMPLES[each] for each in names)))
        _check(found, (name, names))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([1, 2, float("nan"), 4], r"x\[2\]: is missing \(NaN\).*never guessed"),
        ([1, None, 3, 4], r"x\[1\]: is missing \(None\)"),
        ([1, 2, 3, float("inf")], r"x\[3\]: is inf"),
        ([1, "2", 3, 4], r"x\[1\]: is '2', not a number"),
        (["1", "2", "3", "4"], r"x\[0\]: is '1', not a number"),
        ([1, 2, [3], 4], "x"),
        ([[1, 2], [3, 4]], "x: has 2 dimensions and not one"),
        ("1234", "x: is str, not a sequence"),
        (7, "x: is int, not a sequence"),
        (None, "x: is NoneType, not a sequence"),
        ([1, 2, 3, 10**400], r"x\[3\]: is '1000.*, not a number"),
        ([1, 2, 3j, 4], r"x\[2\]: is '3j', not a number"),
    ],
)
def test_wrong_values_are_named(values: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        statistics.pearson(values, [1, 2, 3, 4])
    with pytest.raises(InputError):
        statistics.mean(values)


def test_what_counts_as_numbers() -> None:
    assert statistics.mean(np.array([1, 2, 3], dtype=np.int8)).value == 2
    assert statistics.mean((True, False)).value == 0.5
    assert statistics.mean(value for value in [1.0, 3.0]).value == 2
    assert statistics.mean([np.float32(1), np.int64(3)]).value == 2
    for level in (0, 1, 95, -0.5, float("nan")):
        with pytest.raises(InputError, match="level"):
            statistics.mean([1, 2], level)


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> None:
        raise ImportError(f"No module named {name!r}")

    monkeypatch.setattr(library, "import_module", nothing)
    with pytest.raises(NoStatistics, match=r"scipy is not installed.*pip install 'gradatim\[evals\]'"):
        statistics.welch([1, 2], [2, 4])
    with pytest.raises(NoStatistics, match="statsmodels is not installed"):
        statistics.cohen_kappa([1, 2], [1, 1])
    # what needs neither goes on
    assert statistics.proportion(3, 10).low is not None
    assert statistics.pearson([1, 2, 3, 5], [1, 3, 2, 4]).low is not None


def test_importing_it_loads_no_heavy_library() -> None:
    code = "import sys, gradatim.evals.statistics; print([m for m in ('scipy', 'statsmodels', 'pandas', 'matplotlib')\
        if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_hundred_thousand_pairs() -> None:
    """Each within a second of an ordinary core; twice that here."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=100_000)
    y = 0.5 * x + draw.normal(size=100_000)
    grades = np.clip(np.round(x + 3), 1, 5).astype(int).tolist()
    others = np.clip(np.round(y + 3), 1, 5).astype(int).tolist()
    jobs: list[Callable[[], object]] = [
        lambda: statistics.spearman(x, y), lambda: statistics.wilcoxon(x, y), lambda: statistics.auc(y, x > 0),
        lambda: statistics.cohen_kappa(grades, others, "quadratic"), lambda: statistics.hedges_g(x, y),
        lambda: statistics.mann_whitney(x[:50_000], y),
        lambda: statistics.krippendorff_alpha(list(zip(grades, others, strict=True)), "ordinal", resamples=200),
    ]  # fmt: skip
    for job in jobs:
        began = time.process_time()
        job()
        assert time.process_time() - began < 2


def test_the_example_of_the_manual_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    manual = Path(__file__).parents[3] / "docs" / "statistics.md"
    code = re.findall(r"```python\n(.*?)```", manual.read_text(encoding="utf-8"), re.DOTALL)[0]
    exec(code, {})
    said = re.findall(r"# (\d\.\d{3} \[.*\])", code)
    assert len(said) == 2
    assert capsys.readouterr().out.splitlines()[:2] == said


def test_every_public_function_is_in_the_manual() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "statistics.md").read_text(encoding="utf-8")
    short = {"cohen_kappa_of": "`…_of`", "paired_difference_of_counts": "`…_of_counts`"}
    for name in statistics.__all__:
        if name[0].islower():
            assert short.get(name, f"`{name}`") in manual, name
