"""Scoring files: the same scores however they are worked on, nothing lost, memory that does not grow."""

from __future__ import annotations

import gzip
import os
import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from gradatim.errors import InputError, ServiceError, StorageError
from gradatim.evals.results import MANIFEST, SCORES, open_results
from gradatim.evals.scorers import SCORERS, ScorerInfo, score_trace, scorers_of
from gradatim.evals.scorers import lines as reading
from gradatim.evals.scorers.running import score_file, score_lines, score_traces, scores_of
from gradatim.evals.scorers.working import AHEAD, side_by_side
from gradatim.evals.traces import Trace, read_traces, write_traces
from gradatim.evals.traces.formats import write_as
from gradatim.evals.traces.lines import line_of, trace_of
from tests.evals.scorers import made

ABOUT = {"variant": "full", "model": "none", "seed": 7, "groups": {"school": "A"}}
KEYS = ("claim_support", "calibration", "expert_agreement", "leak", "latency", "path_strict")


def traces(count: int) -> Iterator[Trace]:
    """Runs that differ a little."""
    for number in range(count):
        outputs = made.outputs()
        outputs["confidence"]["value"] = (number % 10) / 10
        if number % 3 == 0:
            outputs["feedback"]["error_identification"][0]["checks"][0]["verdict"] = "refuted"
        yield Trace(
            id=f"{number:032x}",
            name="assessment",
            inputs=made.inputs(),
            outputs={key: value for key, value in outputs.items() if key not in ("spans", "attributes")},
            reference=made.reference(),
            attributes={
                "sample": f"s{number}",
                "variant": "full",
                "model": "none",
                "seed": 7,
                "groups": {"school": "A"},
            },
        )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "runs.jsonl"
    write_traces(path, traces(30))
    return path


def test_one_after_the_other_is_what_each_scorer_says(file: Path) -> None:
    scorers = scorers_of(KEYS)
    found = score_file(file, scorers)
    assert found.tally.runs == 30
    for place, info in enumerate(scorers):
        single = [score_trace(trace, scorers)[place]["score"] for trace in read_traces(file)]
        assert list(found.tally.columns[info.key].scores) == [float(score) for score in single if score is not None]


def test_shared_reading_changes_no_score(file: Path) -> None:
    scorers = scorers_of()
    for trace in read_traces(file):
        assert scores_of(trace, scorers) == score_trace(trace, scorers)


def test_several_processes_give_the_same_in_the_same_order(file: Path, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "BATCH", 20_000)  # about four runs
    single, double = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    told: list[int] = []
    one = score_file(file, scorers_of(KEYS), out=single)
    other = score_file(file, scorers_of(KEYS), workers=2, out=double, tell=told.append)
    assert one.tally == other.tally
    assert single.read_bytes() == double.read_bytes()
    assert sum(told) == 30
    assert len(told) > 2 * AHEAD


def test_several_threads_wait_side_by_side_and_give_the_same_in_the_same_order(file: Path, tmp_path: Path) -> None:
    together = threading.Barrier(3, timeout=10)

    def waits(*, inputs: Any = None, outputs: Any, reference_outputs: Any = None) -> Any:
        together.wait()  # passes only where three traces are scored at a time
        return {"key": "waits", "score": outputs["confidence"]["value"], "comment": "waited"}

    with file.open("ab") as more:
        more.write(b"{half\n")
    chosen = (*scorers_of(KEYS), ScorerInfo("waits", waits, "Waits for two others.", "outcome"))
    told: list[int] = []
    found = score_file(file, chosen, threads=3, out=tmp_path / "threads.jsonl", tell=told.append)
    alone = score_file(file, scorers_of(KEYS), out=tmp_path / "alone.jsonl")
    assert [problem.place for problem in found.problems] == [f"{file}:31"]
    assert (found.tally.runs, sum(told)) == (30, 31)
    assert list(found.tally.columns["waits"].scores) == [number % 10 / 10 for number in range(30)]
    assert {key: found.tally.columns[key] for key in KEYS} == alone.tally.columns
    rows = [line for line in (tmp_path / "threads.jsonl").read_bytes().splitlines() if b'"key":"waits"' not in line]
    assert rows == (tmp_path / "alone.jsonl").read_bytes().splitlines()


def test_threads_are_of_one_process(file: Path) -> None:
    with pytest.raises(InputError, match="threads are of one process"):
        score_file(file, scorers_of(KEYS), threads=2, workers=2)


def test_scores_are_written_as_an_experiment_writes_them(file: Path, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"name": "scored"}')
    score_file(file, scorers_of(KEYS), out=tmp_path / SCORES)
    rows = list(open_results(tmp_path).scores())
    assert len(rows) == 30 * len(KEYS)
    first = rows[0]
    assert (first.sample, first.variant, first.model, first.seed) == ("s0", "full", "none", 7)
    assert first.groups == {"school": "A"}
    assert first.key == KEYS[0]
    assert first.score == pytest.approx(2 / 3)
    assert {row.key: row.metadata for row in rows if row.trace == first.trace}["calibration"]["probability"] == 0.0


