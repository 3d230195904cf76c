"""A batch around an engine: what is done once, what is refused, what is gone on with."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from gradatim.domain import Degradation
from gradatim.errors import InputError, SandboxError, StorageError
from gradatim.graphs.batch import Failure, Job, Result, ledger_path
from gradatim.graphs.batch.ledger import Ledger
from gradatim.settings import Settings
from tests.graphs.batch.support import InstantEngine, assessment, batch, programs, rows, write_programs


def refusing(*names: str, service: bool) -> Any:
    """Answers with a failure for these programs."""

    def answer(job: Job) -> Result:
        if job.submission.filename in names:
            return Result(job, failure=Failure("SandboxError", "does not start", service=service))
        return Result(job, assessment(job))

    return answer


async def test_every_program_has_a_line(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(5))
    summary = await batch(tmp_path, InstantEngine()).run()
    assert [row["submission"] for row in rows(tmp_path)] == [f"p{number}.py" for number in range(5)]
    assert summary.total == summary.written == summary.counts["delivered"] == 5
    assert summary.exit_code == 0


async def test_a_finished_batch_is_not_done_again(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(3))
    await batch(tmp_path, InstantEngine()).run()
    before = (tmp_path / "out.jsonl").read_bytes()
    engine = InstantEngine()
    summary = await batch(tmp_path, engine).run()
    assert (engine.asked, summary.written, summary.total) == ([], 0, 3)
    assert (tmp_path / "out.jsonl").read_bytes() == before


@pytest.mark.parametrize("together", [False, True])
async def test_the_same_program_of_the_same_learner_is_assessed_once_and_written_for_each(
    tmp_path: Path, together: bool
) -> None:
    one, other = programs(2)
    somebody = {**one, "learner": "somebody else", "file": "q.py"}
    write_programs(tmp_path / "programs.jsonl", [one, other, {**one, "file": "again.py"}, somebody])
    engine = InstantEngine(together=together)
    await batch(tmp_path, engine, in_order=True).run()
    assert [job.position for job in engine.asked] == [0, 1, 3]
    assert [(row["submission"], row["same_as"]) for row in rows(tmp_path)] == [
        ("p0.py", None), ("p1.py", None), ("again.py", 0), ("q.py", None),
    ]  # fmt: skip
    assert len({row["key"] for row in rows(tmp_path)}) == 4


async def test_what_cannot_be_taken_in_has_a_line_with_the_reason(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "a.py").write_bytes(b"x = '\xff'\n")
    (folder / "b.py").write_bytes(b"#" * 10_000_000)
    (folder / "c.py").write_bytes(b" \n")
    (folder / "d.py").write_bytes(b"x = 1\n")
    write_programs(tmp_path / "programs.jsonl", [{"file": "e.py", "code": "\0"}])
    paths = [str(folder), str(tmp_path / "programs.jsonl")]
    summary = await batch(tmp_path, InstantEngine(), paths=paths).run()
    found = {
        Path(row["submission"]).name: (row["status"], row.get("error", {}).get("message")) for row in rows(tmp_path)
    }
    assert found["a.py:1"][0] == found["b.py"][0] == found["c.py"][0] == "refused"
    assert "UTF-8" in found["a.py:1"][1]
    assert "10,000,000 bytes" in found["b.py"][1]
    assert found["c.py"][1] == "is empty"
    assert found["d.py"] == ("delivered", None)
    assert summary.counts == {"delivered": 1, "refused": 4}
    assert summary.exit_code == 2


@pytest.mark.parametrize("change", ["content", "name", "more", "fewer"])
async def test_a_changed_input_is_refused(tmp_path: Path, change: str) -> None:
    given = programs(4)
    write_programs(tmp_path / "programs.jsonl", given)
    await batch(tmp_path, InstantEngine()).run()
    match change:
        case "content":
            given[2]["code"] = "x = 'other'\n"
        case "name":
            given[2]["file"] = "other.py"
        case "more":
            given += programs(1, start=9)
        case _:
            given.pop()
    write_programs(tmp_path / "programs.jsonl", given)
    before = (tmp_path / "out.jsonl").read_bytes()
    with pytest.raises(InputError, match="began otherwise") as caught:
        await batch(tmp_path, InstantEngine()).run()
    assert "--restart" in (caught.value.remedy or "")
    assert (tmp_path / "out.jsonl").read_bytes() == before
    summary = await batch(tmp_path, InstantEngine(), restart=True).run()
    assert summary.total == summary.written == len(given)


async def test_a_changed_setting_is_named(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(2))
    await batch(tmp_path, InstantEngine()).run()
    changed = Settings(data_dir=tmp_path / "data", model="none", deliver_threshold=0.9)
    with pytest.raises(InputError, match=r"deliver_threshold was 0\.75, is 0\.9"):
        await batch(tmp_path, InstantEngine(), settings=changed).run()


async def test_a_model_may_move_to_another_address(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(2))
    here, there = (Settings(data_dir=tmp_path, model=f"http://{host}/v1#glm") for host in ("a", "b"))
    await batch(tmp_path, InstantEngine(), settings=here).run()
    assert (await batch(tmp_path, InstantEngine(), settings=there).run()).written == 0


async def test_a_restart_gives_new_runs(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(2))
    first, second, third = InstantEngine(), InstantEngine(), InstantEngine()
    await batch(tmp_path, first).run()
    await batch(tmp_path, second, restart=True).run()
    (tmp_path / "elsewhere").mkdir()
    write_programs(tmp_path / "elsewhere/programs.jsonl", programs(2))
    await batch(tmp_path / "elsewhere", third).run()
    threads = [[job.thread for job in engine.asked] for engine in (first, second, third)]
    assert set(threads[0]).isdisjoint(threads[1])
    assert threads[0] == threads[2]  # the same programs in another output: assessments that exist are taken up


async def test_degraded_ones_can_be_done_again(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(4))

    def answer(job: Job) -> Result:
        whole = assessment(job)
        part = Degradation(node="generate", reason="the model cannot be reached", fallback="text from evidence")
        return Result(job, whole.model_copy(update={"degradations": (part,)}) if job.position in (1, 2) else whole)

    summary = await batch(tmp_path, InstantEngine(answer)).run()
    assert summary.counts == {"delivered": 2, "degraded": 2}
    assert summary.reasons == {"degraded": {"generate: the model cannot be reached": 2}}
    before = {row["position"]: row["id"] for row in rows(tmp_path)}
    engine = InstantEngine()
    summary = await batch(tmp_path, engine, again=("degraded",), in_order=True).run()
    after = {row["position"]: row["id"] for row in rows(tmp_path)}
    assert [job.position for job in engine.asked] == [1, 2]
    assert summary.counts == {"delivered": 4}
    assert [number for number in range(4) if before[number] != after[number]] == [1, 2]
    assert [row["position"] for row in rows(tmp_path)] == [0, 1, 2, 3]


async def test_what_failed_goes_on_with_its_run(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(2))
    first, second = InstantEngine(refusing("p1.py", service=False)), InstantEngine()
    await batch(tmp_path, first).run()
    summary = await batch(tmp_path, second, again=("failed", "held")).run()
    assert summary.counts == {"delivered": 2}
    assert [job.thread for job in second.asked] == [first.asked[1].thread]


async def test_one_failing_program_is_a_line(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(4))
    summary = await batch(tmp_path, InstantEngine(refusing("p1.py", service=True))).run()
    assert summary.counts == {"delivered": 3, "failed": 1}
    assert summary.reasons["failed"] == {"SandboxError: does not start": 1}
    assert summary.exit_code == 3


async def test_a_dead_service_stops_the_batch_instead_of_failing_everything(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(40))
    names = [f"p{number}.py" for number in range(10, 40)]
    with pytest.raises(SandboxError, match="does not start") as caught:
        await batch(tmp_path, InstantEngine(refusing(*names, service=True))).run()
    assert "same command" in (caught.value.remedy or "")
    assert len(rows(tmp_path)) == 10
    summary = await batch(tmp_path, InstantEngine()).run()
    assert summary.counts == {"delivered": 40}
    assert len({row["key"] for row in rows(tmp_path)}) == 40


async def test_stopping_finishes_what_is_under_way(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(6))

    def answer(job: Job) -> Result:
        if job.position == 2:
            work.stop()
        return Result(job, assessment(job))

    work = batch(tmp_path, InstantEngine(answer))
    summary = await work.run()
    assert (summary.written, summary.remaining) == (3, 3)
    engine = InstantEngine()
    assert (await batch(tmp_path, engine).run()).counts == {"delivered": 6}
    assert [job.position for job in engine.asked] == [3, 4, 5]


async def test_a_cancelled_batch_goes_on(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(3))

    def answer(job: Job) -> Result:
        raise asyncio.CancelledError

    for _ in range(7):  # more often than a crashing program would be tried
        with pytest.raises(asyncio.CancelledError):
            await batch(tmp_path, InstantEngine(answer)).run()
    assert (await batch(tmp_path, InstantEngine()).run()).counts == {"delivered": 3}


async def test_a_program_that_ends_every_run_is_given_up(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(2))
    await batch(tmp_path, InstantEngine(), brief=True).run()
    with Ledger(ledger_path(tmp_path / "out.jsonl")) as ledger:
        ledger.reopen(["delivered"])
        for _ in range(5):
            ledger.claim(1)
    os.truncate(tmp_path / "out.jsonl", 0)
    summary = await batch(tmp_path, InstantEngine(), brief=True).run()
    assert summary.counts == {"delivered": 1, "failed": 1}
    assert "ended abruptly" in next(iter(summary.reasons["failed"]))


async def test_without_its_ledger_the_lines_are_adopted(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(4))
    await batch(tmp_path, InstantEngine()).run()
    out = tmp_path / "out.jsonl"
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:2]) + lines[2][:40])
    ledger_path(out).unlink()
    engine = InstantEngine()
    summary = await batch(tmp_path, engine).run()
    assert [job.position for job in engine.asked] == [2, 3]
    assert summary.counts == {"delivered": 4}
    assert out.read_bytes().splitlines(keepends=True)[:3] == lines[:3]


@pytest.mark.parametrize(
    "content", [b"something else\n", b'{"key": "x", "status": "delivered", "reasons": []}\n', b"a"]
)
async def test_a_foreign_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(1))
    (tmp_path / "out.jsonl").write_bytes(content)
    with pytest.raises(InputError, match="not a line of this batch"):
        await batch(tmp_path, InstantEngine()).run()
    assert (tmp_path / "out.jsonl").read_bytes() == content


async def test_a_line_that_stands_there_twice_is_found(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(2))
    await batch(tmp_path, InstantEngine()).run()
    out = tmp_path / "out.jsonl"
    out.write_bytes(out.read_bytes() * 2)
    with pytest.raises(InputError, match="twice"):
        await batch(tmp_path, InstantEngine()).run()


async def test_a_line_that_went_missing_is_written_again(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(3))
    await batch(tmp_path, InstantEngine()).run()
    out = tmp_path / "out.jsonl"
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(lines[0] + lines[2])
    engine = InstantEngine()
    assert (await batch(tmp_path, engine).run()).counts == {"delivered": 3}
    assert [job.position for job in engine.asked] == [1]


async def test_two_batches_do_not_share_an_output(tmp_path: Path) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(1))
    with Ledger(ledger_path(tmp_path / "out.jsonl")), pytest.raises(InputError, match="another batch"):
        await batch(tmp_path, InstantEngine()).run()


async def test_a_full_disk_leaves_whole_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(3))
    original, calls = os.write, [0]

    def write(descriptor: int, data: Any) -> int:
        calls[0] += 1
        if calls[0] == 2:
            return original(descriptor, bytes(data)[:10])
        if calls[0] == 3:
            raise OSError(28, "No space left on device")
        return original(descriptor, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write)
        with pytest.raises(StorageError, match="No space left"):
            await batch(tmp_path, InstantEngine()).run()
    assert len(rows(tmp_path)) == 1
    assert (await batch(tmp_path, InstantEngine()).run()).counts == {"delivered": 3}


@pytest.mark.parametrize("place", ["folder", "missing/out.jsonl", "programs.jsonl"])
async def test_an_output_that_cannot_be(tmp_path: Path, place: str) -> None:
    write_programs(tmp_path / "programs.jsonl", programs(1))
    (tmp_path / "folder").mkdir()
    work = batch(tmp_path, InstantEngine())
    work._out = tmp_path / place
    with pytest.raises(InputError):
        await work.run()
