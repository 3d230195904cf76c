"""A pytest plug-in: scores of recorded or fresh runs in tests, figures with intervals at the end, thresholds.

```python
@pytest.mark.gradatim_eval
def test_claims_are_supported(trace, score, assert_score):  # once for each run of --gradatim-traces FILE
    assert_score(score("claim_support", trace), at_least=0.9)
```

It is loaded in every pytest run where gradatim is installed, so nothing of gradatim is imported before a test asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gradatim.evals.harness.runs import Scorable
    from gradatim.evals.harness.session import Gathered
    from gradatim.evals.harness.thresholds import Threshold
    from gradatim.evals.scorers.score import Score, ScorerInfo
    from gradatim.evals.traces.recording import Recording
    from gradatim.evals.traces.trace import Trace

    ScoreOf = Callable[..., Score]

MARKER = "gradatim_eval"
_NONE = "no recorded runs: give --gradatim-traces FILE"
_read: pytest.StashKey[dict[Path, tuple[Any, ...]]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options and settings."""
    group = parser.getgroup("gradatim", "runs of agents (gradatim)")
    group.addoption("--gradatim-traces", metavar="FILE", help="Recorded runs for the fixtures `trace` and `traces`.")
    group.addoption("--gradatim-record", metavar="FILE", help="Record the runs that tests make, and add them to FILE.")
    parser.addini(
        "gradatim_thresholds",
        "Figures that the session has to reach, one a line: `claim_support >= 0.95`, `claim_support.low >= 0.9`.",
        type="linelist",
        default=[],
    )


def pytest_configure(config: pytest.Config) -> None:
    """Say what the marker is, and read the thresholds."""
    config.addinivalue_line(
        "markers", f"{MARKER}(traces=None): judges runs of agents; `trace` is each run of the file that is named"
    )
    config.stash[_read] = {}
    lines: list[str] = config.getini("gradatim_thresholds")
    thresholds: list[Threshold] = []
    if lines:
        from gradatim.evals.harness.thresholds import ThresholdError, read_threshold

        try:
            thresholds = [read_threshold(line) for line in lines]
        except ThresholdError as error:
            raise pytest.UsageError(f"gradatim_thresholds: {error}") from error
    config.pluginmanager.register(Evaluations(config, thresholds), "gradatim-evaluations")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a marked test that asks for `trace` once for each recorded run."""
    if "trace" not in metafunc.fixturenames or metafunc.definition.get_closest_marker(MARKER) is None:
        return
    if any("trace" in _names(mark) for mark in metafunc.definition.iter_markers("parametrize")):
        return
    path = _file_of(metafunc.definition)
    if path is None:
        metafunc.parametrize("trace", [pytest.param(None, marks=pytest.mark.skip(reason=_NONE))], ids=["none"])
        return
    found = _traces_of(metafunc.config, path)
    metafunc.parametrize("trace", found, ids=[_name(item) for item in found])


@pytest.fixture
def traces(request: pytest.FixtureRequest) -> tuple[Trace, ...]:
    """The recorded runs of `--gradatim-traces FILE`, or of the marker's file; the test is skipped where neither is."""
    path = _file_of(request.node)
    if path is None:
        pytest.skip(_NONE)
    return _traces_of(request.config, path)


@pytest.fixture
def trace() -> Trace:
    """One recorded run; a test that is marked `gradatim_eval` is run once for each."""
    pytest.fail(f"mark the test with @pytest.mark.{MARKER} to have it run once for each recorded run", pytrace=False)


@pytest.fixture
def score(request: pytest.FixtureRequest) -> ScoreOf:
    """Scores a run: `score(key, run, reference=None)`.

    `key` is that of a scorer, or a `ScorerInfo` of one's own; `run` is a trace, an assessment, a run of
    `gradatim.testing`, or a mapping with `outputs`. The score counts in the figures at the end of the session.
    """
    from gradatim.evals.harness.runs import trace_of
    from gradatim.evals.harness.session import property_of
    from gradatim.evals.scorers import ScorerInfo, scorers_of
    from gradatim.evals.scorers.score import score_trace

    def scored(key: str | ScorerInfo, run: Scorable, reference: Mapping[str, Any] | None = None) -> Score:
        info = key if isinstance(key, ScorerInfo) else scorers_of([key])[0]
        (found,) = score_trace(trace_of(run, reference), [info])
        request.node.user_properties.append(property_of(info, found))
        return found

    return scored


