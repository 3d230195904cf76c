"""Instants and durations as the formats write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gradatim.errors import InputError
from gradatim.memory.collection.row import RowError
from gradatim.memory.inputs import microseconds

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+(?:\.\d+)?)W|(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?)\Z"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2}):?(\d{2})?\Z")
_SPOKEN_PART = re.compile(r"(\d+)\s*(day|hour|min|sec)", re.IGNORECASE)
_SPOKEN_SECONDS = {"day": 86400, "hour": 3600, "min": 60, "sec": 1}
_SPOKEN_DATES = (
    "%d %B %Y %I:%M %p", "%d %B %Y %I:%M:%S %p", "%d %B %Y %H:%M", "%A, %d %B %Y, %I:%M %p", "%A, %d %B %Y, %H:%M",
    "%d %b %Y %I:%M %p", "%d %b %Y %H:%M", "%B %d, %Y %I:%M %p", "%d/%m/%y, %H:%M", "%d/%m/%Y %H:%M",
)  # fmt: skip


def micros(text: str, what: str = "timestamp") -> int:
    """Microseconds since 1970 of an ISO 8601 instant; without an offset it is UTC.

    Raises:
        RowError: It is none.
    """
    try:
        return microseconds(text)
    except (InputError, TypeError) as error:
        raise RowError(f"its {what} {text!r:.80} is not an ISO 8601 instant") from error


def iso(instant: int) -> str:
    """Microseconds since 1970 as ISO 8601 in UTC.

    Raises:
        RowError: It lies outside the years 1 to 9999.
    """
    try:
        moment = _EPOCH + timedelta(microseconds=instant)
    except OverflowError as error:
        raise RowError(f"the instant of {instant} microseconds is out of range") from error
    return moment.isoformat().replace("+00:00", "Z")


def epoch(text: str, what: str = "timestamp") -> str:
    """ISO 8601 of seconds or, from eleven digits on, milliseconds since 1970.

    Raises:
        RowError: It is no such number.
    """
    try:
        value = float(text)
        return iso(round(value * (1_000 if abs(value) >= 1e10 else 1_000_000)))
    except (ValueError, OverflowError) as error:
        raise RowError(f"its {what} {text!r:.80} is no instant") from error


def zoned(text: str, zone: str, what: str) -> str:
    """An instant with the offset of a time zone; text that has an offset of its own stays as it is.

    Args:
        text: ISO 8601, or seconds or milliseconds since 1970.
        zone: `UTC`, `-0500`, `+05:30` or a name as `Europe/Rome`; empty is UTC.
        what: Name of the column, for the reason.

    Raises:
        RowError: It is no instant, or there is no such zone.
    """
    text = text.strip()
    if text.replace(".", "", 1).isdigit() and len(text) > 8:
        return epoch(text, what)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise RowError(f"its {what} {text!r:.80} is not an ISO 8601 instant") from error
    if moment.tzinfo is not None:
        return text
    place = _zone(zone.strip())
    return f"{text}Z" if place is UTC and "T" in text else moment.replace(tzinfo=place).isoformat()


def _zone(name: str) -> tzinfo:
    if not name or name.upper() in ("UTC", "GMT", "Z"):
        return UTC
    if found := _OFFSET.match(name):
        sign, hours, minutes = found.groups()
        shift = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if shift < timedelta(hours=24):
            return timezone(-shift if sign == "-" else shift)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RowError(f"there is no time zone {name!r:.40}") from error


def seconds_of(duration: str) -> float | None:
    """Seconds of an ISO 8601 duration; `None` for years and months, whose length is not fixed.

    Raises:
        RowError: It is no duration.
    """
    found = _DURATION.match(duration)
    parts = {name: text for name, text in found.groupdict().items() if text is not None} if found else {}
    if not parts:
        raise RowError(f"its duration {duration!r:.80} is not an ISO 8601 duration")
    if "years" in parts or "months" in parts:
        return None
    part = {name: float(text) for name, text in parts.items()}
    days = part.get("weeks", 0.0) * 7 + part.get("days", 0.0)
    hours = days * 24 + part.get("hours", 0.0)
    return (hours * 60 + part.get("minutes", 0.0)) * 60 + part.get("seconds", 0.0)


def spoken_date(text: str, what: str) -> str:
    """ISO 8601 of an instant as Moodle shows it in English; without an offset, so UTC.

    Raises:
        RowError: It cannot be read.
    """
    plain = " ".join(text.split())
    try:
        return datetime.fromisoformat(plain).isoformat()
    except ValueError:
        for form in _SPOKEN_DATES:
            try:
                return datetime.strptime(plain, form).isoformat()
            except ValueError:
                continue
    raise RowError(f"its {what} {text!r:.80} is no date that can be read; write it as 2026-01-31T12:00:00Z")


def spoken_seconds(text: str) -> float | None:
    """Seconds of `1 hour 12 mins 30 secs`; `None` where nothing of the kind stands there."""
    found: list[tuple[str, str]] = _SPOKEN_PART.findall(text)
    return float(sum(int(count) * _SPOKEN_SECONDS[unit.lower()] for count, unit in found)) if found else None