def test_lines_that_are_no_run_are_told_and_the_rest_is_scored(file: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(reading, "LONGEST", 100_000)
    good = file.read_bytes().splitlines(keepends=True)
    bad = [
        b"{half a line\n",
        b'{"gradatim_trace": 1}\n',
        b"\xff\xfe\n",
        b'{"gradatim_trace": 1, "id": "' + b"x" * 250_000 + b'"}\n',
    ]
    file.write_bytes(good[0] + bad[0] + b"\n" + good[1] + b"".join(bad[1:]) + b"".join(good[2:]) + b'{"cut')
    found = score_file(file, scorers_of(KEYS))
    assert found.tally.runs == 30
    assert found.unread == 5
    places = {problem.place for problem in found.problems}
    assert places == {f"{file}:{number}" for number in (2, 5, 6, 7, 36)}


def test_packed_files_and_such_as_were_cut_off_or_damaged(file: Path, tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(line_of(replace(trace, name=f"{trace.id * 50}")) for trace in traces(200)))
    path = tmp_path / "runs.jsonl.gz"
    path.write_bytes(whole)
    assert score_file(path, scorers_of(KEYS)).tally.runs == 200
    path.write_bytes(whole[: len(whole) // 2])
    found = score_file(path, scorers_of(KEYS))
    assert 0 < found.tally.runs < 200
    assert "any further" in found.problems[0].message
    header, block_of_no_type = whole[:10], b"\x07"
    path.write_bytes(whole + header + block_of_no_type + bytes(100))
    found = score_file(path, scorers_of(KEYS))
    assert found.tally.runs == 200
    assert [(problem.place, "any further" in problem.message) for problem in found.problems] == [(f"{path}:201", True)]


@pytest.mark.parametrize("name", ["otlp", "inspect"])
def test_other_formats(file: Path, tmp_path: Path, name: Any) -> None:
    path = tmp_path / "other.json"
    spans = [made.span("1", "invoke_agent", "generate", 0, 3), made.span("2", "chat", "m", 1, 2)]
    timed = trace_of({"gradatim_trace": 1, "id": "0" * 32, "name": "a", "spans": made.run(*spans)}, "here")
    write_as(name, path, [replace(trace, spans=timed.spans) for trace in traces(3)])
    found = score_file(path, scorers_of(["claim_support", "latency", "completeness"]))
    assert found.tally.runs == 3
    assert any(len(column.scores) == 3 for column in found.tally.columns.values())


@pytest.mark.parametrize("content", [None, b"", b"\n\n", b"hello\n", b"[1, 2]", b"\x1f\x8b\x08broken"])
def test_files_that_hold_no_run(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "runs.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        score_file(path)
    assert str(path) in (caught.value.place or "")
    assert caught.value.remedy


def test_a_scorer_that_breaks_costs_its_own_scores_only(file: Path, tmp_path: Path) -> None:
    def broken(**_: Any) -> Any:
        raise ZeroDivisionError("by nought")

    own = ScorerInfo("own", broken, "Breaks.", "outcome")
    found = score_traces(traces(3), [own, SCORERS["claim_support"]], out=tmp_path / "scores.jsonl")
    assert found.tally.column("own").missing == {"the scorer broke: ZeroDivisionError: by nought": 3}
    assert len(found.tally.column("claim_support").scores) == 3
    with pytest.raises(InputError, match="cannot be sent to other processes"):
        score_file(file, [own], workers=2)


@pytest.mark.parametrize("given", [None, 3, {}, {"key": "other", "score": 0.5}, {"score": float("inf"), "comment": 7}])
def test_a_scorer_that_gives_something_else(given: Any, tmp_path: Path) -> None:
    own = ScorerInfo("own", lambda **_: given, "Odd.", "outcome")
    found = score_traces(traces(2), [own], out=tmp_path / "scores.jsonl").tally.column("own")
    assert len(found.scores) + found.missing.total() == 2
    rows = [orjson.loads(line) for line in (tmp_path / "scores.jsonl").read_bytes().splitlines()]
    assert [row["key"] for row in rows] == ["own", "own"]


def test_metadata_that_json_cannot_hold(tmp_path: Path) -> None:
    def odd(**_: Any) -> Any:
        return {"key": "own", "score": 1.0, "comment": "half \ud800", "metadata": {"what": object()}}

    out = tmp_path / "scores.jsonl"
    score_traces(traces(1), [ScorerInfo("own", odd, "Odd.", "outcome")], out=out)
    assert orjson.loads(out.read_bytes())["score"] == 1.0


def test_a_disk_that_takes_nothing(file: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("no folder")
    with pytest.raises(StorageError, match="cannot be written") as caught:
        score_file(file, scorers_of(KEYS), out=tmp_path / "folder" / "scores.jsonl")
    assert caught.value.remedy


def test_an_error_on_the_way_leaves_the_old_scores(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "scores.jsonl"
    out.write_text("old")

    def failing() -> Iterator[Trace]:
        yield next(traces(1))
        raise InputError("the source dried up")

    with pytest.raises(InputError, match="dried up"):
        score_traces(failing(), scorers_of(KEYS), out=out)
    assert out.read_text() == "old"


class _Deadly:
    """Ends the process that it is sent to."""

    def __reduce__(self) -> Any:
        return os._exit, (3,)


def test_a_process_that_dies_is_told() -> None:
    batch: Any = [_Deadly()]
    with pytest.raises(ServiceError, match="died"):
        list(side_by_side([batch], scorers_of(KEYS[:1]), 1, False))


def test_memory_does_not_grow_with_the_file() -> None:
    line = line_of(next(traces(1)))

    def peak(count: int) -> int:
        tracemalloc.start()
        score_lines((("here", line) for _ in range(count)), scorers_of(["claim_support", "completeness"]))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(5)  # what is imported and cached once
    small, large = peak(300), peak(1500)
    assert large - small < 8 * 2 * 1200 + 500_000  # two scorers, eight bytes a score; lines are let go
