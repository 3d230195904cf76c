"""The measuring of `gradatim bench forget`."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from gradatim.app.bench.forget.store import RECOLLECTIONS, UNFINISHED, HashEmbedder, Somebody, fill, somebody
from gradatim.app.forgetting import Forgotten, forget_learner
from gradatim.memory import open_memory
from gradatim.memory.rights.journal import Journal
from gradatim.settings import Settings

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures

LEARNERS = 10_000
FORGOTTEN = 10
KILLED = 8
_LONGEST = 120.0
"""Seconds a forgetting may take before the benchmark gives it up."""


def run(request: BenchRequest) -> Figures:
    """As `gradatim.app.bench.forget.forget`."""
    learners = request.sample or LEARNERS
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        place = Path(folder)
        files = place / "written"
        files.mkdir()
        settings = request.settings.model_copy(
            update={
                "data_dir": place / "data",
                "response_cache": place / "answers.sqlite3",
                "database": None,
                "memory_key": None,
                "pseudonyms": False,
            }
        )
        request.say(f"making a store of {learners:,} learners")
        began = perf_counter()
        asyncio.run(fill(settings, learners, files))
        building = perf_counter() - began
        size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
        # of those that are drawn, every other one has everything that can be kept
        drawn = random.Random(7).sample(range(0, learners, UNFINISHED), min(FORGOTTEN, learners // UNFINISHED))
        whole = [somebody(number) for number in drawn[: FORGOTTEN // 2]]
        plain = [somebody(number + 1) for number in drawn[FORGOTTEN // 2 :]]
        request.say(f"forgetting {len(whole) + len(plain)} of them")
        before = os.times()
        done = [asyncio.run(_forget(settings, learner)) for learner in (*whole, *plain)]
        cpu = sum(after - first for after, first in zip(os.times()[:4], before[:4], strict=True)) / len(done)
        left = traces(place, [*whole, *plain])
        request.say(f"forgetting {KILLED} more, killed in the middle")
        doomed = [somebody(number + 2) for number in random.Random(8).sample(range(0, learners - 2), KILLED)]
        killed = _killed(settings, doomed)
        killed_left = traces(place, doomed)
        kept = _kept(settings)
    seconds = sorted(item.seconds for item in done)
    gone = len({learner.id for learner in (*whole, *plain, *doomed)})
    return {
        "learners": learners,
        "recollections": RECOLLECTIONS * learners,
        "store_mb": round(size / 1e6, 1),
        "building_seconds": round(building, 1),
        "forgotten": len(done),
        "forget_seconds_median": round(seconds[len(seconds) // 2], 3),
        "forget_seconds_max": round(seconds[-1], 3),
        "forget_cpu_seconds_mean": round(cpu, 3),
        "scanned_mb": round(done[-1].scan.bytes / 1e6, 1),
        "traces_by_scan": sum(len(item.scan.traces) for item in done),
        "traces_by_search": len(left),
        "complete": sum(item.complete for item in done),
        **killed,
        "killed_traces_by_search": len(killed_left),
        "others_kept": kept == learners - gone,
    }


async def _forget(settings: Settings, learner: Somebody) -> Forgotten:
    async with open_memory(settings, HashEmbedder()) as memory:
        return await forget_learner(settings, memory, learner.id)


def _kept(settings: Settings) -> int:
    async def count() -> int:
        async with open_memory(settings, HashEmbedder()) as memory:
            return len(await memory.learners())

    return asyncio.run(count())


def _killed(settings: Settings, learners: Sequence[Somebody]) -> dict[str, int | float | None]:
    """Begin to forget each in a process of its own, kill it at a random moment, run the command again."""
    chance = random.Random(9)
    again: list[float] = []
    in_the_middle = unfinished_told = complete = 0
    for learner in learners:
        process = _start(settings, learner)
        assert process.stdout is not None
        process.stdout.readline()  # it has opened the memory and begins now
        began = perf_counter()
        while Journal.of(settings).find(learner.id) is None and process.poll() is None:
            if perf_counter() - began > _LONGEST:
                break
        _wait(process, chance.uniform(0.0, 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        in_the_middle += Journal.of(settings).find(learner.id) is not None
        began = perf_counter()
        second = _start(settings, learner)
        out, _ = second.communicate(timeout=_LONGEST)
        again.append(perf_counter() - began)
        unfinished_told += len(Journal.of(settings).unfinished())
        complete += out.strip().endswith("complete")
    return {
        "killed": len(learners),
        "killed_in_the_middle": in_the_middle,
        "killed_complete_afterwards": complete,
        "killed_still_unfinished": unfinished_told,
        "again_seconds_max": round(max(again), 3),
    }


def _wait(process: subprocess.Popen[str], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _start(settings: Settings, learner: Somebody) -> subprocess.Popen[str]:
    """A process that forgets a learner; it says `begins` when it does, and `complete` when nothing is left."""
    environment = {
        **os.environ,
        "GRADATIM_DATA_DIR": str(settings.data_dir),
        "GRADATIM_RESPONSE_CACHE": str(settings.response_cache),
    }
    command = [sys.executable, "-m", "gradatim.app.bench.forget.process", learner.id]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def traces(place: Path, learners: Sequence[Somebody]) -> list[str]:
    """Where something of these learners is left: every file is read, every line of their texts is looked for."""
    texts = [text for learner in learners for text in learner.texts()]
    found: list[str] = []
    for path in place.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            found += [f"{path}: {text.decode()}" for text in texts if text in data]
    return found
