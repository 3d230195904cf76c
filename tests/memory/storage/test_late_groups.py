"""Many groups that each bring a late event share the replays that these make necessary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradatim.memory.storage.keeping import Keeping
from gradatim.memory.storage.sqlite import SQLiteEventLog
from tests.memory.material import event

EVENTS, GROUP, LATE = 800, 5, 40


async def test_late_events_of_many_groups_share_replays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order = list(range(EVENTS))
    for start in range(GROUP, EVENTS - LATE, GROUP):  # one of each group comes so many events later than it should
        order.remove(start)
        order.insert(min(start + LATE, len(order)), start)
    events = [event(number, ("loops", number % 3 > 0)) for number in order]
    read, count = Keeping.read, 0

    def counted(self: Keeping, *args: Any) -> Any:
        nonlocal count
        count += 1
        return read(self, *args)

    late, at_once = SQLiteEventLog(tmp_path / "late.sqlite3"), SQLiteEventLog(tmp_path / "whole.sqlite3")
    try:
        monkeypatch.setattr(Keeping, "read", counted)
        for start in range(0, EVENTS, GROUP):
            await late.append(events[start : start + GROUP])
        assert count < 5 * EVENTS
        await at_once.append(sorted(events, key=lambda item: item.at))
        assert (await late.state("anna")).mastery == (await at_once.state("anna")).mastery
    finally:
        await late.aclose()
        await at_once.aclose()
