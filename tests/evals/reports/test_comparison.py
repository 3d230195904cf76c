"""Comparing two versions: what is called worse, what cannot be called anything, and what is told beside it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from gradatim.errors import InputError
from gradatim.evals.reports.comparison import Comparison, compare, side_of
from gradatim.evals.reports.difference import Difference, least_pairs
from gradatim.evals.results import Scored
from gradatim.evals.statistics import mcnemar, williams
from tests.evals.reports.making import scored, write_folder


def _compared(tmp_path: Path, old: list[Scored], new: list[Scored], **options: object) -> Comparison:
    write_folder(tmp_path / "old", old)
    write_folder(tmp_path / "new", new)
    return compare(side_of(str(tmp_path / "old")), side_of(str(tmp_path / "new")), **options)  # type: ignore[arg-type]


def _only(found: Comparison, key: str, measure: str | None = None) -> Difference:
    (item,) = [d for d in found.differences if d.key == key and measure in (None, d.measure)]
    return item


DIRECTIONS = {"claim_support": "worse", "hallucination": "better", "talk_ratio": "different", "of_my_own": "different"}


@pytest.mark.parametrize(("key", "verdict"), DIRECTIONS.items())
def test_the_direction_comes_from_the_scorer(tmp_path: Path, key: str, verdict: str) -> None:
    chance = Random(1)
    old = [scored(n, key, 0.5 + 0.4 * chance.random()) for n in range(30)]
    new = [scored(n, key, item.score - 0.3 * chance.random()) for n, item in enumerate(old) if item.score]
    found = _compared(tmp_path, old, new)
    assert _only(found, key).verdict == verdict
    assert found.worse == (verdict == "worse")


def test_yes_and_no_are_tested_by_mcnemar(tmp_path: Path) -> None:
    before = [1.0] * 30 + [0.0] * 10
    after = [0.0] * 12 + [1.0] * 18 + [1.0] * 1 + [0.0] * 9
    old = [scored(n, "verdict_agreement", value) for n, value in enumerate(before)]
    new = [scored(n, "verdict_agreement", value) for n, value in enumerate(after)]
    item = _only(_compared(tmp_path, old, new), "verdict_agreement")
    assert item.test.p == mcnemar(before, after).p
    assert item.adjusted == item.test.p  # all runs were completed on both sides: that is no second hypothesis
    assert (item.difference.value, item.measure, item.verdict) == (pytest.approx(-11 / 40), "share", "worse")
    assert item.difference.low is not None
    assert item.difference.low < -11 / 40 < item.difference.high < 0


def test_runs_of_an_example_count_once(tmp_path: Path) -> None:
    # three seeds of eight examples: twenty-four runs that say the same are eight observations
    def side(values: tuple[float, float]) -> list[Scored]:
        return [scored(n, "leak", values[n % 2], seed=seed) for n in range(8) for seed in (1, 2, 3)]

    item = _only(_compared(tmp_path, side((0.0, 0.0)), side((1.0, 0.0))), "leak")
    assert (item.pairs, item.runs) == (8, 24)
    assert item.test.p == 2 / 2**4
    assert item.verdict == "no difference shown"


def test_other_seeds_are_paired_by_example(tmp_path: Path) -> None:
    old = [scored(n, "claim_support", 0.9) for n in range(20)]
    new = [scored(n, "claim_support", 0.5 + n / 100, seed=2) for n in range(20)]
    found = _compared(tmp_path, old, new)
    assert found.worse
    assert any("share no seeds" in note for note in found.notes)


def test_too_few_pairs_say_nothing(tmp_path: Path) -> None:
    assert least_pairs(0.01) == 8
    old = [scored(n, "claim_support", 1.0) for n in range(7)]
    new = [scored(n, "claim_support", 0.0) for n in range(7)]
    found = _compared(tmp_path, old, new)
    assert {item.verdict for item in found.differences} == {"too few pairs"}
    one = _compared(tmp_path, old[:1], new[:1])
    assert {item.verdict for item in one.differences} == {"too few pairs"}


def test_what_could_have_been_seen_is_told(tmp_path: Path) -> None:
    chance = Random(2)
    old = [scored(n, "claim_support", chance.random()) for n in range(50)]
    new = [scored(n, "claim_support", chance.random()) for n in range(50)]
    item = _only(_compared(tmp_path, old, new, keys=["claim_support"]), "claim_support")
    # two uniform variables: their difference has a standard deviation of 0.41
    assert item.detectable == pytest.approx((2.68 + 0.85) * 0.41 / 50**0.5, rel=0.2)
    same = _only(_compared(tmp_path, old, old, keys=["claim_support"]), "claim_support")
    assert (same.test.p, same.detectable) == (1.0, None)
    assert (same.difference.low, same.difference.high) == (-0.06, 0.06)  # the rule of three
    yes = [scored(n, "leak", 0.0) for n in range(50)]
    assert _only(_compared(tmp_path, yes, yes, keys=["leak"]), "leak").detectable == 8 / 50


def test_times_are_shown_and_judged_only_when_asked(tmp_path: Path) -> None:
    old = [scored(n, "latency", 1 + n / 100) for n in range(20)]
    new = [scored(n, "latency", 2 + n / 100) for n in range(20)]
    found = _compared(tmp_path, old, new)
    assert (_only(found, "latency").verdict, found.worse) == ("not judged", False)
    assert _compared(tmp_path, old, new, keys=["latency"]).worse


def test_runs_that_fail_are_not_forgotten(tmp_path: Path) -> None:
    old = [scored(n, "claim_support", 0.8) for n in range(40)]
    broken = [scored(n, "claim_support", None, comment="the run failed: no model") for n in range(15)]
    found = _compared(tmp_path, old, broken + [scored(n, "claim_support", 0.8) for n in range(15, 40)])
    assert (_only(found, "completed").verdict, found.worse) == ("worse", True)
    assert _only(found, "claim_support").alone == (15, 0)


def test_scores_that_went_missing_are_told(tmp_path: Path) -> None:
    old = [scored(n, "claim_support", 0.8) for n in range(40)]
    new = [scored(n, "claim_support", None if n < 15 else 0.8, comment="nothing was checked") for n in range(40)]
    item = _only(_compared(tmp_path, old, new), "claim_support")
    assert "15 more scores are missing on the new side" in item.why
    assert "nothing was checked" in item.why


def test_agreement_is_compared_by_williams(tmp_path: Path) -> None:
    chance = Random(3)
    people = [chance.random() for _ in range(60)]
    good = [value + chance.gauss(0, 0.05) for value in people]
    bad = [value + chance.gauss(0, 0.5) for value in people]

    def side(machine: list[float]) -> list[Scored]:
        return [
            scored(n, "expert_agreement", 0.5, machine=given, people=value)
            for n, (given, value) in enumerate(zip(machine, people, strict=True))
        ]

    item = _only(_compared(tmp_path, side(good), side(bad)), "expert_agreement")
    assert item.test.p == pytest.approx(williams(people, bad, good).p, rel=1e-9)
    assert (item.measure, item.verdict) == ("Pearson's r", "worse")
    perfect = _only(_compared(tmp_path, side(people), side(bad)), "expert_agreement")
    assert perfect.verdict == "worse"


def test_overstated_confidence_is_worse_where_runs_are_wrong(tmp_path: Path) -> None:
    chance = Random(4)
    likely = [0.3 + 0.6 * chance.random() for _ in range(80)]
    right = [float(chance.random() < p) for p in likely]

    def side(stated: list[float]) -> list[Scored]:
        return [
            scored(n, "calibration", truth, probability=p)
            for n, (truth, p) in enumerate(zip(right, stated, strict=True))
        ]

    found = _compared(tmp_path, side(likely), side([0.99] * 80))
    assert [_only(found, "calibration", m).verdict for m in ("ECE", "bias")] == ["worse"] * 2
    # every probability a little higher: something differs, but whether it is better or worse cannot be said
    shifted = _compared(tmp_path, side(likely), side([p + 0.03 for p in likely]))
    assert _only(shifted, "calibration", "bias").verdict == "no difference shown"


def test_confidence_that_no_longer_tells_right_from_wrong_is_worse(tmp_path: Path) -> None:
    chance = Random(5)
    right = [float(chance.random() < 0.6) for _ in range(60)]
    stated = [min(1.0, max(0.0, 0.3 + 0.4 * value + chance.gauss(0, 0.1))) for value in right]
    mixed = sorted(stated, key=lambda _: chance.random())

    def side(values: list[float]) -> list[Scored]:
        return [
            scored(n, "coverage_at_precision", truth, probability=p)
            for n, (truth, p) in enumerate(zip(right, values, strict=True))
        ]

    item = _only(_compared(tmp_path, side(stated), side(mixed)), "coverage_at_precision")
    assert (item.measure, item.verdict) == ("risk–coverage area", "worse")


def test_variants_are_compared_by_name_or_as_named(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "a",
        [scored(n, "leak", float(v == "b"), variant=v) for n in range(20) for v in "ab"],
    )
    both = compare(side_of(f"{folder}#a"), side_of(f"{folder}#b"))
    assert _only(both, "leak").variant == "a → b"
    assert both.worse
    again = compare(side_of(str(folder)), side_of(str(folder)))
    assert [d.variant for d in again.differences if d.key == "leak"] == ["a", "b"]
    assert not again.worse
    with pytest.raises(InputError, match="choose from: a, b"):
        side_of(f"{folder}#c")


def test_what_cannot_be_compared_is_an_error(tmp_path: Path) -> None:
    old = [scored(1, "leak", 0.0)]
    with pytest.raises(InputError, match="did you mean 'leak'"):
        _compared(tmp_path, old, old, keys=["leaks"])
    with pytest.raises(InputError, match="no variant has the same name"):
        _compared(
            tmp_path, [*old, scored(1, "leak", 0.0, variant="x")], [scored(1, "leak", 0.0, variant=v) for v in "yz"]
        )
    with pytest.raises(InputError, match="holds no scores"):
        _compared(tmp_path, old, [])
    with pytest.raises(InputError, match="alpha"):
        _compared(tmp_path, old, old, alpha=1.5)


def test_what_has_no_partner_is_counted(tmp_path: Path) -> None:
    old = [scored(n, "leak", 0.0) for n in range(20)]
    new = [scored(n, "leak", 0.0) for n in range(5, 30)] + [scored(5, "grounding", 1.0)]
    write_folder(tmp_path / "old", old)
    write_folder(tmp_path / "new", new, version="2")
    notes = compare(side_of(str(tmp_path / "old")), side_of(str(tmp_path / "new"))).notes
    assert any("5 of 20 old runs have no partner (5 examples are only there)" in note for note in notes)
    assert any("10 of 25 new runs" in note for note in notes)
    assert any("only scored on the new side: grounding" in note for note in notes)
    assert "The old results are of gradatim 1, the new ones of 2." in notes
