"""Small groups stay unseen; learners count once; groups come from traces or a file."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gradatim.errors import InputError
from gradatim.evals.fairness import audit, audit_markdown, read_cases
from gradatim.evals.fairness.cases import Unit
from gradatim.evals.fairness.grouping import divisions, reportable
from gradatim.evals.results import Scored, line_of, open_results
from gradatim.evals.traces import Trace, write_traces
from tests.evals.fairness.material import experiment, run


def test_small_groups_are_neither_named_nor_counted(tmp_path: Path) -> None:
    draw = random.Random(3)
    names = ["en"] * 40 + ["zh"] * 30 + ["fr"] * 9 + ["is"]
    runs = [run(draw, at, {"language": name}, review=1.0 if name == "fr" else 0.0) for at, name in enumerate(names)]
    found = audit(read_cases(open_results(experiment(tmp_path / "e", runs))), "language")
    (part,) = found.divided
    assert dict(part.sizes) == {"en": 40, "zh": 30}
    assert part.suppressed
    text = audit_markdown(found)
    assert "fr" not in text.replace("from", "").replace("Confidence", "").split()
    assert "not reported" in text
    # What small groups did moves nothing that is told, either.
    review = next(item for item in part.comparisons if item.measure == "review")
    assert (review.other, review.difference.value) == ("zh", 0.0)


def test_a_group_with_too_few_runs_of_a_kind_is_silent_about_that_kind(tmp_path: Path) -> None:
    draw = random.Random(3)
    runs = [run(draw, at, {"g": "xy"[at % 2]}) for at in range(60)]
    folder = experiment(tmp_path / "e", runs)
    kept = [
        Trace(
            trace.id,
            trace.name,
            trace.inputs,
            trace.outputs,
            {} if at % 2 and at > 9 else trace.reference,
            trace.attributes,
        )
        for at, (trace, _) in enumerate(runs)
    ]
    write_traces(folder / "traces.jsonl", kept)
    (part,) = audit(read_cases(open_results(folder)), "g").divided
    measured = {(item.group, item.measure) for item in part.figures}
    assert ("x", "error") in measured
    assert ("y", "error") not in measured
    assert "error" not in {item.measure for item in part.comparisons}
    assert "review" in {item.measure for item in part.comparisons}


def test_a_single_small_crossing_takes_another_with_it() -> None:
    sizes = {("a", "p"): 40, ("a", "q"): 30, ("b", "p"): 25, ("b", "q"): 4}
    assert reportable(sizes, 10) == set()  # in a table of four cells each follows from the others and the margins
    wide = {**sizes, ("c", "p"): 20, ("c", "q"): 20}
    assert reportable(wide, 10) == {("a", "p"), ("a", "q")}
    assert reportable({**sizes, ("b", "q"): 12}, 10) == set(sizes)
    assert reportable({("a",): 40, ("b",): 4}, 10) == {("a",)}
    assert reportable({}, 10) == set()


@given(
    some.dictionaries(
        some.tuples(some.sampled_from("abc"), some.sampled_from("pqr")), some.integers(1, 30), max_size=9
    ),
    some.integers(5, 15),
)
def test_no_single_small_cell_follows_from_its_row(sizes: dict[tuple[str, ...], int], least: int) -> None:
    kept = reportable(sizes, least)
    assert all(sizes[cell] >= least for cell in kept)
    for axis in (0, 1):
        for value in {cell[axis] for cell in sizes}:
            row = [cell for cell in sizes if cell[axis] == value]
            lost = [cell for cell in row if cell not in kept]
            told = [cell for cell in row if cell in kept]
            if sum(sizes[cell] for cell in row) >= least and told:
                assert len(lost) != 1


_VALUES = some.sampled_from(["p", "q", "r", "rare", ""])


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(_VALUES, _VALUES), min_size=20, max_size=120), some.integers(5, 12))
def test_nothing_about_few_people_follows_from_sums(pairs: list[tuple[str, str]], least: int) -> None:
    """Sums over an attribute's groups, over another's, and over the crossings of a group differ by none or by many."""
    units = [
        Unit(str(at), {name: value for name, value in (("a", a), ("b", b)) if value}, {})
        for at, (a, b) in enumerate(pairs)
    ]
    first, second, crossed = divisions(units, ["a", "b"], least)
    told = [{unit.id for members in part.groups.values() for unit in members} for part in (first, second)]
    if told[0] and told[1]:
        assert len(told[0] ^ told[1]) == 0 or len(told[0] ^ told[1]) >= least
    for part, axis in ((first, 0), (second, 1)):
        for name, members in part.groups.items():
            inside = [cell for key, cell in crossed.groups.items() if key.split(" & ")[axis] == name]
            rest = len(members) - sum(map(len, inside))
            assert not inside or rest == 0 or rest >= least


def test_what_few_did_does_not_follow_from_another_attribute(tmp_path: Path) -> None:
    """Four people of a small language are in no course's figure, for the sums of the two would tell theirs."""
    draw = random.Random(4)
    names = ["en"] * 40 + ["zh"] * 30 + ["is"] * 4
    runs = [
        run(draw, at, {"language": name, "course": "xy"[at % 2]}, review=float(name == "is"))
        for at, name in enumerate(names)
    ]
    found = audit(read_cases(open_results(experiment(tmp_path / "e", runs))), "language,course")
    assert [sum(part.sizes.values()) for part in found.divided] == [70, 70, 70]
    assert (found.units, found.runs) == (70, 70)
    reviews = [item.estimate for part in found.divided for item in part.figures if item.measure == "review"]
    assert {estimate.value for estimate in reviews} == {0.0}


