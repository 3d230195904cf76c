"""Features of many learners as a table, and of one history by itself."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

import pytest

from gradatim.domain import LearnerEvent
from gradatim.errors import StorageError
from gradatim.memory.processing.policy import process
from gradatim.memory.processing.replay import features_of
from gradatim.memory.processing.table import FeatureTable, feature_table, write_table
from gradatim.memory.profile import ATTRIBUTES
from tests.memory.material import event

NOW = "2026-03-02T00:00:00Z"


def history(name: str, seconds: float, answer: int | None) -> list[LearnerEvent]:
    return [
        event(1, ("a", True), learner_id=name, id=f"{name}-1", payload={"seconds": seconds}),
        event(2, ("a", False), learner_id=name, id=f"{name}-2", payload={"seconds": seconds}),
        event(3, learner_id=name, id=f"{name}-3", kind="interaction", payload={"action": "hint"}),
        event(4, learner_id=name, id=f"{name}-4", kind="survey",
              payload={"instrument": "reasoning", "answers": {"q1": answer, "q2": 3}, "scale": [1, 5]}),
    ]  # fmt: skip


def made() -> FeatureTable:
    histories = {f"l{number}": history(f"l{number}", 10.0 * number, number) for number in range(1, 6)}
    histories["l0"] = history("l0", 30.0, None)
    processed = process(histories.items())
    return feature_table(((name, features_of(events, NOW)) for name, events in histories.items()), processed)


def test_a_row_for_each_learner_and_three_columns_for_each_attribute() -> None:
    table = made()
    assert table.column("learner") == ["l0", "l1", "l2", "l3", "l4", "l5"]
    for attribute in ATTRIBUTES:
        assert {attribute.name, f"{attribute.name}_error", f"{attribute.name}_n"} <= set(table.columns)
    assert table.column("response_latency") == pytest.approx([30.0, 10.0, 20.0, 30.0, 40.0, 50.0])
    assert table.column("response_latency_n") == [2] * 6
    assert table.column("count_hint") == [1] * 6
    assert table.column("count_practice") == [0] * 6  # absence is coded 0
    assert table.column("hesitation") == [None] * 6  # what nobody observed stays missing
    assert table.column("hesitation_n") == [0] * 6


def test_scores_of_surveys_are_those_of_the_policy() -> None:
    table = made()
    assert table.column("reasoning")[0] is None  # half of the items are missing: the case leaves
    assert table.column("reasoning")[1:] == pytest.approx([0.25, 0.375, 0.5, 0.625, 0.75])
    assert table.column("reasoning_n")[1:] == [2] * 5
    assert table.column("reasoning_imputed") == [0] * 6


def test_standard_units_of_the_cohort_come_with_their_parameters() -> None:
    table = made()
    scale = table.scales["response_latency"]
    assert scale.centre == pytest.approx(math.log(30.0))
    assert scale.values == 6
    z = table.z("response_latency")
    assert z[0] == pytest.approx(0.0)
    assert z[5] == pytest.approx((math.log(50.0) - math.log(30.0)) / scale.spread)
    assert table.z("hesitation") == [None] * 6
    assert table.z("success_rate") == [None] * 6  # all are the same


def test_written_and_read_again(tmp_path: Path) -> None:
    table, path = made(), tmp_path / "features.csv"
    write_table(table, path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["learner"] for row in rows] == table.column("learner")
    assert [float(row["response_latency"]) for row in rows] == table.column("response_latency")
    assert {row["hesitation"] for row in rows} == {""}
    assert list(tmp_path.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(StorageError, match="cannot be written"):
        write_table(table, tmp_path / "nowhere" / "features.csv")


def test_the_order_of_arrival_does_not_matter() -> None:
    events = [
        event(number // 2, ("a", number % 3 > 0), id=f"e{number}", task_id=f"t{number % 4}") for number in range(30)
    ]
    shuffled = events[:]
    random.Random(3).shuffle(shuffled)
    assert features_of(shuffled, NOW) == features_of(events, NOW)
    assert features_of(events, NOW) != features_of(events[:-1], NOW)
