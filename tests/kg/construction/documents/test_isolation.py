from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import pytest

from gradatim.errors import ServiceError
from gradatim.kg.construction.documents import CourseDocument, Limits, Skipped, isolation
from gradatim.kg.construction.documents.isolation import IsolatedParser
from gradatim.kg.construction.documents.parsing import parse

GOOD = b"# Title\n\nA *good* document with `code`."
LIMITS = Limits(seconds=10, memory_bytes=256 << 20)
REHEARSED = """
import os, sys, time
from gradatim.kg.construction.documents import worker
from gradatim.kg.construction.documents.model import Skipped
really = worker.parse
def parse(data, name, limits):
    {act}
    return really(data, name, limits)
worker.parse = parse
worker.main()
"""


@pytest.fixture
def parser() -> Iterator[IsolatedParser]:
    with IsolatedParser(LIMITS) as parser:
        yield parser


def rehearse(monkeypatch: pytest.MonkeyPatch, act: str) -> None:
    """Have workers do something before they parse a document."""
    monkeypatch.setattr(isolation, "_COMMAND", REHEARSED.format(act=act))


def worker_of(parser: IsolatedParser) -> int:
    process = parser._process
    assert process is not None
    return process.pid


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_worker_reads_as_this_process_does(parser: IsolatedParser) -> None:
    for data, name in (
        (GOOD, "a.md"),
        (GOOD, "a.txt"),
        (b"<p>a<b>b", "a.html"),
        (b"", "a.md"),
        (b"\xff\xfe\x00", "a.md"),
    ):
        assert parser.parse(data, name) == parse(data, name, LIMITS)


def test_one_worker_for_many_documents(parser: IsolatedParser) -> None:
    assert isinstance(parser.parse(GOOD, "a.md"), CourseDocument)
    first = worker_of(parser)
    assert isinstance(parser.parse(b"{", "a.ipynb"), Skipped)
    assert isinstance(parser.parse(b"Text.", "a.rst"), CourseDocument)
    assert worker_of(parser) == first
    parser.close()
    assert not is_running(first)


def test_a_worker_that_died_while_it_waited(parser: IsolatedParser) -> None:
    parser.parse(GOOD, "a.md")
    first = worker_of(parser)
    os.kill(first, signal.SIGKILL)
    time.sleep(0.1)
    assert isinstance(parser.parse(GOOD, "a.md"), CourseDocument)
    assert worker_of(parser) != first


@pytest.mark.parametrize("end", ["os.abort()", "os._exit(0)", "os.closerange(3, 20)"])
def test_a_parser_that_crashes(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    rehearse(monkeypatch, f"if name == 'crash.md': {end}")
    with IsolatedParser(LIMITS) as parser:
        assert isinstance(parser.parse(GOOD, "a.md"), CourseDocument)
        assert parser.parse(GOOD, "crash.md") == Skipped(
            "crash.md", "the parser crashed over the document (export it anew)"
        )
        assert isinstance(parser.parse(GOOD, "b.md"), CourseDocument)


def test_a_parser_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearse(monkeypatch, "while name == 'hang.md': pass")
    with IsolatedParser(Limits(seconds=1)) as parser:
        parser.parse(GOOD, "a.md")
        first = worker_of(parser)
        begun = time.monotonic()
        read = parser.parse(GOOD, "hang.md")
        assert time.monotonic() - begun < 5
        assert read == Skipped("hang.md", "reading the document takes longer than 1 s (split or simplify it)")
        assert not is_running(first)
        assert isinstance(parser.parse(GOOD, "b.md"), CourseDocument)


def test_a_parser_that_eats_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearse(monkeypatch, "held = bytearray(int(name[1:-3]) << 20)")
    with IsolatedParser(LIMITS) as parser:
        read = parser.parse(GOOD, "a300.md")
        assert read == Skipped("a300.md", "reading the document takes more than 256 MiB of memory (split it)")
        # every document has the whole of it
        for _ in range(3):
            assert isinstance(parser.parse(GOOD, "a150.md"), CourseDocument)


def test_a_worker_that_keeps_memory_makes_room_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearse(monkeypatch, "worker.kept = getattr(worker, 'kept', []) + [bytearray(100 << 20)]")
    with IsolatedParser(LIMITS) as parser:
        for _ in range(3):
            assert isinstance(parser.parse(GOOD, "a.md"), CourseDocument)


@pytest.mark.parametrize(
    "noise",
    [
        "print('noise', flush=True)",
        "os.write(1, b'x' * 100)",
        "os.write(2, b'x')",
        "os.read(0, 100)",
        "sys.stdin.read()",
    ],
)
def test_what_a_parser_prints_or_asks_is_not_in_the_way(monkeypatch: pytest.MonkeyPatch, noise: str) -> None:
    rehearse(monkeypatch, noise)
    with IsolatedParser(LIMITS) as parser:
        assert isinstance(parser.parse(GOOD, "a.md"), CourseDocument)


def test_a_worker_has_no_keys_and_writes_no_files(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("SOME_API_KEY", "key")
    rehearse(monkeypatch, "return Skipped(name, str(dict(os.environ)))")
    with IsolatedParser(LIMITS) as parser:
        read = parser.parse(GOOD, "a.md")
        assert isinstance(read, Skipped)
        assert "PYTHONPATH" in read.reason
        assert "SOME_API_KEY" not in read.reason
    rehearse(monkeypatch, f"os.write(os.open('{tmp_path}/file', os.O_WRONLY | os.O_CREAT), b'x')")
    with IsolatedParser(LIMITS) as parser:
        assert isinstance(parser.parse(GOOD, "a.md"), Skipped)
    assert os.path.getsize(f"{tmp_path}/file") == 0


def test_a_worker_that_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_COMMAND", "raise SystemExit(1)")
    with IsolatedParser(LIMITS) as parser, pytest.raises(ServiceError, match="does not start"):
        parser.parse(GOOD, "a.md")
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with IsolatedParser(LIMITS) as parser, pytest.raises(ServiceError, match="cannot be started"):
        parser.parse(GOOD, "a.md")
