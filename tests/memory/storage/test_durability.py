"""What is acknowledged survives a killed process, and processes do not disturb one another."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gradatim.memory import ChromaRecall, SQLiteEventLog
from gradatim.memory.storage.opening import open_log
from gradatim.memory.tracing import BKTParameters, update
from gradatim.settings import Settings
from tests.memory.material import HashingEmbedder, event, recollection

ROOT = Path(__file__).parents[3]

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


INGEST = """
import asyncio, sys
from pathlib import Path
import gradatim.memory.storage.log as module
from gradatim.memory.storage.opening import open_log
from gradatim.settings import Settings
from tests.memory.material import event

module.GROUP = 20

def source(count):
    for number in range(int(count)):
        if number % 20 == 0:
            print(number, flush=True)
        yield event(number, ("loops", True), id=f"e-{number:06}", learner_id=f"learner-{number % 3}")

async def main(folder, database, count):
    async with open_log(Settings(data_dir=Path(folder), database=database or None)) as log:
        await log.ingest(source(count))

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


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_killed_while_ingesting(tmp_path: Path, request: pytest.FixtureRequest, kind: str) -> None:
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else ""
    with start(INGEST, tmp_path, url, 100_000) as writer:
        assert writer.stdout is not None
        drawn = 0
        while drawn < 400:
            drawn = int(writer.stdout.readline())
        writer.send_signal(signal.SIGKILL)
        drawn = max([drawn, *(int(line) for line in writer.stdout.read().split()[:-1])])
    async with open_log(Settings(data_dir=tmp_path, database=url or None)) as log:
        states = [await log.state(f"learner-{number}") for number in range(3)]
        stored = sum(state.events for state in states)
        assert stored >= drawn - 20  # all before the group that was on its way when this one was drawn
        assert stored % 20 == 0  # groups are whole
        parameters = BKTParameters()
        for state in states:
            belief = parameters.prior
            for _ in range(state.events):
                belief = update(belief, True, parameters)
            assert (state.mastery[0].observations, state.mastery[0].probability) == (state.events, belief)
        again = [
            event(number, ("loops", True), id=f"e-{number:06}", learner_id=f"learner-{number % 3}")
            for number in range(stored + 50)
        ]
        assert await log.ingest(again) == 50


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
