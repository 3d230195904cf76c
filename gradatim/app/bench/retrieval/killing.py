"""Many retrievals at once on a server that is killed in the middle and started again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from gradatim.app.bench.retrieval.arcade import ArcadeServer
from gradatim.app.bench.retrieval.questions import Crowd, Question, all_at_once
from gradatim.kg.fallback import SnapshotStore

RECOVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Killing:
    """What came of it."""

    crowd: Crowd
    snapshot_share: float
    """Of the questions to the store, those that the snapshot answered."""
    recovered_seconds: float | None
    """From the moment in which the server was up again until it was asked again; `None` when it never was."""


async def kill_in_the_middle(store: SnapshotStore, server: ArcadeServer, asked: Sequence[Question]) -> Killing:
    """Ask all questions at once, kill the server when a third is answered, and start it again.

    Args:
        store: In touch with the server, with a snapshot.
        server: To be killed.
        asked: At once.
    """
    before = store.status()
    crowd = Crowd(a_third=asyncio.Event())
    crowding = asyncio.create_task(all_at_once(store, asked, crowd))
    await crowd.a_third.wait()
    server.kill()
    await crowding
    if store.status().degraded is None:  # nobody needed it after it had died
        await store.around([asked[0].concepts[0]], depth=1)
    await asyncio.to_thread(server.start)
    began = perf_counter()
    recovered = None
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(RECOVERY_SECONDS):
            await store.settled()
            recovered = perf_counter() - began
    after = store.status()
    share = (after.from_snapshot - before.from_snapshot) / max(after.asked - before.asked, 1)
    return Killing(crowd, share, recovered)
