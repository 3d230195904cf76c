"""Scores as columns: what is read of folders that are whole, half finished, cut off or odd."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.evals.reports.gathering import Cell, gather
from gradatim.evals.results import MANIFEST, SCORES
from tests.evals.reports.making import scored, write_folder


def test_scores_come_by_variant_key_and_run(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "a",
        [
            scored(1, "claim_support", 0.5),
            scored(1, "claim_support", 1.0, seed=2),
            scored(1, "calibration", 1.0, variant="base", probability=0.7),
            scored(2, "expert_agreement", None, comment="not on one scale", machine=0.5, people=3),
        ],
        variants=["base", "full", "never-run"],
    )
    found = gather(folder)
    assert list(found.variants) == ["base", "full"]
    assert found.variants["full"].series["claim_support"].values == {Cell("1", "m", 1): 0.5, Cell("1", "m", 2): 1.0}
    assert found.variants["base"].series["calibration"].probabilities == {Cell("1", "m", 1): 0.7}
    agreement = found.variants["full"].series["expert_agreement"]
    assert agreement.pairs == {Cell("2", "m", 1): (0.5, 3.0)}
    assert agreement.reasons() == [("not on one scale", 1)]
    assert not found.notes


def test_a_run_that_failed_is_told_apart_from_a_score_that_is_missing(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "a",
        [
            scored(1, "claim_support", None, comment="the run failed: no model"),
            scored(2, "claim_support", None, comment="no claim was checked"),
        ],
    )
    assert gather(folder).variants["full"].failed == {Cell("1", "m", 1): "no model"}


def test_a_last_line_that_is_cut_off_is_left_out_and_told(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "a", [scored(n, "claim_support", 1.0) for n in range(3)])
    content = (folder / SCORES).read_bytes()
    (folder / SCORES).write_bytes(content[:-20])
    found = gather(folder)
    assert len(found.variants["full"].cells) == 2
    assert "cut off" in found.notes[0]


@pytest.mark.parametrize("line", [b"{", b'{"score": NaN}', b"[]", b"\xff\xfe", b'{"trace": "t", "score": "high"}'])
def test_any_other_broken_line_is_named(tmp_path: Path, line: bytes) -> None:
    folder = write_folder(tmp_path / "a", [scored(1, "claim_support", 1.0)])
    content = (folder / SCORES).read_bytes()
    (folder / SCORES).write_bytes(line + b"\n" + content)
    with pytest.raises(InputError, match=r"scores\.jsonl:1"):
        gather(folder)


def test_a_score_that_stands_twice_counts_once(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "a",
        [scored(1, "claim_support", 1.0), scored(1, "claim_support", None, comment="why"), scored(2, "leak", 0.0)],
    )
    found = gather(folder)
    assert found.variants["full"].series["claim_support"].values == {}
    assert found.notes == ["In scores.jsonl, 1 of the scores stand twice; the later ones count."]


def test_an_empty_folder_and_one_without_scores(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=MANIFEST):
        gather(tmp_path)
    folder = write_folder(tmp_path / "a", [])
    assert gather(folder).variants == {}
    (folder / SCORES).unlink()
    assert "nothing has been scored" in gather(folder).notes[0]
