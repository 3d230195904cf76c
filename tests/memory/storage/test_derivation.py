"""Estimates, their snapshots, and which of them are kept."""

from __future__ import annotations

import math

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.memory import BKTParameters, ConceptParameters, SQLiteEventLog
from gradatim.memory.inputs import microseconds
from gradatim.memory.storage import canonical
from gradatim.memory.storage.derivation import LONG_TAIL, Estimates, Replay, expired
from gradatim.memory.tracing import update
from tests.memory.material import event

PARAMETERS = ConceptParameters()


@given(st.integers(1, 5000), st.data())
@settings(max_examples=30, deadline=None)
def test_a_snapshot_is_never_far_from_where_it_is_wanted(count: int, data: st.DataObject) -> None:
    kept: set[int] = set()
    for ordinal in range(1, count + 1):
        kept.add(ordinal)
        kept -= set(expired(kept, ordinal))
    assert len(kept) <= 6 * (math.log2(count) + 2)
    wanted = data.draw(st.integers(1, count))
    nearest = max((ordinal for ordinal in kept if ordinal <= wanted), default=0)  # 0: from the beginning
    assert count - nearest <= 2 * (count - wanted) + 2


def test_estimates_go_on_from_a_snapshot_as_if_there_had_been_none() -> None:
    events = [event(number, ("loops", number % 3 > 0), (f"c{number % 5}", True)) for number in range(60)]
    through, halves = Estimates(), Estimates()
    for number, item in enumerate(events):
        through.advance(item, microseconds(item.at), PARAMETERS)
        halves.advance(item, microseconds(item.at), PARAMETERS)
        if number % 7 == 0:
            taken = halves.snapshot()
            halves = Estimates.restored(taken, taken.body)
    assert halves.beliefs == through.beliefs
    assert halves.key == through.key
    assert halves.events == 60
    assert orjson.dumps(halves.progress.plain()) == orjson.dumps(through.progress.plain())


def test_a_replay_takes_snapshots_on_its_way() -> None:
    replay = Replay(Estimates(), PARAMETERS)
    for number in range(3000):
        item = event(number, ("loops", True))
        replay.advance(item, microseconds(item.at))
    ordinals = [one.ordinal for one in replay.snapshots]
    assert ordinals == sorted(set(ordinals))
    assert 3000 - replay.snapshots[-1].events < LONG_TAIL


async def test_a_late_event_replays_a_part_only(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """A learner with many events is opened, and an event that is a little late taken in, without reading them all."""
    path = tmp_path / "memory.sqlite3"
    count = 6000
    async with SQLiteEventLog(path) as log:
        await log.ingest(event(number, ("loops", number % 4 > 0), id=f"e{number:05}") for number in range(count))
    replayed: list[str] = []
    original = Estimates.advance

    def advance(self: Estimates, item, at, parameters) -> None:  # type: ignore[no-untyped-def]
        replayed.append(item.id)
        original(self, item, at, parameters)

    monkeypatch.setattr(Estimates, "advance", advance)
    async with SQLiteEventLog(path) as log:  # as a new process finds it
        state = await log.state("anna")
        assert state.events == count
        assert len(replayed) <= LONG_TAIL
        replayed.clear()
        assert (await log.state("anna")).mastery == state.mastery
        assert replayed == []
        late = event(count - 100, ("loops", False), id="late")
        (change,) = await log.record(late)
        assert len(replayed) <= 3 * LONG_TAIL
    parameters, belief = BKTParameters(), BKTParameters().prior
    for number in range(count):
        belief = update(belief, number % 4 > 0, parameters)
        if number == count - 100:
            belief = update(belief, False, parameters)
    assert change.after == belief
    replayed.clear()
    async with SQLiteEventLog(path) as log:
        mastery = (await log.state("anna")).of("loops")
        assert mastery is not None
        assert mastery.probability == belief
        assert len(replayed) <= LONG_TAIL


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4), st.none() | st.just("moodle"))
@settings(max_examples=60, deadline=None)
def test_a_body_is_the_event_and_one_for_one_content(payload: dict[str, object], source: str | None) -> None:
    item = event(1, ("loops", True), payload=payload, source=source, task_id="null")
    written = canonical.body(item)
    assert canonical.read(written) == item
    turned = item.model_copy(update={"payload": dict(reversed(list(item.payload.items())))})
    assert canonical.body(turned) == written
    assert canonical.same(written, written)


def test_numbers_of_different_types_are_different_contents() -> None:
    bodies = {canonical.body(event(1, payload={"a": value})) for value in (1, 1.0, True, "1", 10**30, [1], None)}
    assert len(bodies) == 7
