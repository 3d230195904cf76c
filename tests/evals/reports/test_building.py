"""The report of an experiment: all its parts, from folders that are whole, half finished, or hardly anything."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from gradatim.app.report.evaluation import render_markdown, render_page
from gradatim.errors import InputError
from gradatim.evals.reports.building import report_of
from gradatim.evals.reports.document import Cell, Note, Report, Table
from gradatim.evals.results import EXPERIMENT, SCORES, TRACES, Scored
from gradatim.evals.statistics import mean
from gradatim.evals.traces import Trace
from tests.evals.reports.making import experiment, failed_run, run, scored, write_folder

SECTIONS = ["setup", "quality", "ablation", "latency", "cost", "trust", "scores", "gaps"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Report:
    folder = tmp_path_factory.mktemp("results")
    return report_of(experiment(folder / "demo", {"full": 0.85, "no-graph": 0.84, "base": 0.45}))


def _tables(report: Report, key: str) -> list[Table]:
    (section,) = [section for section in report.sections if section.key == key]
    return [block for block in section.blocks if isinstance(block, Table)]


def _row(table: Table, name: str) -> tuple[Cell, ...]:
    return next(row for row in table.rows if row[0].text == name)


def _words(report: Report) -> str:
    return render_markdown(report)


def test_every_part_is_there(whole: Report) -> None:
    assert [section.key for section in whole.sections] == SECTIONS
    assert "All 240 runs" in _words(whole)
    assert render_page(whole).count("<svg xmlns") == 8  # four forests, latency, reliability, precision, spreads


def test_quality_has_n_and_intervals_and_the_source_only_where_it_measures_the_same(whole: Report) -> None:
    (table,) = _tables(whole, "quality")
    full = dict(zip(table.header, _row(table, "full"), strict=True))
    assert full["agreement with experts, r"].detail.startswith("[0.")
    assert "n 40" in full["agreement with experts, r"].detail
    assert full["coverage of objectives"].text == "not measured"
    theirs = dict(zip(table.header, _row(table, "full framework (source)"), strict=True))
    assert (theirs["agreement with experts, r"].text, theirs["agreement with experts, r"].detail) == ("0.847", "theirs")
    # coverage was not measured here, and precision is another measure: nothing of theirs stands beside them
    assert (theirs["coverage of objectives"].text, theirs["precision of what is said"].text) == ("", "")


def test_ablation_marks_what_is_worse_and_nothing_else(whole: Report) -> None:
    (table,) = _tables(whole, "ablation")
    verdicts: dict[str, set[str]] = {}
    name = ""
    for row in table.rows:
        if not row[0].text.startswith("–"):
            name = row[0].text
        else:
            verdicts.setdefault(name, set()).add(row[-1].text)
    assert "worse" in verdicts["base"]
    assert verdicts["no-graph"] == {"no difference shown"}


def test_the_baseline_can_be_named(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "a", {"full": 0.8, "base": 0.5}, samples=12, seeds=1)
    assert "Differences to “base”" in _words(report_of(folder, baseline="base"))
    with pytest.raises(InputError, match="choose from: full, base"):
        report_of(folder, baseline="nothing")


def test_latency_tells_model_and_overhead_apart_and_load(whole: Report) -> None:
    table, load, *nodes = _tables(whole, "latency")
    mean = [float(_row(table, name)[2].text) for name in ("full", "– with the model", "– overhead")]
    assert mean[0] == pytest.approx(mean[1] + mean[2], abs=0.002)
    assert mean[1] == pytest.approx(0.5)
    assert any("4–7 at a time" in row[0].text for row in load.rows)
    assert len(nodes) == 3
    assert _row(table, "full")[-1].detail == "needs 100 examples"


def test_failed_runs_are_shown(whole: Report) -> None:
    table, failures = _tables(whole, "cost")
    count = sum(row[2].tone == "bad" for row in table.rows)
    assert count
    assert {row[3].text for row in failures.rows} == {"no model"}
    (gaps,) = _tables(whole, "gaps")
    assert all("the run failed: no model" in row[3].text for row in gaps.rows)


def test_a_half_finished_folder_says_how_far_it_is(tmp_path: Path) -> None:
    folder = experiment(tmp_path / "a", {"full": 0.8, "base": 0.5}, samples=10, seeds=1)
    for name in (SCORES, TRACES):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2 + 9])
    words = _words(report_of(folder))
    assert "Not finished: 1" in words
    assert "The last line of scores.jsonl is cut off" in words.replace("\\", "")
    assert "Traces are read up to" in words


def _nothing(folder: Path) -> Path:
    return write_folder(folder, [])


def _planned(folder: Path) -> Path:
    folder = write_folder(folder, [], variants=["a", "b"], samples=5, seeds=[1], models=["m"])
    (folder / SCORES).unlink()
    return folder


def _single(folder: Path) -> Path:
    return write_folder(
        folder, [scored(1, "claim_support", 1.0), scored(1, "calibration", 1.0, probability=0.9)], [run(1, 1.0)]
    )


def _unjudged(folder: Path) -> Path:
    return write_folder(folder, [scored(n, "claim_support", None, comment="nothing to check") for n in range(5)])


def _failed(folder: Path) -> Path:
    return write_folder(
        folder,
        [scored(n, "claim_support", None, comment="the run failed: no model") for n in range(5)],
        [failed_run(n, "no model") for n in range(5)],
    )


def _infinite(folder: Path) -> Path:
    folder = write_folder(folder, [scored(1, "leak", 7.5), scored(2, "leak", 0.0)])
    (folder / SCORES).write_bytes((folder / SCORES).read_bytes().replace(b"7.5", b"1e308"))
    return folder


def _odd_manifest(folder: Path) -> Path:
    return write_folder(
        folder,
        [scored(1, "leak", 0.0, variant=v) for v in "ab"],
        variants={"a": {}, "b": None},
        samples="many",
        seeds=-1,
        models=None,
        started=[1],
        data={"loader": "examples"},
    )


@pytest.mark.parametrize("make", [_nothing, _planned, _single, _unjudged, _failed, _infinite, _odd_manifest])
def test_hardly_anything_is_a_report_all_the_same(tmp_path: Path, make: Any) -> None:
    report = report_of(make(tmp_path / "a"))
    assert [section.key for section in report.sections if section.key != "traces"] == SECTIONS
    words, page = _words(report), render_page(report)
    assert "nan" not in words.lower().replace("not finite", "")
    assert page.endswith("</html>\n")


def test_several_models_are_rows_of_their_own(tmp_path: Path) -> None:
    scores = [scored(n, "claim_support", n % 2, model=m) for n in range(12) for m in ("small", "large")]
    (table,) = _tables(report_of(write_folder(tmp_path / "a", scores)), "quality")
    assert [row[0].text for row in table.rows] == ["full · large", "full · small"]


def test_a_judges_scores_carry_what_it_is_worth(tmp_path: Path) -> None:
    told = {"judge": "model:x", "validity": "not validated"}
    known = {"judge": "model:y", "validity": "validated: κ = 0.71 on 300 labelled replies"}
    scores = [scored(n, "judged_tutor_tone", 1.0, **told) for n in range(3)]
    scores += [scored(n, "judged_coherence", 1.0, **known) for n in range(3)]
    scores += [scored(n, "judged_actionability", 1.0) for n in range(3)]
    report = report_of(write_folder(tmp_path / "a", scores))
    figures, table = _tables(report, "scores")
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["judged tutor tone", "model:x", "not validated"],
        ["judged coherence", "model:y", "validated: κ = 0.71 on 300 labelled replies"],
        ["judged actionability", "not named", "not validated"],
    ]
    assert [row[2].tone for row in table.rows] == ["warn", "", "warn"]
    # beside the figure itself
    assert "by model:x: not validated" in _row(figures, "judged tutor tone")[0].detail
    assert "by model:y: validated: κ = 0.71" in _row(figures, "judged coherence")[0].detail
    assert "nothing is known of its validity" in _row(figures, "judged actionability")[0].detail
    assert [row[0].tone for row in figures.rows] == ["warn", "", "warn"]
    assert "read its figures as those of a model" in _words(report)


def test_judges_that_are_validated_give_no_warning(tmp_path: Path) -> None:
    known = {"judge": "model:y", "validity": "validated: κ = 0.71 on 300 labelled replies"}
    report = report_of(write_folder(tmp_path / "a", [scored(n, "judged_coherence", 1.0, **known) for n in range(3)]))
    assert "as those of a model" not in _words(report)


def test_a_rule_is_no_judge(tmp_path: Path) -> None:
    report = report_of(write_folder(tmp_path / "a", [scored(n, "leak", 0.0) for n in range(3)]))
    assert "validity" not in _words(report)


def test_a_calibration_error_is_better_low(whole: Report) -> None:
    rows = {row[0].text: row[0].detail for table in _tables(whole, "scores") for row in table.rows}
    assert "ECE, lower is better" in rows["calibration"]
    assert "higher is better" in rows["precision rubric"]


def test_what_is_missing_for_the_same_reason_is_one_row(tmp_path: Path) -> None:
    scores = [
        scored(n, key, None, variant=variant, comment="`reference.path` is missing")
        for n in range(4)
        for key in ("path_strict", "path_subset")
        for variant in "ab"
    ]
    scores += [scored(n, "leak", None if n else 0.0, variant="a", comment="open") for n in range(4)]
    report = report_of(write_folder(tmp_path / "a", scores))
    (gaps,) = _tables(report, "gaps")
    assert [[cell.text for cell in row] for row in gaps.rows] == [
        ["path strict, path subset", "all", "4", "`reference.path` is missing (4)"],
        ["leak", "a", "3", "open (3)"],
    ]
    assert [row[0].tone for row in gaps.rows] == ["warn", ""]
    assert [row[2].detail for row in gaps.rows] == ["100% of 4 runs each", "75% of 4 runs"]
    # and no row without a figure among the figures
    assert [row[0].text for table in _tables(report, "scores") for row in table.rows] == ["leak"]


def test_variants_are_told_in_words(tmp_path: Path) -> None:
    folder = write_folder(
        tmp_path / "a", [scored(1, "leak", 0.0, variant=v) for v in ("full", "a", "b", "c", "d", "e")]
    )
    (folder / EXPERIMENT).write_text(
        "variants: {full: null, a: {without: graph}, b: {base: true}, c: {workflow: w.yaml, parameters: {n: 1}},\n"
        "  d: {description: my own, settings: {samples: 3}}, e: [odd], f: {}}\n",
        "utf-8",
    )
    _, table = _tables(report_of(folder), "setup")
    assert {row[0].text: row[1].text for row in table.rows} == {
        "full": "the agents as they are",
        "a": "without graph: no concept graph, no passages of the course, no related concepts",
        "b": "the model alone, with an ordinary prompt",
        "c": "workflow w.yaml; n = 1",
        "d": "my own; samples = 3",
        "e": "the agents as they are",
    }
    (folder / EXPERIMENT).write_bytes(b"\xff: [")
    assert len(_tables(report_of(folder), "setup")) == 1


def test_the_ablation_says_in_words_what_was_shown(whole: Report) -> None:
    (section,) = [section for section in whole.sections if section.key == "ablation"]
    said = [block.text for block in section.blocks if isinstance(block, Note)]
    assert said[0].startswith("no-graph: no difference shown in any of ")
    assert said[1].startswith("base: worse in ")
    (table,) = _tables(whole, "ablation")
    assert any("does not rule out smaller ones" in note for note in table.notes)


def _clustered(folder: Path) -> Path:
    """Four seeds of each of six examples, which differ much from one another and little within."""
    scores: list[Scored] = []
    traces: list[Trace] = []
    for n in range(6):
        for seed in range(1, 5):
            scores.append(scored(n, "calibration", float(n % 2), seed=seed, probability=0.9))
            trace = run(n, 1.0 + n + seed / 100, at=100.0 * len(traces), asked=0.5)
            traces.append(replace(trace, id=f"{n}-{seed}", attributes={**trace.attributes, "seed": seed}))
    return write_folder(folder, scores, traces)


def test_seeds_of_an_example_do_not_make_times_and_tokens_surer(tmp_path: Path) -> None:
    report = report_of(_clustered(tmp_path / "a"))
    table, *_ = _tables(report, "latency")
    full = _row(table, "full")
    assert (full[1].text, full[1].detail) == ("24", "6 examples")
    by_hand = mean([1.025 + n for n in range(6)])
    assert full[2].detail == f"[{by_hand.low:.3f}, {by_hand.high:.3f}]"
    assert full[4].detail == "needs 10 examples"
    cost, *_ = _tables(report, "cost")
    assert _row(cost, "full")[3].detail.endswith("n 6")
    (trust,) = _tables(report, "trust")
    over = dict(zip(trust.header, _row(trust, "full"), strict=True))["overconfidence"]
    assert (over.text, over.detail.rpartition(" ")[2]) == ("+0.400", "6")
    assert over.detail.startswith("[")


def test_page_and_markdown_say_what_the_data_say(whole: Report) -> None:
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", render_page(whole))).split())
    words = re.sub(r"\\(.)", r"\1", render_markdown(whole))
    checked = 0
    for section in whole.plain()["sections"]:
        for block in section["blocks"]:
            for cell in (cell for row in block.get("rows", ()) for cell in row):
                for text in filter(None, (cell["text"], cell.get("detail"))):
                    assert text in words
                    assert text in page or text.replace("], ", "] ") in page
                    checked += 1
    assert checked > 300


def test_what_others_wrote_stays_text(tmp_path: Path) -> None:
    evil = '<script>alert("x")</script>|`**[a](javascript:1)'
    scores = [scored(evil, evil, 0.5, variant=evil), scored(1, "leak", None, variant=evil, comment=evil)]
    report = report_of(write_folder(tmp_path / "a", scores, data=evil))
    page, words = render_page(report), render_markdown(report)
    assert "<script" not in page
    assert "<script" not in words.replace("\\<script", "")
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page