def test_what_few_verdicts_say_does_not_follow_from_the_row(tmp_path: Path) -> None:
    """Crossings are big enough, but few of one have a known verdict: that of another is not told either."""
    draw = random.Random(4)
    runs = [run(draw, at, {"a": "xy"[at % 2], "b": "pq"[at // 2 % 2]}) for at in range(120)]
    folder = experiment(tmp_path / "e", runs)
    kept = [
        trace if at % 4 or at < 16 else replace(trace, reference={})  # x & p: thirty runs, four known verdicts
        for at, (trace, _) in enumerate(runs)
    ]
    write_traces(folder / "traces.jsonl", kept)
    *_, crossed = audit(read_cases(open_results(folder)), "a,b").divided
    assert set(crossed.sizes) == {"x & p", "x & q", "y & p", "y & q"}
    assert not [item for item in crossed.figures if item.measure == "error"]
    assert [item for item in crossed.figures if item.measure == "review"]


def test_attributes_are_crossed(tmp_path: Path) -> None:
    draw = random.Random(5)
    runs = [
        run(draw, at, {"a": "xy"[at % 2], "b": "pq"[at // 2 % 2]}, review=0.6 if at % 4 == 3 else 0.1)
        for at in range(400)
    ]
    found = audit(read_cases(open_results(experiment(tmp_path / "e", runs))), "a,b")
    assert [part.attribute for part in found.divided] == ["a", "b", "a & b"]
    crossed = found.divided[2]
    assert set(crossed.sizes) == {"x & p", "x & q", "y & p", "y & q"}
    worst = next(item for item in crossed.comparisons if (item.group, item.measure) == ("y & q", "review"))
    assert worst.holm is not None
    assert worst.holm < 0.001
    assert worst.difference.value == pytest.approx(0.5, abs=0.12)


def test_a_learner_counts_once_however_much_they_wrote(tmp_path: Path) -> None:
    """One learner with a hundred runs is one unit: no difference follows from what that one did."""
    draw = random.Random(6)
    runs = [run(draw, at, {"g": "xy"[at % 2]}, learner=f"l{at}", review=0.1) for at in range(40)]
    runs += [run(draw, 100 + at, {"g": "x"}, learner="l0", review=1.0) for at in range(100)]
    cases = read_cases(open_results(experiment(tmp_path / "e", runs)))
    assert cases.learners
    assert len(cases.units) == 40
    assert not audit(cases, "g").found()
    busy = next(unit for unit in cases.units if unit.id == "l0")
    assert busy.values["review"] == pytest.approx(1.0, abs=0.02)


def test_seeds_of_a_sample_are_one_unit(tmp_path: Path) -> None:
    draw = random.Random(6)
    runs = [run(draw, at, {"g": "xy"[at % 2]}, seed=seed) for at in range(30) for seed in range(3)]
    cases = read_cases(open_results(experiment(tmp_path / "e", runs)))
    assert (len(cases.units), cases.runs, cases.learners) == (30, 90, False)
    assert {round(3 * unit.values["review"], 9) for unit in cases.units} <= {0.0, 1.0, 2.0, 3.0}


def test_a_learner_in_two_groups_is_refused_without_being_named(tmp_path: Path) -> None:
    draw = random.Random(6)
    runs = [run(draw, at, {"g": "xy"[at]}, learner="Ann Other") for at in range(2)]
    with pytest.raises(InputError, match="in two groups of 'g'") as caught:
        read_cases(open_results(experiment(tmp_path / "e", runs)))
    assert "Ann" not in str(caught.value)


def test_groups_may_come_from_a_file(tmp_path: Path) -> None:
    draw = random.Random(8)
    folder = experiment(tmp_path / "e", [run(draw, at, {}) for at in range(40)])
    lines = [f"task/{at}.py,{'xy'[at % 2]}\n" for at in range(40)]
    (tmp_path / "groups.csv").write_text("submission,g\n" + "".join(lines))
    (part,) = audit(read_cases(open_results(folder), groups=tmp_path / "groups.csv"), "g").divided
    assert dict(part.sizes) == {"x": 20, "y": 20}
    (tmp_path / "groups.csv").write_text("submission,g\ntask/1.py,x\ntask/1.py,y\n")
    with pytest.raises(InputError, match="other groups than before"):
        read_cases(open_results(folder), groups=tmp_path / "groups.csv")


def test_variant_and_model_have_to_be_clear(tmp_path: Path) -> None:
    draw = random.Random(8)
    runs = [run(draw, at, {"g": "x"}, variant=variant) for variant in ("a", "b") for at in range(3)]
    results = open_results(experiment(tmp_path / "e", runs))
    with pytest.raises(InputError, match="--variant"):
        read_cases(results)
    with pytest.raises(InputError, match="no variant 'c' \\(variants: a, b\\)"):
        read_cases(results, variant="c")
    assert read_cases(results, variant="b").runs == 3
    runs = [run(draw, at, {"g": "x"}, model=model) for model in ("m", "n") for at in range(3)]
    results = open_results(experiment(tmp_path / "f", runs))
    with pytest.raises(InputError, match="--model"):
        read_cases(results)
    assert read_cases(results, model="n").model == "n"


def test_scores_of_the_experiment_are_compared_as_well(tmp_path: Path) -> None:
    draw = random.Random(9)
    runs = [run(draw, at, {"g": "xy"[at % 2]}) for at in range(60)]
    folder = experiment(tmp_path / "e", runs)
    with (folder / "scores.jsonl").open("ab") as file:
        for at, (trace, _) in enumerate(runs):
            file.write(line_of(Scored(trace.id, "full", "none", 0, f"task/{at}.py", "leak", float(at % 2))))
            file.write(line_of(Scored(trace.id, "full", "none", 0, f"task/{at}.py", "latency", None if at else 2.5)))
    found = audit(read_cases(open_results(folder), keys=["leak"]), "g")
    (item,) = [item for item in found.divided[0].comparisons if item.measure == "score:leak"]
    assert item.difference.value in (1.0, -1.0)
    assert item.holm is not None
    assert item.holm < 0.001
    with pytest.raises(InputError, match="no score 'laek'"):
        read_cases(open_results(folder), keys=["laek"])


def test_runs_that_say_nothing_make_no_figures(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(orjson.dumps({"name": "made"}))
    outputs = [{}, {"confidence": 3, "rubric": [], "diagnosis": None}, {"confidence": {"value": True, "route": 7}}]
    traces = [
        Trace(f"{at:032x}", "a", outputs=dict(given), attributes={"sample": str(at), "groups": {"g": "x"}})
        for at, given in enumerate(outputs * 10)
    ]
    write_traces(folder / "traces.jsonl", traces)
    cases = read_cases(open_results(folder))
    assert (cases.failed, dict(cases.measures)) == (30, {})
    found = audit(cases, "g")
    assert found.tests == 0
    assert "Nothing could be compared" in audit_markdown(found)


def test_agreement_with_experts_is_compared_on_their_scale(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(orjson.dumps({"name": "made"}))
    traces = [
        Trace(
            f"{at:032x}",
            "a",
            outputs={"rubric": {"value": 0.5 if at % 2 else 0.75}},
            reference={"scores": {"correctness": {"A": 4, "B": 4}}, "scale": [1, 5]},
            attributes={"sample": str(at), "groups": {"g": "xy"[at % 2]}},
        )
        for at in range(40)
    ]
    write_traces(folder / "traces.jsonl", traces)
    (part,) = audit(read_cases(open_results(folder)), "g").divided
    bias = {item.group: item.estimate.value for item in part.figures if item.measure == "expert_bias"}
    assert bias == pytest.approx({"x": 0.0, "y": -0.25})


def test_groups_may_stand_with_the_scores_alone_and_a_cell_written_twice_counts_once(tmp_path: Path) -> None:
    draw = random.Random(9)
    runs = [run(draw, at, {}) for at in range(40)]
    folder = experiment(tmp_path / "e", [*runs, runs[0]])
    lines = [line_of(replace(scored, groups={"g": "xy"[at % 2]})) for at, (_, scored) in enumerate(runs)]
    (folder / "scores.jsonl").write_bytes(b"".join([*lines, lines[0]]))
    cases = read_cases(open_results(folder))
    assert cases.runs == 40
    assert all(len(unit.pairs) == 1 for unit in cases.units)
    assert dict(audit(cases, "g").divided[0].sizes) == {"x": 20, "y": 20}
