"""The HTTP reader against h11, and against answers cut at every byte."""

from __future__ import annotations

from itertools import pairwise

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.serving.client.assembly import EventReader
from gradatim.serving.client.wire import Chunked, Origin, Sized, UntilEnd, WireError, framing, parse_head


def written_by_h11(parts: list[bytes], *, chunked: bool) -> bytes:
    """A response as h11 writes it."""
    server = h11.Connection(h11.SERVER)
    server.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    server.next_event()
    length = [] if chunked else [("Content-Length", str(sum(map(len, parts))))]
    data = server.send(h11.Response(status_code=200, headers=[("Content-Type", "text/plain"), *length]))
    for part in parts:
        data += server.send(h11.Data(part)) or b""
    return data + (server.send(h11.EndOfMessage()) or b"")


@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.booleans(), st.lists(st.integers(0, 400), max_size=8)
)
def test_bodies_are_read_as_written_however_they_come(parts: list[bytes], chunked: bool, cuts: list[int]) -> None:
    data = written_by_h11(parts, chunked=chunked)
    end = data.index(b"\r\n\r\n")
    head = parse_head(data[:end])
    body, frame = data[end + 4 :], framing(head)
    assert isinstance(frame, Chunked if chunked else Sized)
    edges = sorted({0, len(body), *(cut for cut in cuts if cut < len(body))})
    got = b"".join(frame.feed(body[a:b]) for a, b in pairwise(edges))
    assert got == b"".join(parts)
    assert frame.done
    frame.end()


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=3), st.booleans(), st.data())
def test_a_body_that_is_cut_off_is_noticed(parts: list[bytes], chunked: bool, data: st.DataObject) -> None:
    whole = written_by_h11(parts, chunked=chunked)
    end = whole.index(b"\r\n\r\n") + 4
    body = whole[end : data.draw(st.integers(end, len(whole) - 1))]
    frame = framing(parse_head(whole[: end - 4]))
    frame.feed(body)
    assert not frame.done
    with pytest.raises(WireError, match="ended"):
        frame.end()


@pytest.mark.parametrize("body", [b"x\r\n", b"-1\r\n\r\n", b"3\r\nabcd\r\n", b"0\r\n\r\nmore", b"1" * 20_000])
def test_broken_chunks_are_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        Chunked().feed(body)


@pytest.mark.parametrize("head", [b"", b"HTTP/2 200", b"HTTP/1.1 20", b"HTTP/1.1 200 OK\r\nno colon", b"SSH-2.0-x"])
def test_what_is_no_head_is_refused(head: bytes) -> None:
    with pytest.raises(WireError):
        parse_head(head)


def test_heads() -> None:
    head = parse_head(b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\nX: a\r\nx: b")
    assert (head.status, head.media_type, head.fields["x"], head.persistent) == (200, "text/event-stream", "a, b", True)
    assert not parse_head(b"HTTP/1.1 200 OK\r\nConnection: Close").persistent
    assert not parse_head(b"HTTP/1.0 200 OK").persistent
    assert isinstance(framing(parse_head(b"HTTP/1.0 200 OK")), UntilEnd)
    for wrong in (b"Content-Length: 3, 4", b"Content-Length: -1", b"Transfer-Encoding: gzip"):
        with pytest.raises(WireError):
            framing(parse_head(b"HTTP/1.1 200 OK\r\n" + wrong))


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


def test_proxies_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:p%40ss@proxy:3128")
    monkeypatch.setenv("NO_PROXY", "inside.example")
    outside = Origin.of("https://api.example/v1")
    assert outside.proxy is not None
    assert (outside.proxy.hostname, outside.proxy.port) == ("proxy", 3128)
    assert Origin.of("https://inside.example/v1").proxy is None
    assert Origin.of("https://localhost/v1").proxy is None
    assert Origin.of("http://[::1]:8000/v1").authority == "[::1]:8000"
