"""A whole dry run: raters of known reliability, systems of known agreement, and what comes out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from gradatim.errors import InputError
from gradatim.evals.protocol import Collected, Simulated, collect, evaluate, machine_scores, make_study, rehearse
from gradatim.evals.protocol.evaluation import attenuation_free, consensus
from gradatim.evals.protocol.planning import Design
from gradatim.evals.protocol.power import power_note, reliability_of_mean, smallest_difference
from gradatim.evals.protocol.rehearsal import rehearsed_results
from gradatim.evals.protocol.telling import ablation_table, evaluation_markdown
from gradatim.evals.results import Scored, line_of, open_results
from gradatim.evals.statistics import williams_of
from gradatim.evals.traces import Trace, write_traces
from tests.evals.protocol.conftest import Rated

MADE = {"full": 0.9, "no-graph": 0.75, "no-profile": 0.9}


@pytest.fixture(scope="module")
def results(rated: Rated, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "run"
    rehearsed_results(rated.study, folder, rated.truth, MADE, seed=4)
    return folder


def _experiment(folder: Path, traces: list[Trace]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_bytes(orjson.dumps({"name": "made"}))
    write_traces(folder / "traces.jsonl", traces)
    return folder


def _trace(sample: str, value: Any, variant: str = "full", seed: int = 0, **attributes: str) -> Trace:
    measures = [{"name": "correctness", "value": value}]
    return Trace(
        id=f"{abs(hash((sample, variant, seed))):032x}"[:32],
        name="a",
        outputs={"rubric": {"value": value, "measures": measures}},
        attributes={"variant": variant, "model": "none", "seed": seed, "sample": sample, **attributes},
    )


def test_correlations_and_ablations_come_out_as_they_were_made(rated: Rated, results: Path) -> None:
    found = collect(rated.study, rated.folder)
    result = evaluate(found, machine_scores(open_results(results), rated.study.dimensions))
    assert result.baseline == "full"
    reliability = {item.dimension: item.icc_mean.value or 0.0 for item in result.reliability}
    means: dict[str, list[float]] = {variant: [] for variant in MADE}
    for dimension in rated.study.dimensions:
        rows = {row.variant: row for row in result.of(dimension)}
        for variant, made in MADE.items():
            row = rows[variant]
            assert row.works == 200
            # A consensus with errors lowers a correlation by the root of its reliability (Spearman 1904).
            assert row.r.value == pytest.approx(made * math.sqrt(reliability[dimension]), abs=0.1)
            free = attenuation_free(row.r, next(x for x in result.reliability if x.dimension == dimension).icc_mean)
            assert free is not None
            means[variant].append(free)
        assert (rows["no-graph"].p or 0.0) < 0.001
        assert rows["no-graph"].difference is not None
        assert (rows["no-graph"].difference.high or 0.0) < 0.0
        assert rows["full"].test is None
    for variant, made in MADE.items():
        assert sum(means[variant]) / 5 == pytest.approx(made, abs=0.05)
    composite = {row.variant: row for row in result.of("composite")}
    assert (composite["no-graph"].p or 0.0) < 0.001
    assert (composite["no-profile"].p or 0.0) > 0.01


def test_no_difference_is_found_where_none_was_made(programs: Path, tmp_path: Path) -> None:
    made = make_study(tmp_path / "s", Design(sample=150, training=0, calibration=0), "refactory", programs).study
    study = made.model_copy(update={"dimensions": ("correctness",)})
    truth = rehearse(study, tmp_path / "s", Simulated(seed=1))
    found = collect(study, tmp_path / "s")
    called = 0
    for seed in range(12):
        folder = tmp_path / str(seed)
        rehearsed_results(study, folder, truth, {"full": 0.85, "same": 0.85}, seed=seed)
        rows = evaluate(found, machine_scores(open_results(folder), study.dimensions)).of("correctness")
        assert rows[1].p is not None
        called += rows[1].p < 0.05
    assert called <= 2  # of 12 at .05: three and more have a probability of .02


def test_a_person_agrees_with_the_others_as_was_made(rated: Rated, results: Path) -> None:
    found = collect(rated.study, rated.folder)
    result = evaluate(found, machine_scores(open_results(results), rated.study.dimensions))
    one = next(item for item in result.reliability if item.dimension == "composite").icc_one.value or 0.0
    expected = math.sqrt(one * reliability_of_mean(2, one))
    for person in result.people:
        assert person.r.value == pytest.approx(expected, abs=0.06)


def test_the_consensus_is_the_mean_of_those_who_rated(small: Rated) -> None:
    found = collect(small.study, small.folder)
    means, too_few = consensus(found, "correctness")
    assert too_few == 0
    assert len(means) == 30
    for code in small.study.codes("main"):
        given = found.ratings(code, "correctness")
        assert means[small.study.works[code].sample] == pytest.approx(sum(given.values()) / 3)
    samples = {small.study.works[code].sample for code in small.study.codes("training")}
    assert not samples & means.keys()


def test_a_work_needs_as_many_raters_as_it_was_given_to(programs: Path, tmp_path: Path) -> None:
    study = make_study(tmp_path / "s", Design(sample=40, overlap=0.5), "refactory", programs).study
    rehearse(study, tmp_path / "s", Simulated(missing=0.4, seed=1))
    found = collect(study, tmp_path / "s")
    means, too_few = consensus(found, "correctness", least=2)
    shared = set(study.shared("main"))
    expected = [
        code for code in study.codes("main") if len(found.ratings(code, "correctness")) >= (2 if code in shared else 1)
    ]
    assert set(means) == {study.works[code].sample for code in expected}
    assert too_few == 40 - len(expected) > 0
    assert len(consensus(found, "correctness", least=1)[0]) > len(means)


def test_seeds_are_averaged_and_what_was_not_measured_is_not_there(small: Rated, tmp_path: Path) -> None:
    samples = [work.sample for work in small.study.works.values() if work.phase == "main"]
    values: Mapping[str, list[Any]] = {samples[0]: [0.2, 0.6], samples[1]: [None, 0.5], samples[2]: ["much", True]}
    traces = [_trace(name, value, seed=seed) for name, two in values.items() for seed, value in enumerate(two)]
    traces += [_trace("elsewhere/1.py", 0.3), Trace(id="0" * 32, name="a")]
    machine = machine_scores(open_results(_experiment(tmp_path / "e", traces)), small.study.dimensions)
    assert machine.scores["full"]["correctness"] == pytest.approx(
        {samples[0]: 0.4, samples[1]: 0.5, "elsewhere/1.py": 0.3}
    )
    assert machine.unmeasured["full"]["correctness"] == 3
    result = evaluate(collect(small.study, small.folder), machine)
    (row,) = result.of("correctness")
    assert (row.works, row.unmeasured, result.unknown) == (2, 28, 1)
    assert row.r.value is None
    assert not result.of("code_quality")
    assert "Not measured by any variant." in evaluation_markdown(collect(small.study, small.folder), result)


def test_models_are_told_apart_where_there_are_several(small: Rated, tmp_path: Path) -> None:
    samples = [work.sample for work in small.study.works.values()]
    traces = [
        _trace(name, 0.1 * at / len(samples), model=model)
        for model in ("one", "two")
        for at, name in enumerate(samples)
    ]
    machine = machine_scores(open_results(_experiment(tmp_path / "e", traces)), small.study.dimensions)
    assert list(machine.scores) == ["full · one", "full · two"]


def test_any_score_of_the_experiment_can_stand_for_the_composite(small: Rated, tmp_path: Path) -> None:
    folder = _experiment(tmp_path / "e", [])
    found = collect(small.study, small.folder)
    means, _ = consensus(found, "composite")
    lines = [line_of(Scored("0" * 32, "full", "m", 0, name, "judged", 10 * mean)) for name, mean in means.items()]
    (folder / "scores.jsonl").write_bytes(b"".join(lines))
    (row,) = evaluate(found, machine_scores(open_results(folder), small.study.dimensions, "judged")).rows
    assert row.r.value == pytest.approx(1.0)
    assert row.kappa.value is None
    with pytest.raises(InputError, match="no scores 'other'"):
        machine_scores(open_results(folder), small.study.dimensions, "other")


def test_what_cannot_be_evaluated(small: Rated, tmp_path: Path) -> None:
    found = collect(small.study, small.folder)
    dimensions = small.study.dimensions
    with pytest.raises(InputError, match="no rubrics"):
        machine_scores(open_results(_experiment(tmp_path / "none", [])), dimensions)
    elsewhere = machine_scores(open_results(_experiment(tmp_path / "e", [_trace("other", 0.5)])), dimensions)
    with pytest.raises(InputError, match="none of the works"):
        evaluate(found, elsewhere)
    with pytest.raises(InputError, match="no variant 'best'"):
        evaluate(found, elsewhere, baseline="best")


def test_the_report_states_table_and_exclusions(rated: Rated, results: Path) -> None:
    found: Collected = collect(rated.study, rated.folder, exclude=["R2"])
    result = evaluate(found, machine_scores(open_results(results), rated.study.dimensions))
    text = evaluation_markdown(found, result)
    header, _, *rows = ablation_table(result.of("composite"))
    assert [cell.strip() for cell in header.split("|")][1:4] == ["System", "n", "r [95 % CI]"]
    assert [row.split("|")[1].strip() for row in rows] == ["full", "no-graph", "no-profile"]
    assert len({len(row) for row in (header, *rows)}) == 1
    assert all(row in text for row in rows)
    for part in (
        "Raters: R2, by hand",
        "Training and calibration works (6 and 14)",
        "Nothing was filled in",
    ):
        assert part in text


def test_power_is_told_before_anybody_rates() -> None:
    falls = [smallest_difference(works) for works in (50, 100, 200, 400)]
    assert all(fall is not None for fall in falls)
    assert falls == sorted(falls, key=lambda fall: -(fall or 0.0))
    fall = smallest_difference(200)
    assert fall is not None
    # At that fall Williams' test reaches 1.96 + 0.84, and just below it does not.
    assert (williams_of(0.85, 0.85 - fall, 0.9, n=200).statistic or 0.0) >= 2.80
    assert (williams_of(0.85, 0.851 - fall, 0.9, n=200).statistic or 0.0) < 2.81
    assert smallest_difference(4) is None
    assert reliability_of_mean(3, 0.6) == pytest.approx(1.8 / 2.2)
    assert "[0.806, 0.884]" in power_note(200, 200, 3)
