"""How raters rate: what is striking is found, and honest raters are left in peace."""

from __future__ import annotations

import csv
from pathlib import Path

from gradatim.evals.protocol import Simulated, behaviours, collect, rehearse
from gradatim.evals.protocol.behaviour import Behaviour
from tests.evals.protocol.conftest import Rated


def _rehearsed(rated: Rated, folder: Path, simulated: Simulated) -> dict[str, Behaviour]:
    rehearse(rated.study, folder, simulated)
    return {item.rater: item for item in behaviours(collect(rated.study, folder), "main")}


def test_honest_raters_are_left_in_peace(rated: Rated, tmp_path: Path) -> None:
    remarked = 0
    for seed in range(8):
        found = _rehearsed(rated, tmp_path / str(seed), Simulated(reliability=0.6, seed=seed, missing=0.05))
        remarked += sum(bool(item.remarks) for item in found.values())
    assert remarked <= 1


def test_who_rates_straight_through_is_found(rated: Rated, tmp_path: Path) -> None:
    found = _rehearsed(rated, tmp_path, Simulated(straight=("R2",), halo=0.8))
    assert found["R2"].straight == 1.0
    assert "one level in all dimensions" in found["R2"].remarks[0]
    assert not found["R1"].remarks
    assert not found["R3"].remarks


def test_drift_is_found_with_its_direction_and_size(rated: Rated, tmp_path: Path) -> None:
    found = _rehearsed(rated, tmp_path, Simulated(drift={"R3": -1.0}))
    assert any("more severe by" in remark for remark in found["R3"].remarks)
    drift, p = found["R3"].drift, found["R3"].drift_p
    assert drift is not None
    assert p is not None
    # Cutting at the ends of the scale takes some of the level away.
    assert -1.1 < drift < -0.6
    assert p < 0.001
    assert not any("from first to last" in remark for rater in ("R1", "R2") for remark in found[rater].remarks)


def test_severity_is_told_with_its_interval(rated: Rated, tmp_path: Path) -> None:
    found = _rehearsed(rated, tmp_path, Simulated(severity={"R1": -0.8}))
    severity = found["R1"].severity
    assert severity.value is not None
    assert severity.high is not None
    assert -0.85 < severity.value < -0.6
    assert severity.high < -0.5
    assert any("more severe than the others" in remark for remark in found["R1"].remarks)


def test_who_is_too_fast_is_found(small: Rated) -> None:
    path = small.folder / "ratings" / "A.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows({**row, "seconds": "4.0"} for row in rows)
    first, second, _ = behaviours(collect(small.study, small.folder), "main")
    assert first.seconds == 4.0
    assert "4 s a work" in first.remarks[0]
    assert not second.remarks


def test_little_is_said_of_few_works(small: Rated) -> None:
    (one, *_) = behaviours(collect(small.study, small.folder), "calibration")
    assert one.assigned == one.complete == 3
    assert one.drift is None
    assert not one.remarks
