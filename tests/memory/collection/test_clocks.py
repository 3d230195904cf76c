"""Clocks that are off, and what can be said about them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.domain import LearnerEvent
from gradatim.errors import StorageError
from gradatim.memory.collection import ClockLedger, Parsed
from gradatim.memory.collection.clocks import MINIMUM_PAIRS, Clocks, Envelope, Estimate
from gradatim.memory.collection.instants import iso
from gradatim.memory.collection.live import LiveClocks
from gradatim.memory.collection.row import Sighting

SECOND = 1_000_000
DAY = 86_400 * SECOND
BEGIN = 1_772_323_200 * SECOND


def sightings(
    offset: float, *, drift: float = 0.0, count: int = 400, days: float = 10.0, waiting: float = 0.3, seed: int = 1
) -> list[Sighting]:
    """Happenings on a clock that has to be put forward by `offset` seconds; a share of the messages waits for hours."""
    random_ = random.Random(seed)
    found: list[Sighting] = []
    for _ in range(count):
        true = BEGIN + random_.uniform(0, days) * DAY
        delay = random_.uniform(0.05, 0.4) + (random_.expovariate(1 / 7_200) if random_.random() < waiting else 0.0)
        error = offset + drift * (true - BEGIN - days * DAY / 2) / SECOND
        found.append(Sighting("c", round(true - error * SECOND), round(true + delay * SECOND)))
    return sorted(found, key=lambda sighting: sighting.seen)


def estimate(given: list[Sighting]) -> Estimate:
    envelope = Envelope()
    for sighting in given:
        envelope.add(sighting.seen, sighting.reference)
    return envelope.estimate("c")


def row(sighting: Sighting) -> Parsed:
    event = LearnerEvent(
        id="e", learner_id="anna", kind="interaction", at=iso(sighting.seen), payload={"action": "run"}
    )
    return Parsed(1, event, sighting)


def moved(given: list[Sighting], days: int, seconds: int = 0) -> list[Sighting]:
    """The same happenings later, on a clock that is `seconds` further behind."""
    return [
        sighting._replace(seen=sighting.seen + days * DAY, reference=sighting.reference + days * DAY + seconds * SECOND)
        for sighting in given
    ]


@settings(max_examples=40, deadline=None)
@given(st.floats(-20_000, 20_000), st.floats(0, 0.6), st.integers(0, 99), st.integers(80, 3_000))
def test_the_offset_is_found_although_messages_wait(offset: float, waiting: float, seed: int, count: int) -> None:
    found = estimate(sightings(offset, waiting=waiting, seed=seed, count=count))
    assert found.offset is not None
    assert found.uncertainty is not None
    assert abs(found.offset / SECOND - offset) < 1.0 + 3 * found.uncertainty / SECOND
    assert found.pairs == count


def test_a_drift_is_found() -> None:
    found = estimate(sightings(-300, drift=50e-6, count=2_000, days=30))
    assert found.drift == pytest.approx(50e-6, rel=0.05)
    assert found.offset == pytest.approx(-300 * SECOND, abs=SECOND)
    steady = estimate(sightings(-300, count=2_000, days=30))
    assert steady.drift == 0.0


@pytest.mark.parametrize(
    ("offset", "applied"), [(-3600, True), (-30, True), (-0.5, False), (0, False), (20, False), (3600, True)]
)
def test_only_what_is_certain_is_corrected(offset: float, applied: bool) -> None:
    # A constant delay of 20 s looks like a clock that is 20 s behind; one that is ahead cannot be explained so.
    assert estimate(sightings(offset)).applied is applied


def test_too_few_pairs_say_nothing() -> None:
    found = estimate(sightings(3600, count=MINIMUM_PAIRS - 1))
    assert (found.offset, found.applied) == (None, False)


def test_a_clock_that_was_set_in_between_is_not_trusted() -> None:
    one, two = sightings(-7_200, days=5), moved(sightings(0, days=5), 6)
    found = estimate(one + two)
    assert (found.known, found.applied) == (False, False)


def test_instants_are_corrected_and_the_original_is_kept() -> None:
    given = sightings(-3_600)
    clocks = Clocks()
    clocks.watch(given)
    event = clocks.align(row(given[7]))
    clock = event.payload["clock"]
    assert isinstance(clock, dict)
    assert clock["at"] == iso(given[7].seen)
    assert clock["offset_seconds"] == pytest.approx(-3_600, abs=1)
    assert event.at < iso(given[7].seen)
    assert event.payload["action"] == "run"
    assert clocks.aligned == 1
    plain = row(given[7])._replace(sighting=None)
    assert clocks.align(plain) is plain.event


def test_the_server_counts_where_little_is_known_and_it_is_preferred() -> None:
    (given, *_) = sightings(-3_600, count=1)
    assert Clocks().align(row(given)).at == iso(given.seen)
    preferred = Clocks().align(row(given._replace(prefer_reference=True)))
    assert preferred.at == iso(given.reference)
    assert preferred.payload["clock"] == {"at": iso(given.seen)}


def test_what_was_recorded_first_holds_for_its_time(tmp_path: Path) -> None:
    ledger = ClockLedger(tmp_path / "data" / "clocks.json")
    assert ledger.estimates() == []
    first = Clocks(ledger.estimates())
    given = sightings(-3_600)
    first.watch(given)
    ledger.add(first.added)
    second = Clocks(ledger.estimates())
    later = moved(given, 20, 900)
    second.watch([*given, *later])
    assert [one.offset is not None for one in second.added] == [True]
    assert second.align(row(given[3])) == first.align(row(given[3]))
    assert second.added[0].begin == later[0].seen
    ledger.add(second.added)
    assert len(ledger.estimates()) == 2


def test_a_stream_corrects_by_what_is_recorded_and_records_what_it_did() -> None:
    given = sightings(-3_600)
    recorded = Clocks()
    recorded.watch(given)
    later = moved(given, 20)
    live = LiveClocks(recorded.added)
    streamed = [live.align(row(sighting)) for sighting in later]
    assert all(event.payload["clock"]["offset_seconds"] == pytest.approx(-3_600, abs=1) for event in streamed)  # type: ignore[index]
    # The same happenings, collected from a file afterwards, give the same events.
    afterwards = Clocks([*recorded.added, *live.finish()])
    afterwards.watch(later)
    assert afterwards.added == []
    assert [afterwards.align(row(sighting)) for sighting in later] == streamed


def test_a_first_stream_corrects_nothing_and_teaches_the_next() -> None:
    given = sightings(-3_600)
    first = LiveClocks()
    assert [first.align(row(sighting)).at for sighting in given] == [iso(sighting.seen) for sighting in given]
    second = LiveClocks(first.finish())
    later = given[0]._replace(seen=given[0].seen + 20 * DAY, reference=given[0].reference + 20 * DAY)
    assert second.align(row(later)).payload["clock"]["offset_seconds"] == pytest.approx(-3_600, abs=1)  # type: ignore[index]


def test_a_damaged_record_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "clocks.json"
    path.write_text("{")
    with pytest.raises(StorageError, match="damaged"):
        ClockLedger(path).add([Estimate("c", 0, 1, 2)])
    assert path.read_text() == "{"
