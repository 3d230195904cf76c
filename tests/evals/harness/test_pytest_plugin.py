"""The pytest plug-in, in pytest runs of their own."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from gradatim.domain import Assessment
from gradatim.errors import InputError
from gradatim.evals.harness.asserting import assert_score
from gradatim.evals.harness.runs import trace_of
from gradatim.evals.harness.thresholds import ThresholdError, held_against, read_threshold
from gradatim.evals.scorers import score_trace, scorers_of
from gradatim.evals.scorers.summary import Figure, figure
from gradatim.evals.scorers.tally import Column
from gradatim.evals.statistics import Estimate
from gradatim.evals.traces import read_traces, write_traces
from gradatim.evals.traces.recording import recording  # noqa: F401 imported once: pytest runs below forget what they import
from gradatim.graphs import build_assessment_graph
from gradatim.testing import TASK, WRONG, run_graph, submission
from tests.evals.traces.formats_material import assessment, bare

pytest_plugins = ["pytester"]

PLUGIN = ("-p", "gradatim.evals.harness.pytest_plugin", "-p", "no:cacheprovider")
figure(Column(), scorers_of(["claim_support"])[0])  # imports scipy, which a process can do only once


@pytest.fixture
def runs(pytester: pytest.Pytester) -> Path:
    """Two recorded runs; half of the claims of the first are supported, the other has none."""
    path = pytester.path / "runs.jsonl"
    write_traces(path, [assessment(), bare()])
    return path


JUDGING = """
import pytest

@pytest.mark.gradatim_eval
def test_each(trace, score):
    assert score("tokens_input", trace)["key"] == "tokens_input"

@pytest.mark.gradatim_eval
def test_supported(traces, score, assert_score):
    assert len(traces) == 2
    found = score("claim_support", traces[0])
    assert_score(found, at_least=BOUND)
"""


def _file(pytester: pytest.Pytester, bound: float = 0.1, ini: str = "") -> None:
    pytester.makepyfile(JUDGING.replace("BOUND", str(bound)))
    pytester.makefile(".ini", pytest=f"[pytest]\nasyncio_default_fixture_loop_scope = function\n{ini}")


def test_recorded_runs_are_judged_and_told(pytester: pytest.Pytester, runs: Path) -> None:
    _file(pytester)
    done = pytester.runpytest_inprocess(*PLUGIN, "--gradatim-traces=runs.jsonl", "--strict-markers", "--junitxml=j.xml")
    done.assert_outcomes(passed=3)
    (expected,) = score_trace(assessment(), scorers_of(["claim_support"]))
    assert expected["score"] is not None
    done.stdout.fnmatch_lines(
        ["*gradatim scores*", "tokens_input *1 not judged*", f"claim_support *{expected['score']:.3f}*of 1"]
    )
    root = ElementTree.parse(pytester.path / "j.xml").getroot()
    held = [item.attrib for item in root.iter("property") if item.attrib["name"] == "gradatim:claim_support"]
    assert [json.loads(item["value"])["score"] for item in held] == [expected["score"]]


def test_a_score_below_its_bound_fails_with_the_scorers_words(pytester: pytest.Pytester, runs: Path) -> None:
    _file(pytester, bound=0.99)
    done = pytester.runpytest_inprocess(*PLUGIN, "--gradatim-traces=runs.jsonl")
    done.assert_outcomes(passed=2, failed=1)
    done.stdout.fnmatch_lines(["*claim_support is 0.*, less than 0.99: *claims are supported*"])


@pytest.mark.parametrize(
    ("threshold", "kept"),
    [
        ("claim_support >= 0.5", True),
        ("claim_support >= 0.9", False),
        ("claim_support.low >= 0.5", False),
        ("tokens_input <= 1000", True),
        ("leak < 1", False),
    ],
)
def test_thresholds_decide_a_session(pytester: pytest.Pytester, runs: Path, threshold: str, kept: bool) -> None:
    _file(pytester, ini=f"gradatim_thresholds =\n    {threshold}\n")
    done = pytester.runpytest_inprocess(*PLUGIN, "--gradatim-traces=runs.jsonl")
    done.assert_outcomes(passed=3)
    assert done.ret == (pytest.ExitCode.OK if kept else pytest.ExitCode.TESTS_FAILED)
    done.stdout.fnmatch_lines([f"{'kept' if kept else 'MISSED'}: {threshold}:*"])


def test_marks_name_files_and_values_of_ones_own(pytester: pytest.Pytester, runs: Path) -> None:
    pytester.makefile(".ini", pytest="[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.gradatim_eval(traces="runs.jsonl")
        def test_named(trace):
            assert trace.spans is not None

        @pytest.mark.gradatim_eval
        @pytest.mark.parametrize("trace", [1, 2])
        def test_own(trace):
            assert trace in (1, 2)
        """
    )
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=4)


def test_sessions_that_score_nothing_are_not_judged(pytester: pytest.Pytester) -> None:
    _file(pytester, ini="gradatim_thresholds = claim_support >= 0.9\n")
    done = pytester.runpytest_inprocess(*PLUGIN, "-rs")
    done.assert_outcomes(skipped=2)
    done.stdout.fnmatch_lines(["*no recorded runs: give --gradatim-traces FILE*"])
    done.stdout.no_fnmatch_line("*gradatim scores*")
    assert done.ret == pytest.ExitCode.OK


