"""The report of a pre/post design: simulated learners, two arms, and a truth that is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from gradatim.app.report.evaluation import render_markdown
from gradatim.evals.reports.building import report_of
from gradatim.evals.reports.comparison import compare, side_of
from gradatim.evals.reports.document import Note, Table
from gradatim.evals.reports.gathering import gather
from tests.evals.reports.making import scored, write_folder


def _estimate(value: float, n: int) -> dict[str, Any]:
    return {"value": value, "low": value - 0.1, "high": value + 0.1, "n": n, "level": 0.95, "method": "by hand"}


def _gain(seed: int, *, truth: float | None = 0.09, recovered: bool | None = True) -> dict[str, Any]:
    return {
        "seed": seed, "model": "none", "arms": ["control", "lesson"], "learners": [20, 20], "truth": truth,
        "gain": {"control": _estimate(0.05, 20), "lesson": _estimate(0.25, 20)}, "hedges_g": _estimate(0.8, 40),
        "welch": {"statistic": 4.0, "p": 0.00001, "df": 37.0, "n": 40}, "ancova": _estimate(0.1, 40),
        "ancova_p": 0.0234, "recovered": recovered,
    }  # fmt: skip


def _folder(folder: Path, gains: Any, *, model: str = "none", **manifest: Any) -> Path:
    """Learners of three seeds; a lot decides about the arm of each, with every seed anew."""
    scores = [
        scored(f"learner-{n}", "learning_gain", n / 40, seed=seed, model=model, variant=arm)
        for seed in (1, 2, 3)
        for n in range(40)
        for arm in ("lesson" if (n + seed) % 2 else "control",)
    ]
    about: dict[str, Any] = {
        "design": "pre-post", "finished": "2026-11-30", "cells": 120, "samples": [f"learner-{n}" for n in range(40)],
        "variants": ["control", "lesson"], "models": [model], "seeds": [1, 2, 3],
    }  # fmt: skip
    found = write_folder(folder, scores, **about | manifest)
    if gains is not None:
        (found / "gains.json").write_bytes(gains if isinstance(gains, bytes) else orjson.dumps(gains))
    return found


def test_arms_are_shown_with_effect_and_truth_and_never_paired(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "a", [_gain(1), _gain(2, recovered=False), _gain(3, truth=None, recovered=None)])
    report = report_of(folder)
    keys = [section.key for section in report.sections if section.key != "traces"]
    assert keys == ["setup", "gain", "scores", "gaps"]  # nobody was asked anything that would take time
    asked = report_of(_folder(tmp_path / "asked", [_gain(1)], model="m"))
    assert {"latency", "cost"} <= {section.key for section in asked.sections}
    assert "ablation" not in [section.key for section in report.sections]
    note, table = next(section for section in report.sections if section.key == "gain").blocks
    assert isinstance(note, Note)
    assert note.text == "The interval of the effect holds the truth in 1 of 2 experiments."
    assert isinstance(table, Table)
    first = dict(zip(table.header, table.rows[0], strict=True))
    assert (first["gain, lesson"].text, first["gain, lesson"].detail) == ("0.250", "[0.150, 0.350], n 20")
    assert (first["effect"].text, first["effect"].detail) == ("+0.100", "[+0.000, +0.200], n 40")
    assert (first["p"].text, first["p (Welch)"].text, first["truth"].text) == ("0.0234", "< 0.0001", "+0.090")
    assert [row[6].text for row in table.rows] == ["yes", "no", "–"]
    assert table.rows[1][6].tone == "warn"
    assert table.rows[2][5].text == "not measured"
    words = render_markdown(report)
    assert "All 120 runs (learners × models × seeds)" in words
    assert "120 learners" in words


def test_a_learner_of_another_seed_is_another_person(tmp_path: Path) -> None:
    gathered = gather(_folder(tmp_path / "a", [_gain(1)]))
    assert sum(len(variant.samples) for variant in gathered.variants.values()) == 120
    arms = compare(side_of(f"{tmp_path / 'a'}#control"), side_of(f"{tmp_path / 'a'}#lesson"))
    assert arms.blind
    same = compare(side_of(f"{tmp_path / 'a'}#control"), side_of(f"{tmp_path / 'a'}#control"))
    assert {item.pairs for item in same.differences} == {60}


@pytest.mark.parametrize(
    ("gains", "manifest", "why"),
    [
        (None, {}, "there is no gains.json"),
        ([_gain(1)], {"finished": None}, "when every run of the experiment has ended"),
        (b"{", {}, "is not what"),
        ([], {}, "is empty"),
        ([{"seed": 1}], {}, "is not what"),
        ([7], {}, "is not what"),
        ({"a": 1}, {}, "is not what"),
        ([_gain(1) | {"welch": None}], {}, "is not what"),
        ([_gain(1) | {"gain": {"control": {}}}], {}, "is not what"),
    ],
)
def test_gains_that_are_not_there_or_wrong_are_told(
    tmp_path: Path, gains: Any, manifest: dict[str, Any], why: str
) -> None:
    (block,) = next(s for s in report_of(_folder(tmp_path / "a", gains, **manifest)).sections if s.key == "gain").blocks
    assert isinstance(block, Note)
    assert why in block.text