@pytest.fixture(name="assert_score")
def _assert_score() -> Callable[..., None]:  # pyright: ignore[reportUnusedFunction]
    """Asserts that a score lies within bounds: `assert_score(score, at_least=0.9)`."""
    from gradatim.evals.harness.asserting import assert_score

    return assert_score


class Evaluations:
    """What a session does beside running its tests: records their runs, gathers their scores, and tells of both."""

    def __init__(self, config: pytest.Config, thresholds: list[Threshold]) -> None:
        self._config = config
        self._thresholds = thresholds
        self._gathered: Gathered | None = None
        self._told: list[str] = []
        self._recording: Recording | None = None

    @property
    def _worker(self) -> bool:
        """Whether this is a process of pytest-xdist, whose reports are told elsewhere."""
        return hasattr(self._config, "workerinput")

    def pytest_sessionstart(self) -> None:
        """Begin to record."""
        path = self._config.getoption("gradatim_record")
        if not path:
            return
        from gradatim.errors import GradatimError
        from gradatim.evals.traces.recording import recording

        try:
            self._recording = recording(self._config.invocation_params.dir / path)
            self._recording.__enter__()
        except GradatimError as error:
            self._recording = None
            raise pytest.UsageError(f"--gradatim-record: {error}") from error

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the scores of a test in, once for all of its phases."""
        if report.when != "teardown" or not report.user_properties:
            return
        from gradatim.evals.harness.session import Gathered

        self._gathered = self._gathered or Gathered()
        self._gathered.take(report.user_properties)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """End recording, and fail a session that misses a threshold."""
        if self._recording is not None:
            self._recording.__exit__(None, None, None)
        if self._worker:
            return
        missed = self._judge() if self._gathered is not None and self._gathered.columns else False
        if missed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Tell the figures."""
        if self._told:
            terminalreporter.section("gradatim scores")
            for line in self._told:
                terminalreporter.write_line(line, red=line.startswith("MISSED"))
        if self._recording is not None and not self._worker:
            written, lost = self._recording.written, self._recording.lost
            count = f"{written} runs recorded" if written else "runs recorded"
            more = f"; {lost} could not be" if lost else ""
            terminalreporter.write_line(f"gradatim: {count} to {self._recording.path}{more}")

    def _judge(self) -> bool:
        """Work the figures out; whether a threshold is missed."""
        from gradatim.evals.statistics.library import NoStatistics

        assert self._gathered is not None
        try:
            self._told += self._gathered.lines()
            verdicts = self._gathered.verdicts(self._thresholds)
        except NoStatistics as error:
            self._told.append(f"{'MISSED: ' if self._thresholds else ''}no figures: {error}")
            return bool(self._thresholds)
        for verdict in verdicts:
            self._told.append(f"{'kept' if verdict.kept else 'MISSED'}: {verdict.threshold}: {verdict.why}")
        return not all(verdict.kept for verdict in verdicts)


def _file_of(node: pytest.Item | pytest.Collector) -> Path | None:
    """File of the recorded runs that a test is about: the marker's beside the test, else that of the option."""
    marker = node.get_closest_marker(MARKER)
    named = marker.kwargs.get("traces") if marker is not None else None
    if named:
        return node.path.parent / named
    given = node.config.getoption("gradatim_traces")
    return node.config.invocation_params.dir / given if given else None


def _traces_of(config: pytest.Config, path: Path) -> tuple[Trace, ...]:
    known = config.stash[_read]
    if path not in known:
        from gradatim.errors import GradatimError
        from gradatim.evals.traces.formats import open_traces

        try:
            known[path] = tuple(open_traces(path))
        except GradatimError as error:
            raise pytest.UsageError(f"recorded runs: {error}") from error
        if not known[path]:
            raise pytest.UsageError(f"recorded runs: {path}: holds no run (record some: --gradatim-record FILE)")
    return known[path]


def _names(mark: pytest.Mark) -> list[str]:
    """Names that a mark `parametrize` gives values to."""
    given: Any = mark.args[0] if mark.args else mark.kwargs.get("argnames", ())
    return [name.strip() for name in (given.split(",") if isinstance(given, str) else given)]


def _name(trace: Trace) -> str:
    return str(trace.attributes.get("sample") or trace.id[:12])
