"""The axis of time of a picture, and what is left of many points on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR = 366 * 86_400_000_000
_EARLIEST = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_LATEST = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // timedelta(microseconds=1)
_ROOM = 30_000_000
"""Microseconds left free on both sides at least."""


def moment(at: int) -> datetime:
    """The instant so many microseconds after 1970, within what an axis can show."""
    return _EPOCH + timedelta(microseconds=min(max(at, _EARLIEST), _LATEST))


def span(instants: Sequence[int]) -> tuple[int, int]:
    """From the first to the last instant, with some room; at least a minute."""
    inside = [min(max(at, _EARLIEST + _YEAR), _LATEST - _YEAR) for at in instants]
    low, high = min(inside), max(inside)
    room = max((high - low) * 3 // 100, _ROOM)
    return low - room, high + room


def thinned(points: Sequence[T], most: int) -> list[T]:
    """At most so many of the points, evenly spread, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    return [points[round(place * (len(points) - 1) / (most - 1))] for place in range(most)]


def draw_time(axes: Any, low: int, high: int, *, labelled: bool = True) -> None:
    """Give an axis dates and times where people expect them.

    Args:
        axes: Whose horizontal axis.
        low: Its left end, microseconds since 1970.
        high: Its right end.
        labelled: Whether they are written, or only marked.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    axes.set_xlim(moment(low), moment(high))
    locator = AutoDateLocator(minticks=2, maxticks=5, tz=UTC)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=UTC))
    axes.tick_params(axis="both", labelsize=7.5, length=2.5, width=0.6)
    axes.tick_params(axis="x", labelbottom=labelled)
    axes.xaxis.get_offset_text().set_fontsize(7.5)
    axes.xaxis.get_offset_text().set_visible(labelled)
