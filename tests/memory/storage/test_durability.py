"""What is acknowledged survives a killed process, and processes do not disturb one another."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gradatim.memory import ChromaRecall, SQLiteEventLog
from gradatim.memory.tracing import BKTParameters, update
from tests.memory.material import HashingEmbedder, event, recollection

ROOT = Path(__file__).parents[2]

RECORD = """
import asyncio, sys
from pathlib import Path
from gradatim.memory import SQLiteEventLog
from tests.memory.material import event

async def main(path, name, count):
    log = SQLiteEventLog(Path(path))
    for number in range(int(count)):
        changes = await log.record(event(number, ("loops", True), id=f"{name}-{number:06}", learner_id=name))
        print(f"{name}-{number:06}", changes[0].after, flush=True)
    await log.aclose()

asyncio.run(main(*sys.argv[1:]))
"""

REMEMBER = """
import asyncio, sys
from pathlib import Path
from gradatim.memory import ChromaRecall
from tests.memory.material import HashingEmbedder, recollection

async def main(path, name, count):
    recall = ChromaRecall(Path(path), HashingEmbedder)
    for number in range(int(count)):
        await recall.remember([recollection(f"{name}-{number}", f"text {name} {number}")])
        print(number, flush=True)
    await recall.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


def start(program: str, path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path), name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("acknowledged", [1, 7, 60])
async def test_killed_while_writing(tmp_path: Path, acknowledged: int) -> None:
    path = tmp_path / "memory.sqlite3"
    with start(RECORD, path, "anna", 100_000) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline().split() for _ in range(acknowledged)]
        writer.send_signal(signal.SIGKILL)
        lines += [line.split() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    assert writer.returncode == -signal.SIGKILL
    seen = [identifier for identifier, _ in lines]

    log = SQLiteEventLog(path)
    stored = [item.id for item in await log.events("anna")]
    assert set(seen) <= set(stored)
    assert len(stored) == len(set(stored)) <= len(seen) + 1  # one may be stored and not yet acknowledged
    state = await log.state("anna")
    belief, parameters = BKTParameters().prior, BKTParameters()
    for _ in stored:
        belief = update(belief, True, parameters)
    assert (state.events, state.mastery[0].observations) == (len(stored), len(stored))
    assert state.mastery[0].probability == belief  # events and estimates are of one piece

    for number, (identifier, after) in enumerate(lines):  # the writer comes back and sends everything again
        changes = await log.record(event(number, ("loops", True), id=identifier))
        assert changes[0].after == float(after)
    assert len(await log.events("anna")) == len(stored)
    await log.aclose()


async def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    writers = [start(RECORD, path, name, 60) for name in ("anna", "anna", "ben")]  # two send the same events
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == 0, errors
    log = SQLiteEventLog(path)
    assert [(item.learner_id, item.events) for item in await log.learners()] == [("anna", 60), ("ben", 60)]
    belief, parameters = BKTParameters().prior, BKTParameters()
    for _ in range(60):
        belief = update(belief, True, parameters)
    for name in ("anna", "ben"):
        assert (await log.state(name)).mastery[0].probability == belief
    await log.aclose()


async def test_recall_sees_what_other_processes_remember(tmp_path: Path) -> None:
    folder = tmp_path / "recall"
    recall = ChromaRecall(folder, HashingEmbedder)
    await recall.remember([recollection("here", "text here")])
    assert len(await recall.recall("anna", "text", limit=99)) == 1  # the index is in memory now
    writers = [start(REMEMBER, folder, name, 15) for name in ("p", "q")]
    for writer in writers:
        _, errors = writer.communicate()
        assert writer.returncode == 0, errors
    assert len(await recall.recall("anna", "text", limit=99)) == 31
    await recall.forget("anna")
    assert await recall.recall("anna", "text", limit=99) == []
    await recall.aclose()


async def test_killed_while_remembering(tmp_path: Path) -> None:
    folder = tmp_path / "recall"
    with start(REMEMBER, folder, "p", 100_000) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline() for _ in range(10)]
        writer.send_signal(signal.SIGKILL)
    recall = ChromaRecall(folder, HashingEmbedder)
    found = {item.id for item in await recall.recall("anna", "text", limit=99)}
    assert {f"p-{line.strip()}" for line in acknowledged} <= found
    await recall.aclose()
