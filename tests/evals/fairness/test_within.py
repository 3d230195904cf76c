"""Differences within tasks: what exercises explain goes away, what they do not stays."""

from __future__ import annotations

import random

import numpy as np
import pytest

from gradatim.evals.fairness import Cases, Unit, audit, summary
from gradatim.evals.fairness.cases import Work
from gradatim.evals.fairness.measures import MEASURES
from gradatim.evals.fairness.within import within_tasks


def _units(draw: random.Random, group: str, count: int, hard: float, extra: float = 0.0) -> list[Unit]:
    """Units of one work each; the hard task is reviewed more often by .5."""
    found: list[Unit] = []
    for at in range(count):
        task = "hard" if draw.random() < hard else "easy"
        value = float(draw.random() < (0.6 if task == "hard" else 0.1) + extra)
        found.append(Unit(f"{group}{at}", {"g": group}, {"review": value}, (), (Work(task, {"review": value}),)))
    return found


def test_what_the_tasks_explain_goes_away() -> None:
    draw = random.Random(1)
    first, second = _units(draw, "x", 300, 0.8), _units(draw, "y", 300, 0.2)
    units = (*first, *second)
    found = audit(Cases(units, "f", "", False, 600, 600, 0, {"review": MEASURES["review"]}), "g")
    (item,) = found.divided[0].comparisons
    assert item.difference.value == pytest.approx(0.3, abs=0.08)
    assert item.within is not None
    assert item.within.low is not None
    assert item.within.high is not None
    assert item.within.low < 0.0 < item.within.high
    assert any("Within the same tasks" in line for line in summary(found))


def test_what_they_do_not_explain_stays() -> None:
    draw = random.Random(2)
    left = within_tasks(_units(draw, "x", 400, 0.7, 0.2), _units(draw, "y", 400, 0.3), "review")
    assert left is not None
    assert left.value == pytest.approx(0.2, abs=0.07)
    assert left.low is not None
    assert left.low > 0.0


def test_it_is_least_squares_with_a_constant_for_each_task() -> None:
    draw = random.Random(3)
    first, second = _units(draw, "x", 60, 0.7, 0.1), _units(draw, "y", 40, 0.4)
    rows = [(1.0, unit) for unit in first] + [(0.0, unit) for unit in second]
    design = [[side, float(unit.works[0].task == "hard"), float(unit.works[0].task == "easy")] for side, unit in rows]
    fitted = np.linalg.lstsq(np.array(design), np.array([unit.values["review"] for _, unit in rows]), rcond=None)[0]
    left = within_tasks(first, second, "review")
    assert left is not None
    assert left.value == pytest.approx(float(fitted[0]), abs=1e-12)


def test_a_unit_counts_as_one_however_many_works_it_has() -> None:
    def unit(name: str, times: int, value: float) -> Unit:
        return Unit(name, {}, {}, (), tuple(Work(task, {"review": value}) for task in ("t", "u") * times))

    first = [unit(f"a{at}", 50, 1.0) for at in range(20)] + [unit(f"b{at}", 1, 0.0) for at in range(20)]
    second = [unit(f"c{at}", 1, 0.5) for at in range(20)]
    left = within_tasks(first, second, "review")
    assert left is not None
    assert left.value == pytest.approx(0.0)


def test_groups_without_a_common_task_cannot_be_compared_within() -> None:
    draw = random.Random(4)
    assert within_tasks(_units(draw, "x", 30, 1.0), _units(draw, "y", 30, 0.0), "review") is None
    assert within_tasks(_units(draw, "x", 30, 1.0), _units(draw, "y", 30, 1.0), "review") is None
    assert within_tasks([], [], "review") is None
    assert within_tasks(_units(draw, "x", 300, 0.5), _units(draw, "y", 15, 0.5), "review") is None


def test_where_nobody_differs_there_is_no_interval() -> None:
    same = [Unit(str(at), {}, {}, (), (Work("tu"[at % 2], {"review": 0.0}),)) for at in range(60)]
    left = within_tasks(same[:30], same[30:], "review")
    assert left is not None
    assert (left.value, left.low, left.high) == (0.0, None, None)


def test_intervals_cover_what_was_made() -> None:
    draw = random.Random(5)
    covered = 0
    for seed in range(60):
        left = within_tasks(_units(draw, "x", 80, 0.6, 0.15), _units(draw, "y", 80, 0.4), "review", seed=seed)
        assert left is not None
        assert left.low is not None
        assert left.high is not None
        covered += left.low <= 0.15 <= left.high
    assert covered >= 52  # 95 % of 60 is 57
