"""Instants and durations as other systems write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.memory.collection.instants import epoch, iso, micros, seconds_of, spoken_date, spoken_seconds, zoned
from gradatim.memory.collection.row import RowError


@pytest.mark.parametrize(
    ("text", "zone", "meant"),
    [
        ("2026-03-01T10:00:00", "", "2026-03-01T10:00:00Z"),
        ("2026-03-01T10:00:00", "UTC", "2026-03-01T10:00:00Z"),
        ("2026-03-01T10:00:00", "-0500", "2026-03-01T15:00:00Z"),
        ("2026-03-01 10:00:00", "UTC+5:30", "2026-03-01T04:30:00Z"),
        ("2026-07-01T10:00:00", "Europe/Rome", "2026-07-01T08:00:00Z"),
        ("2026-03-01T10:00:00+01:00", "-0500", "2026-03-01T09:00:00Z"),
        ("1772359200", "", "2026-03-01T10:00:00Z"),
        ("1772359200000", "", "2026-03-01T10:00:00Z"),
    ],
)
def test_zones(text: str, zone: str, meant: str) -> None:
    assert micros(zoned(text, zone, "t")) == micros(meant)


@pytest.mark.parametrize(
    ("text", "zone"), [("noon", ""), ("2026-03-01T10:00:00", "Mars/Base"), ("2026-13-01", ""), ("2026-03-01", "+99")]
)
def test_no_instants(text: str, zone: str) -> None:
    with pytest.raises(RowError):
        zoned(text, zone, "t")


@given(st.integers(-(10**16), 10**17))
def test_microseconds_are_kept(instant: int) -> None:
    assert micros(iso(instant)) == instant


def test_numbers_out_of_range() -> None:
    for text in ("1e300", "nan", "inf", "x"):
        with pytest.raises(RowError):
            epoch(text)
    with pytest.raises(RowError):
        iso(2**63)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT90S", 90),
        ("PT1H2M3.5S", 3723.5),
        ("P1DT1S", 86401),
        ("P2W", 1209600),
        ("P0D", 0),
        ("P1Y", None),
        ("P1M", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "90", "PT-5S", "P1H", "PT1M1H", "pt5s"])
def test_no_durations(text: str) -> None:
    with pytest.raises(RowError):
        seconds_of(text)


def test_as_moodle_shows_them() -> None:
    assert spoken_date("1 March 2026  10:12 PM", "date") == "2026-03-01T22:12:00"
    assert spoken_date("Sunday, 1 March 2026, 10:12 AM", "date") == "2026-03-01T10:12:00"
    assert spoken_date("2026-03-01 10:12", "date") == "2026-03-01T10:12:00"
    with pytest.raises(RowError, match="no date"):
        spoken_date("1. März 2026", "date")
    assert spoken_seconds("1 hour 12 mins 30 secs") == 4350
    assert spoken_seconds("2 days 1 hour") == 176400
    assert spoken_seconds("-") is None
