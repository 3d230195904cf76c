"""A batch on a real Ray cluster of two workers; a machine and a worker die on the way."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gradatim.domain import ReviewDecision
from gradatim.evals.traces import read_traces
from gradatim.evals.traces.recording import recording
from gradatim.evals.traces.recording.afar import RecordingAfar
from gradatim.evals.traces.recording.recorder import TraceRecorder
from gradatim.graphs import open_assessor
from gradatim.graphs.batch import Batch, Job, Programs, Result, Summary, TaskEntry, cluster
from gradatim.graphs.batch.batch import OnProgress
from gradatim.memory import open_memory
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.settings import Settings
from gradatim.telemetry import recorder_at_work
from tests.cases import CORRECT, OFF_BY_ONE, TASK
from tests.graphs.batch.support import rows, write_programs

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own

_STORE_BYTES = 80 * 2**20
_SYSTEM = {
    # a machine that is gone refuses at once and is noticed in seconds; one that is only slow has time to answer
    "health_check_initial_delay_ms": 0,
    "health_check_period_ms": 500,
    "health_check_timeout_ms": 20_000,
    "health_check_failure_threshold": 3,
    "worker_niceness": 0,  # beside other tests, workers that give way to everybody would not start in time
}


@pytest.fixture(scope="module")
def ray_cluster() -> Iterator[Any]:
    """A head without CPUs, and what `add_node` adds to it."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'gradatim[ray]'")
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # sockets have short names
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patched.setenv("RAY_TMPDIR", folder)
        import ray
        from ray.cluster_utils import Cluster

        head = {
            "num_cpus": 0,
            "include_dashboard": False,
            "object_store_memory": _STORE_BYTES,
            "_system_config": _SYSTEM,
        }
        made = Cluster(initialize_head=True, head_node_args=head)
        made.add_node(num_cpus=1, object_store_memory=_STORE_BYTES)
        try:
            ray.init(address=made.address, log_to_driver=False, logging_level="ERROR", configure_logging=False)
            yield made
        finally:
            ray.shutdown()
            made.shutdown()
            shutil.rmtree(folder, ignore_errors=True)


def programs(count: int) -> list[dict[str, str]]:
    """Right and wrong ones in turn, of four learners."""
    return [
        {
            "file": f"p{number}.py",
            "code": f"{CORRECT if number % 2 else OFF_BY_ONE}\n# {number}\n",
            "learner": f"learner-{number % 4}",
        }
        for number in range(count)
    ]


def run(
    folder: Path, settings: Settings, *, in_flight: int, on_progress: OnProgress | None = None, **recorded: Any
) -> Summary:
    source = Programs(TaskEntry.of(TASK), [str(folder / "programs.jsonl")], settings)

    def opened() -> Any:
        return cluster.open_cluster(settings, workers=2, in_flight=in_flight, **recorded)

    work = Batch(source, settings, folder / "out.jsonl", opened, on_progress=on_progress)
    return asyncio.run(work.run())


async def events(settings: Settings) -> Counter[str]:
    """Learner → events in the memory."""
    async with open_memory(settings) as memory:
        return Counter({item.learner_id: item.events for item in await memory.learners()})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", model="none", repair_seconds=0.2)


def test_a_machine_that_goes_away_costs_nothing(ray_cluster: Any, tmp_path: Path, settings: Settings) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(16))
    second = ray_cluster.add_node(num_cpus=1, object_store_memory=_STORE_BYTES)
    assert ray_cluster.wait_for_nodes() is None
    gone: list[int] = []

    def on_progress(done: int, total: int) -> None:
        if done >= 3 and not gone:
            gone.append(done)
            ray_cluster.remove_node(second, allow_graceful=False)

    summary = run(tmp_path, settings, in_flight=6, on_progress=on_progress)
    assert gone
    assert summary.counts == {"delivered": 16}
    assert sorted(row["position"] for row in rows(tmp_path)) == list(range(16))
    assert {row["verdict"] for row in rows(tmp_path) if row["position"] % 2} == {"correct"}
    # recorded once each, in the memory of the machine that the batch was started on
    assert asyncio.run(events(settings)) == {f"learner-{number}": 4 for number in range(4)}


def test_what_is_held_can_be_decided_where_the_batch_was_started(
    ray_cluster: Any, tmp_path: Path, settings: Settings
) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("rules:\n  always: {active: true}\n")
    settings = settings.model_copy(update={"policy": policy, "trace_content": "pseudonymised"})
    write_programs(tmp_path / "programs.jsonl", programs(2))
    traces = tmp_path / "traces.jsonl"
    with recording(traces, settings=settings) as taken:
        recorder = recorder_at_work()
        assert isinstance(recorder, TraceRecorder)
        summary = run(tmp_path, settings, in_flight=2, recording=RecordingAfar, recorded=recorder.add)
    assert summary.counts == {"held": 2}
    assert (taken.written, taken.lost) == (2, 0)
    named = Scrubber.of(settings).learner
    found = list(read_traces(traces))
    assert {trace.inputs["learner"] for trace in found} == {named("learner-0"), named("learner-1")}
    assert all(trace.outputs["waiting"] and len(trace.spans) > 10 for trace in found)
    assert all(reason.startswith("always: ") for reason in summary.reasons["held"])

    async def decided() -> list[bool]:
        async with open_assessor(settings) as assessor:
            found: list[bool] = []
            for request in await assessor.pending():
                decision = ReviewDecision(
                    request_id=request.id, kind="approve", reviewer="grace", decided_at=datetime.now(UTC).isoformat()
                )
                found.append((await assessor.decide(decision)).delivered)
            return found

    assert asyncio.run(decided()) == [True, True]
    # the assessment and the review of each
    assert asyncio.run(events(settings)) == {"learner-0": 2, "learner-1": 2}


class Fragile(cluster.WorkerActor):
    """A worker that one program kills."""

    async def assess(self, job: Job) -> Result:
        if job.submission.filename == "p2.py":
            os.kill(os.getpid(), signal.SIGKILL)
        return await super().assess(job)


def test_a_program_that_kills_its_workers_takes_no_other_with_it(
    ray_cluster: Any, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "WorkerActor", Fragile)
    write_programs(tmp_path / "programs.jsonl", programs(6))
    summary = run(tmp_path, settings, in_flight=6)
    assert summary.counts == {"delivered": 5, "failed": 1}
    (failed,) = (row for row in rows(tmp_path) if row["status"] == "failed")
    assert failed["submission"] == "p2.py"
    assert "3 workers died" in failed["error"]["message"]
    assert json.dumps(failed)
    assert asyncio.run(events(settings)).total() == 5
