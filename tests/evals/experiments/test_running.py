"""Cells run once, whatever ends the process; failures are kept apart; what does not belong any more moves aside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest

from gradatim.errors import InputError, ModelError
from gradatim.evals.datasets import Example
from gradatim.evals.experiments import Experiment, ExperimentRun
from gradatim.evals.experiments.cells import Cell, cells_of
from gradatim.evals.experiments.claiming import opened, peeked
from gradatim.evals.experiments.making import Made
from gradatim.evals.experiments.pace import Pace, spoken
from gradatim.evals.results import Scored, line_of, open_results
from gradatim.evals.scorers import ScorerInfo, unscored
from gradatim.evals.scorers.score import Score
from gradatim.evals.traces import Trace, read_traces
from tests.evals.experiments.fake import experiment, settings

TWO = "experiment: two\nvariants:\n  one:\n  other: {without: critic}\nseeds: 2\n"


def _judge(*, inputs: Any, outputs: Any, reference_outputs: Any = None) -> Score:
    if "value" not in outputs:
        return unscored("value", "nothing was made")
    return {"key": "value", "score": outputs["value"], "comment": "as it was made"}


def _broken(*, inputs: Any, outputs: Any, reference_outputs: Any = None) -> Score:
    raise ZeroDivisionError("no")


VALUE = ScorerInfo("value", _judge, "What was made.", "outcome")
BROKEN = ScorerInfo("broken", _broken, "Breaks.", "outcome")


class Maker:
    """Makes a value of each cell; keeps which were made.

    Args:
        fails: Cells that cannot be made, with the error.
    """

    def __init__(self, fails: Callable[[Cell], Exception | None] = lambda _: None, seconds: float = 0.0) -> None:
        self.made: list[tuple[str, int, str]] = []
        self._fails = fails
        self._seconds = seconds

    async def make(self, cell: Cell) -> Made:
        self.made.append((cell.variant, cell.seed, cell.example.id))
        await asyncio.sleep(self._seconds)
        error = self._fails(cell)
        if error is not None:
            raise error
        return Made("made", {"value": float(cell.seed)}, None, 0.5)


def examples(names: Iterable[str] = "abc") -> list[Example]:
    return [Example(name, {"name": name}, {"known": True}, {"group": name.upper()}) for name in names]


def plan(of: Experiment, folder: Path, given: list[Example] | None = None) -> list[Cell]:
    return list(cells_of(of, examples() if given is None else given, settings(folder / "data"), "graph"))


def run(
    folder: Path,
    maker: Maker,
    *,
    of: Experiment | None = None,
    given: list[Example] | None = None,
    scorers: tuple[ScorerInfo, ...] = (VALUE,),
    on_end: Callable[[Any], None] | None = None,
) -> ExperimentRun:
    """Run an experiment to its end with a maker, without services."""
    of = of or experiment(TWO)
    with opened(folder / "out", of.name) as kept:
        ready = ExperimentRun(of, kept, plan(of, folder, given), scorers, lambda _: maker, cast("Any", None), 2)
        asyncio.run(ready.all(on_end))
    return ready


def _traces(folder: Path) -> list[Trace]:
    return list(read_traces(folder / "out" / "traces.jsonl"))


def _scores(folder: Path) -> list[Scored]:
    return list(open_results(folder / "out").scores())


def test_every_combination_is_run_once_and_never_again(tmp_path: Path) -> None:
    first, second = Maker(), Maker()
    summary = run(tmp_path, first).summary
    assert (summary.cells, summary.before, summary.ran, summary.failed) == (12, 0, 12, 0)
    assert len(set(first.made)) == 12
    assert run(tmp_path, second).summary.before == 12
    assert second.made == []
    scores = _scores(tmp_path)
    assert len(scores) == 12
    assert {(item.variant, item.seed, item.sample) for item in scores} == set(first.made)
    assert {item.groups["group"] for item in scores} == {"A", "B", "C"}
    manifest = open_results(tmp_path / "out").manifest
    assert (manifest["name"], manifest["seeds"], manifest["samples"]) == ("two", [1, 2], ["a", "b", "c"])
    assert manifest["finished"]


def test_samples_come_first_so_that_a_part_has_all_variants(tmp_path: Path) -> None:
    order = [(cell.example.id, cell.seed, cell.variant) for cell in plan(experiment(TWO), tmp_path)]
    assert order[:4] == [("a", 1, "one"), ("a", 2, "one"), ("a", 1, "other"), ("a", 2, "other")]


def test_a_half_line_is_dropped_and_its_cell_run_again(tmp_path: Path) -> None:
    run(tmp_path, Maker())
    path = tmp_path / "out" / "traces.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:5]) + lines[5][:40])
    maker = Maker()
    ready = run(tmp_path, maker)
    assert (ready.folder.broken, len(maker.made)) == (1, 7)
    assert len({trace.id for trace in _traces(tmp_path)}) == len(_scores(tmp_path)) == 12


def test_scores_follow_the_traces_and_those_of_others_stay(tmp_path: Path) -> None:
    run(tmp_path, Maker())
    path = tmp_path / "out" / "scores.jsonl"
    trace = _traces(tmp_path)[0]
    foreign = Scored(trace.id, "one", "none", 1, "a", "judged_elsewhere", 0.5)
    gone = Scored("f" * 32, "one", "none", 1, "a", "judged_elsewhere", 0.5)
    path.write_bytes(line_of(foreign) + line_of(gone) + b'{"half')
    run(tmp_path, Maker(), scorers=(VALUE, BROKEN))
    scores = _scores(tmp_path)
    assert [item.key for item in scores].count("value") == 12
    assert [item.score for item in scores if item.key == "judged_elsewhere"] == [0.5]
    assert {item.score for item in scores if item.key == "broken"} == {None}
    assert "ZeroDivisionError" in next(item.comment for item in scores if item.key == "broken")


def test_a_failing_cell_is_recorded_and_tried_again_by_the_next_run(tmp_path: Path) -> None:
    def fails(cell: Cell) -> Exception | None:
        if cell.example.id == "b":
            return ModelError("is down", place="endpoint") if cell.seed == 1 else KeyError("text")
        return None

    summary = run(tmp_path, Maker(fails)).summary
    assert (summary.ran, summary.failed) == (12, 4)
    assert dict(summary.reasons) == {"endpoint: is down": 2, "KeyError: 'text'": 2}
    lost = [item for item in _scores(tmp_path) if item.score is None]
    assert len(lost) == 4
    assert all("the run failed" in item.comment for item in lost)
    assert open_results(tmp_path / "out").manifest["failed"] == 4
    maker = Maker()
    assert run(tmp_path, maker).summary.failed == 0
    assert len(maker.made) == 4
    assert len(_traces(tmp_path)) == 12
    assert all(item.score is not None for item in _scores(tmp_path))


def test_what_does_not_belong_moves_aside_and_comes_back(tmp_path: Path) -> None:
    run(tmp_path, Maker())
    changed = experiment(TWO.replace("critic", "verifier"))
    maker = Maker()
    run(tmp_path, maker, of=changed)
    assert {variant for variant, _, _ in maker.made} == {"other"}
    assert len(_traces(tmp_path)) == len(_scores(tmp_path)) == 12
    again = Maker()
    run(tmp_path, again)  # the experiment as it was first
    assert again.made == []
    assert len(_traces(tmp_path)) == 12
    fewer = Maker()
    run(tmp_path, fewer, given=examples("a"))
    assert fewer.made == []
    assert {trace.attributes["sample"] for trace in _traces(tmp_path)} == {"a"}


def test_ids_hang_on_everything_that_a_cell_depends_on(tmp_path: Path) -> None:
    def ids(of: str = TWO, given: list[Example] | None = None, **changed: Any) -> set[str]:
        found = cells_of(experiment(of), given or examples(), settings(tmp_path / "data", **changed), "graph")
        return {cell.id for cell in found}

    same = ids()
    assert len(same) == 12
    assert ids(TWO + "description: said otherwise\nworkers: 9\nscorers: [latency]\n") == same
    assert not ids(TWO + "temperature: 0.9\n") & same
    assert not ids(max_revisions=1) & same
    assert len(ids(TWO.replace("seeds: 2", "seeds: 3")) & same) == 12
    other = [Example("a", {"name": "changed"}, {"known": True}, {"group": "A"}), *examples("bc")]
    assert len(ids(given=other) & same) == 8
    policy = tmp_path / "policy.yaml"
    policy.write_text("deliver: 0.5\n", "utf-8")
    first = ids(policy=policy)
    policy.write_text("deliver: 0.6\n", "utf-8")
    assert not ids(policy=policy) & first


def test_stopping_loses_nothing(tmp_path: Path) -> None:
    ended: list[Any] = []

    def stop(one: Any) -> None:
        ended.append(one)
        if len(ended) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, Maker(seconds=0.001), on_end=stop)
    assert len(_traces(tmp_path)) >= 5
    assert open_results(tmp_path / "out").manifest["finished"] is None
    maker = Maker()
    run(tmp_path, maker)
    assert len(maker.made) == 12 - len(ended)
    assert len(_traces(tmp_path)) == len(_scores(tmp_path)) == 12


_SLOW = """
import sys
from pathlib import Path
from tests.evals.experiments.test_running import Maker, run
run(Path(sys.argv[1]), Maker(seconds=0.15))
"""


def test_a_killed_process_costs_no_more_than_what_was_under_way(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", _SLOW, str(tmp_path)], cwd=Path(__file__).parents[3])
    traces = tmp_path / "out" / "traces.jsonl"
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        if traces.exists() and traces.read_bytes().count(b"\n") >= 2:
            break
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    before = traces.read_bytes().count(b"\n")
    assert 2 <= before < 12
    maker = Maker()
    run(tmp_path, maker)
    assert len(maker.made) == 12 - before
    assert len({trace.id for trace in _traces(tmp_path)}) == len(_scores(tmp_path)) == 12


def test_one_process_alone_writes_to_a_folder(tmp_path: Path) -> None:
    again = opened(tmp_path / "out", "two")
    with opened(tmp_path / "out", "two"), pytest.raises(InputError, match="another process"):
        again.__enter__()
    run(tmp_path, Maker())  # the lock is gone with its holder


def test_a_model_that_is_away_does_not_hold_up_the_others(tmp_path: Path) -> None:
    text = "experiment: away\nvariants:\n  one:\n  other: {without: critic}\nmodels: [away, here]\nseeds: 1\n"

    def fails(cell: Cell) -> Exception | None:
        return ModelError("is away", place="endpoint") if cell.model == "away" else None

    maker, given = Maker(fails), examples("abcdefghij")
    summary = run(tmp_path, maker, of=experiment(text), given=given).summary
    assert (summary.cells, summary.failed, summary.left, summary.ran) == (40, 8, 12, 28)
    assert open_results(tmp_path / "out").manifest["finished"] is None
    assert sum(trace.attributes["model"] == "here" for trace in _traces(tmp_path)) == 20
    again = run(tmp_path, Maker(), of=experiment(text), given=given).summary
    assert (again.ran, again.failed, again.left) == (20, 0, 0)


def test_a_model_that_answers_now_and_then_is_asked_to_the_end(tmp_path: Path) -> None:
    def fails(cell: Cell) -> Exception | None:
        return None if cell.example.id in "dh" else ModelError("is slow", place="endpoint")

    summary = run(tmp_path, Maker(fails), of=experiment(TWO.replace("2", "1")), given=examples("abcdefghij")).summary
    assert (summary.ran, summary.left) == (20, 0)
    # other errors tell nothing of the model
    broken = Maker(lambda _: KeyError("text"))
    other = run(tmp_path / "b", broken, of=experiment(TWO), given=examples("abcde")).summary
    assert (other.ran, other.failed, other.left) == (20, 20, 0)


def test_a_folder_in_which_nothing_was_begun_is_gone_again(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data"), opened(tmp_path / "results" / "new", "two"):
        raise InputError("no data")
    assert not list(tmp_path.iterdir())
    run(tmp_path, Maker())
    with pytest.raises(InputError, match="no data"), opened(tmp_path / "out", "two"):
        raise InputError("no data")
    assert len(_traces(tmp_path)) == 12


def test_a_plan_changes_nothing(tmp_path: Path) -> None:
    run(tmp_path, Maker())
    before = {path: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()}
    fewer = experiment(TWO.replace("seeds: 2", "seeds: 1"))
    with peeked(tmp_path / "out") as kept:
        planned = ExperimentRun(
            fewer, kept, plan(fewer, tmp_path, examples("abcd")), (BROKEN,), lambda _: Maker(), cast("Any", None), 2
        )
    assert (len(planned.cells), len(planned.waiting)) == (8, 2)
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir() if path.is_file()} == before
    with peeked(tmp_path / "nowhere") as kept:
        assert kept.sort(["a"], lambda _: False) == {}
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-anna.txt").write_text("Dear Anna", "utf-8")
    with pytest.raises(InputError, match="something else"), peeked(tmp_path / "letters"):
        pass


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to-anna.txt").write_text("Dear Anna", "utf-8")
    with pytest.raises(InputError, match=r"something else \(to-anna\.txt\)"), opened(tmp_path / "letters", "two"):
        pass
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["to-anna.txt"]


def test_garbage_in_the_files_costs_the_garbage_alone(tmp_path: Path) -> None:
    run(tmp_path, Maker())
    path = tmp_path / "out" / "traces.jsonl"
    path.write_bytes(b"\xff\xfe\n[1]\n" + b"x" * 1_000_000 + b"\n" + path.read_bytes())
    (tmp_path / "out" / "scores.jsonl").write_bytes(b"\xff\n[]\nnull\n")
    maker = Maker()
    ready = run(tmp_path, maker)
    assert (maker.made, ready.folder.broken) == ([], 3)
    assert len(_scores(tmp_path)) == 12
    manifest = tmp_path / "out" / "manifest.json"
    manifest.write_text("[]", "utf-8")
    with pytest.raises(InputError, match="not an experiment's manifest"):
        open_results(tmp_path / "out")


def test_the_time_to_go_follows_from_the_cells_of_each_kind(tmp_path: Path) -> None:
    cells = plan(experiment(TWO), tmp_path)
    pace = Pace(cells, workers=2)
    assert pace.seconds_left is None
    for cell in cells[:4]:
        pace.ended(cell, 10.0 if cell.variant == "one" else 2.0)
    assert pace.left == 8
    assert pace.typical == 6.0
    # four cells of 10 s and four of 2 s are left, for two workers
    assert pace.seconds_left == pytest.approx(24.0)
    for cell in cells[:2] * 9:
        pace.knew(cell, 30.0)
    assert pace.typical == 30.0  # what the first took, whose answers may have been known, is no longer asked
    assert [spoken(30), spoken(600), spoken(12_000)] == ["30 s", "10 min", "3 h 20 min"]


def test_the_experiment_is_kept_as_it_was_read(tmp_path: Path) -> None:
    run(tmp_path, Maker())
    assert (tmp_path / "out" / "experiment.yaml").read_text("utf-8") == TWO
    assert json.loads((tmp_path / "out" / "manifest.json").read_bytes())["digest"]
