"""The file of traces: any number of writers, killed ones, full disks, and files of something else."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from gradatim.app.recording import held
from gradatim.errors import InputError, SettingsError, StorageError
from gradatim.evals.traces import Trace, read_traces
from gradatim.evals.traces.lines import line_of
from gradatim.evals.traces.recording import recording
from gradatim.evals.traces.recording.afar import RecordingAfar
from gradatim.evals.traces.recording.file import TraceFile
from gradatim.evals.traces.recording.outlet import Outlet
from gradatim.evals.traces.recording.recorder import TraceRecorder
from gradatim.settings import Settings
from gradatim.telemetry import agent, recorder_at_work, workflow

WRITER = """
import sys
from pathlib import Path
from gradatim.evals.traces import Trace
from gradatim.evals.traces.lines import line_of
from gradatim.evals.traces.recording.file import TraceFile

name, path = sys.argv[1], Path(sys.argv[2])
file = TraceFile(path)
print("ready", flush=True)
sys.stdin.readline()
for number in range(80):
    filling = name * (200 + 977 * (number % 23))
    file.add(line_of(Trace(f"{name}{number}", "t", outputs={"filling": filling})) * (1 + number % 2))
"""


@pytest.mark.parametrize("name", ["t.jsonl", "t.jsonl.gz"])
def test_two_processes_do_not_mix_their_lines(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, letter, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for letter in "ab"
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n")
        assert writer.returncode == 0
    found = [trace.id for trace in read_traces(path)]
    wanted = [f"{letter}{number}" for letter in "ab" for number in range(80) for _ in range(1 + number % 2)]
    assert sorted(found) == sorted(wanted)
    for letter in "ab":  # each in its own order
        own = [item for item in found if item.startswith(letter)]
        assert own == [item for item in wanted if item.startswith(letter)]


def test_a_file_of_something_else_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    for name, content in (("notes.txt", b"my thesis"), ("x.jsonl", b'{"a": 1}\n'), ("x.gz", b"my thesis")):
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(InputError, match="something else than traces"):
            recording(path, settings=Settings(data_dir=tmp_path)).__enter__()
        assert path.read_bytes() == content
    packed = tmp_path / "letters.gz"
    packed.write_bytes(gzip.compress(b"dear"))
    with pytest.raises(InputError, match="something else than traces"):
        TraceFile(packed)


def test_a_place_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file" / "below.jsonl", tmp_path):
        with pytest.raises(StorageError, match="cannot be written"):
            TraceFile(path)
    with pytest.raises(SettingsError, match="nowhere to record to"):
        recording(settings=Settings(data_dir=tmp_path))


def test_the_half_line_of_a_killed_writer_goes_and_a_whole_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    whole, other = line_of(Trace("a", "t")), line_of(Trace("b", "t", outputs={"long": "x" * 3_000_000}))
    path.write_bytes(whole + other[: len(other) // 2])
    TraceFile(path).add(whole)
    assert path.read_bytes() == whole * 2
    path.write_bytes(whole + whole.rstrip(b"\n"))  # saved by an editor
    TraceFile(path).add(whole)
    assert path.read_bytes() == whole * 3


def test_the_half_lot_of_a_killed_writer_of_a_compressed_file_goes(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    first, second = (gzip.compress(line_of(Trace(name, "t", outputs={"long": name * 3_000_000}))) for name in "ab")
    for cut in (0, 1, 5, len(second) // 2, len(second) - 1):
        path.write_bytes(first + second[:cut])
        TraceFile(path).add(line_of(Trace("c", "t")))
        whole = ["b"] if cut == len(second) - 1 else []  # all of its line is there, only gzip's trailer is not
        assert [item.id for item in read_traces(path)] == ["a", *whole, "c"]
    path.write_bytes(first + b"something else")
    with pytest.raises(InputError, match="something else than traces"):
        TraceFile(path)


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    path, old = tmp_path / "t.jsonl", tmp_path / "t.1.jsonl"
    file = TraceFile(path)
    file.add(line_of(Trace("a", "t")))
    path.rename(old)
    file.add(line_of(Trace("b", "t")))
    assert [item.id for item in read_traces(old)] == ["a"]
    assert [item.id for item in read_traces(path)] == ["b"]
    assert path.stat().st_mode & 0o077 == 0


def test_a_full_disk_is_told_once_and_fails_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip  # noqa: E501
    path = tmp_path / "t.jsonl"
    taken = recording(path, settings=Settings(data_dir=tmp_path))
    write = os.write
    full = False

    def half(descriptor: int, block: bytes) -> int:
        if not full or b"gradatim_trace" not in bytes(block[:40]):
            return write(descriptor, block)
        write(descriptor, block[: len(block) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with taken:
        for number in range(6):
            full = number in (2, 3)
            with workflow("w", str(number)):
                pass
            taken.drain()
    assert [item.attributes["conversation"] for item in read_traces(path)] == ["0", "1", "4", "5"]
    assert (taken.written, taken.lost) == (4, 2)
    assert caplog.text.count("No space left on device") == 1
    assert "2 recorded runs are missing" in caplog.text


def test_nothing_is_lost_when_the_block_ends_at_once(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with recording(path, settings=Settings(data_dir=tmp_path)) as taken:
        for number in range(500):
            with workflow("w", str(number)), agent("a"):
                pass
    assert taken.written == 500
    assert [item.attributes["conversation"] for item in read_traces(path)] == [str(number) for number in range(500)]


def test_what_is_not_over_is_written_as_far_as_it_came(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with recording(path, settings=Settings(data_dir=tmp_path)):
        left = workflow("abandoned", "1")
        left.begin()
        left.set("gradatim.kept", 1)
    left.end()
    (trace,) = read_traces(path)
    assert trace.root is not None
    assert not trace.root.ok
    assert trace.root.message == "was not over when recording ended"
    assert trace.root.attributes["gradatim.kept"] == 1


def test_a_run_that_cannot_be_told_takes_no_other_with_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "t.jsonl"
    with recording(path, settings=Settings(data_dir=tmp_path)) as taken:
        for number in range(3):
            with workflow("w", str(number)) as work:
                assert work.run is not None
                if number == 1:
                    work.run.result = lambda: 1 // 0  # type: ignore[assignment, return-value]
    assert [item.attributes["conversation"] for item in read_traces(path)] == ["0", "2"]
    assert taken.lost == 1
    assert "ZeroDivisionError" in caplog.text


def test_texts_that_are_no_unicode_are_written(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    with recording(path, settings=Settings(data_dir=tmp_path), content="pseudonymised"), workflow("w", "1") as work:
        assert work.run is not None
        work.run.result = lambda: ("workflow", {"x": "a\ud800b", "y": {3: {1, 2}}}, {"\udfff": float("nan")})
        work.content("gradatim.text", lambda: "\ud83d")
    (trace,) = read_traces(path)
    assert trace.inputs["x"] == "a?b"
    assert trace.spans[0].attributes["gradatim.text"] == "?"
    assert trace.outputs == {"?": None}


def test_a_queue_that_is_full_drops_and_counts(caplog: pytest.LogCaptureFixture) -> None:
    gate, taken = threading.Event(), list[int]()

    def handle(items: Sequence[int]) -> None:
        gate.wait()
        taken.extend(items)

    outlet = Outlet("small", handle, size=4)
    for number in range(100):
        outlet.put(number)
    assert outlet.lost >= 100 - 4 - 64
    gate.set()
    outlet.close()
    assert taken == sorted(taken)
    assert len(taken) + outlet.lost == 100
    assert caplog.text.count("too much waits") == 1


def test_recordings_one_inside_the_other_keep_their_own_runs(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with recording(tmp_path / "outer.jsonl", settings=settings):
        with workflow("first"):
            pass
        with recording(tmp_path / "inner.jsonl", settings=settings), workflow("second"):
            pass
        with workflow("third"):
            pass
    assert [item.name for item in read_traces(tmp_path / "outer.jsonl")] == ["first", "third"]
    assert [item.name for item in read_traces(tmp_path / "inner.jsonl")] == ["second"]


def test_whole_lines_of_a_cut_packed_lot_stay(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    lines = [line_of(Trace(str(number), "t", outputs={"filling": os.urandom(300).hex()})) for number in range(40)]
    packed = gzip.compress(b"".join(lines))
    path.write_bytes(packed[: len(packed) // 2])
    file = TraceFile(path)
    file.add(line_of(Trace("new", "t")))
    file.close()
    found = [trace.id for trace in read_traces(path)]
    assert found[-1] == "new"
    assert 10 < len(found) < 40
    assert found[:-1] == [str(number) for number in range(len(found) - 1)]


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="something else than traces"):
        TraceFile(tmp_path / "pipe")


def test_what_comes_while_a_file_is_written_anew_goes_to_the_new_one(tmp_path: Path) -> None:
    path, draft = tmp_path / "t.jsonl", tmp_path / "draft"
    file = TraceFile(path)
    file.add(line_of(Trace("forgotten", "t")))
    adding = threading.Thread(target=file.add, args=(line_of(Trace("late", "t")),))
    with held([path, tmp_path / "missing"]):
        adding.start()
        adding.join(0.1)
        assert adding.is_alive()
        draft.write_bytes(line_of(Trace("kept", "t")))
        draft.replace(path)
    adding.join(5)
    file.close()
    assert [trace.id for trace in read_traces(path)] == ["kept", "late"]


def test_what_was_recorded_elsewhere_is_written_here(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", trace_content="pseudonymised")
    afar = RecordingAfar(settings)
    (tmp_path / "data" / "pseudonyms.key").rename(tmp_path / "key")  # it was read at once
    assert afar.taken() == b""
    for name in ("first", "second"):
        with afar.at_work(), workflow(name, learner="ada-lovelace") as work:
            work.content("who", lambda: "ada-lovelace")
    lines = afar.taken()
    assert lines.count(b"\n") == 2
    assert b"lovelace" not in lines
    assert afar.taken() == b""
    path = tmp_path / "traces.jsonl"
    with recording(path, settings=settings) as taken:
        recorder = recorder_at_work()
        assert isinstance(recorder, TraceRecorder)
        recorder.add(lines + b"no trace\n")
    assert [trace.name for trace in read_traces(path)] == ["first", "second"]
    assert (taken.written, taken.lost) == (2, 1)