def test_what_is_wrong_is_told(pytester: pytest.Pytester) -> None:
    _file(pytester, ini="gradatim_thresholds = claim_support is good\n")
    done = pytester.runpytest_inprocess(*PLUGIN)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*'claim_support is good' is no threshold*"])
    _file(pytester)
    (pytester.path / "broken.jsonl").write_text('{"gradatim_trace": 1}\n')
    done = pytester.runpytest_inprocess(*PLUGIN, "--gradatim-traces=broken.jsonl")
    assert done.ret != pytest.ExitCode.OK
    done.stdout.fnmatch_lines(["*broken.jsonl:1: the trace lacks 'id'*"])
    done = pytester.runpytest_inprocess(*PLUGIN, "--gradatim-record=broken.jsonl/x")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    pytester.makepyfile("def test_it(trace):\n    pass\n")
    done = pytester.runpytest_inprocess(*PLUGIN)
    done.stdout.fnmatch_lines(["*mark the test with @pytest.mark.gradatim_eval*"])


def test_runs_that_tests_make_are_recorded(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_DATA_DIR", str(pytester.path / "data"))
    pytester.makefile(".ini", pytest="[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(
        """
        import asyncio
        from gradatim import telemetry

        def test_plain():
            with telemetry.workflow("plain", "a"):
                with telemetry.agent("inner"):
                    pass

        def test_in_a_loop():
            async def run():
                with telemetry.workflow("looped", "b"):
                    await asyncio.sleep(0)
            asyncio.run(run())
        """
    )
    done = pytester.runpytest_inprocess(*PLUGIN, "--gradatim-record=made.jsonl")
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines(["gradatim: 2 runs recorded to *made.jsonl"])
    assert [trace.name for trace in read_traces(pytester.path / "made.jsonl")] == ["plain", "looped"]


def test_it_costs_nothing_where_it_is_not_used() -> None:
    program = (
        "import pytest, sys, time; before = set(sys.modules); start = time.perf_counter()\n"
        "import gradatim.evals.harness.pytest_plugin\n"
        "print(time.perf_counter() - start, *(set(sys.modules) - before))"
    )
    seconds, *modules = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()  # fmt: skip
    assert set(modules) == {
        "gradatim", "gradatim.evals", "gradatim.evals.harness", "gradatim.evals.harness.pytest_plugin",
    }  # fmt: skip
    assert float(seconds) < 0.05  # 2 ms on a machine that is not busy


async def test_runs_of_test_kits_and_plain_data_are_scored() -> None:
    run = await run_graph(build_assessment_graph, {"task": TASK, "submission": submission(WRONG)})
    trace = trace_of(run, {"verdict": "incorrect"})
    assert trace.outputs["diagnosis"]["verdict"] == "incorrect"
    assert trace.path == run.path
    scores = {
        item["key"]: item["score"] for item in score_trace(trace, scorers_of(["verdict_agreement", "completeness"]))
    }
    assert scores == {"verdict_agreement": 1.0, "completeness": 1.0}
    plain = trace_of({"inputs": trace.inputs, "outputs": trace.outputs, "reference_outputs": {"verdict": "correct"}})
    assert score_trace(plain, scorers_of(["verdict_agreement"]))[0]["score"] == 0.0
    whole = Assessment.model_validate({**trace.outputs, **{key: trace.inputs[key] for key in ("task", "submission")}})
    assert trace_of(whole).outputs["diagnosis"]["verdict"] == "incorrect"
    assert trace_of(trace) is trace
    with pytest.raises(InputError, match="int cannot be scored"):
        trace_of(3)  # pyright: ignore[reportArgumentType]


def test_assert_score() -> None:
    assert_score({"key": "k", "score": True, "comment": ""}, at_least=1)
    assert_score({"key": "k", "score": None, "comment": "no claims"}, at_least=1, unscored=True)
    with pytest.raises(AssertionError, match="k could not be judged: no claims"):
        assert_score({"key": "k", "score": None, "comment": "no claims"}, at_least=0)
    with pytest.raises(AssertionError, match=r"k is 0\.4, more than 0\.3: why"):
        assert_score({"key": "k", "score": 0.4, "comment": "why"}, at_most=0.3)
    with pytest.raises(TypeError):
        assert_score({"key": "k", "score": 0.4, "comment": "why"})


def test_thresholds_are_read_and_kept() -> None:
    estimate = Estimate(0.9, 0.8, 0.95, 30)
    assert read_threshold(" claim_support>=.9 ").kept_by(estimate)
    assert not read_threshold("claim_support > 0.9").kept_by(estimate)
    assert not read_threshold("claim_support.low >= 0.85").kept_by(estimate)
    assert read_threshold("claim_support.high < 1e0").kept_by(estimate)
    assert read_threshold("claim_support.low >= 0").kept_by(Estimate(0.9)) is None
    assert str(read_threshold("a.low<=1")) == "a.low <= 1"
    assert str(read_threshold("latency[p95].high<=1")) == "latency[p95].high <= 1"
    for wrong in (
        "",
        "claim_support",
        "latency[] <= 1",
        "latency.high[p95] <= 1",
        "claim_support = 1",
        "claim_support.mid >= 1",
        "a >= b",
        ">= 1",
    ):
        with pytest.raises(ThresholdError):
            read_threshold(wrong)


def test_a_figure_beside_the_mean_can_be_bounded() -> None:
    p95 = Estimate(9.0, 8.0, None, 60)
    seconds = Figure("latency", "mean", Estimate(4.0, 3.5, 4.5, 60), "s", further={"p95": p95})
    lines = ("latency[p95] <= 10", "latency[p95] <= 8", "latency[p95].high <= 20", "latency[p99] <= 20")
    within, over, open_, unknown = held_against([read_threshold(line) for line in lines], [seconds], "nothing")
    assert (within.kept, over.kept, open_.kept, unknown.kept) == (True, False, False, False)
    assert unknown.why == "there is no such figure; beside latency stand: p95"
