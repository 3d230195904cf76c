"""Events of a stream in whatever pieces they come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gradatim.serving.client.assembly import EventReader


@given(
    st.lists(st.text('abc {}"é', max_size=12).map(str.strip).filter(bool), max_size=5),
    st.booleans(),
    st.integers(1, 7),
)
def test_events_in_pieces(events: list[str], carriage: bool, step: int) -> None:
    end = "\r\n" if carriage else "\n"
    data = "".join(f": comment{end}data: {event}{end}{end}" for event in events).encode()
    reader = EventReader()
    found = [item for at in range(0, len(data), step) for item in reader.feed(data[at : at + step])]
    assert [item.decode() for item in found] == events
    assert reader.rest() == []
