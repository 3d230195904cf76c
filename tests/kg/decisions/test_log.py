"""The file of decisions: nothing written is lost, and nothing broken is passed over."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from gradatim.errors import InputError, StorageError
from gradatim.kg.decisions import append, decided, decisions_path, read_log
from gradatim.kg.decisions.log import check_writable
from tests.kg.decisions.cases import on_concept, on_edge, taken_back

FIRST, SECOND = on_concept("loop", "accept"), on_edge("list", "list comprehension", "reject")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return decisions_path(tmp_path / "course.json")


def test_it_stands_beside_the_graph() -> None:
    assert decisions_path(Path("a/course.v2.json")) == Path("a/course.v2.decisions.jsonl")
    assert decisions_path(Path("course.v2")) == Path("course.v2.decisions.jsonl")


def test_what_is_appended_comes_back_in_order(path: Path) -> None:
    graph = path.with_name("course.json")
    assert decided(graph) == []
    append(path, [FIRST])
    append(path, [SECOND, taken_back(FIRST)])
    found = decided(graph)
    assert found[:2] == [FIRST, SECOND]
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows[0]["item"] == {"name": "loop", "aliases": []}
    assert rows[0]["sentence"] == "A loop is explained here."
    assert rows[0]["at"].endswith(("Z", "+00:00"))
    assert (rows[2]["kind"], rows[2]["of"]) == ("undo", FIRST.id)


@pytest.mark.parametrize("cut", [1, 5, 40, -2])
def test_a_half_written_last_line_is_told_left_aside_and_put_away(path: Path, cut: int) -> None:
    append(path, [FIRST])
    append(path, [SECOND])
    whole = path.read_bytes()
    half = whole.split(b"\n")[1][:cut]
    path.write_bytes(whole.split(b"\n")[0] + b"\n" + half)
    log = read_log(path)
    assert log.decisions == (FIRST,)
    assert log.broken is not None
    assert "course.decisions.jsonl:2: half-written" in log.broken
    append(path, [SECOND])
    assert read_log(path).decisions == (FIRST, SECOND)
    assert read_log(path).broken is None
    assert path.with_name("course.decisions.jsonl.broken").read_bytes() == half + b"\n"


def test_a_last_line_without_its_line_break_counts(path: Path) -> None:
    append(path, [FIRST])
    path.write_bytes(path.read_bytes().rstrip())
    assert read_log(path).decisions == (FIRST,)
    append(path, [SECOND])
    assert read_log(path).decisions == (FIRST, SECOND)


def test_a_half_written_line_longer_than_what_is_looked_at_first(path: Path) -> None:
    append(path, [FIRST])
    path.write_bytes(path.read_bytes() + b'{"id": "' + b"x" * 20_000)
    append(path, [SECOND])
    assert read_log(path).decisions == (FIRST, SECOND)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not valid JSON"),
        (b"[1]", "not a JSON object"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"kind": "idea"}', "kind"),
        (taken_back(SECOND).model_dump_json().encode(), "no decision"),
        (json.dumps({**json.loads(FIRST.model_dump_json()), "verdict": "maybe"}).encode(), "verdict"),
        (json.dumps({**json.loads(FIRST.model_dump_json()), "verdict": "edit"}).encode(), "became"),
        (json.dumps({**json.loads(FIRST.model_dump_json()), "at": "yesterday"}).encode(), "at"),
        (json.dumps({**json.loads(FIRST.model_dump_json()), "at": "2026-01-01T00:00:00"}).encode(), "timezone"),
        (json.dumps({**json.loads(FIRST.model_dump_json()), "by": " \x1b[2J"}).encode(), "control character"),
        (json.dumps({**json.loads(FIRST.model_dump_json()), "confidence": float("nan")}).encode(), "confidence"),
        (json.dumps({**json.loads(FIRST.model_dump_json()), "verdict": "reject"}).encode(), "another decision"),
        (
            json.dumps(
                {
                    **json.loads(SECOND.model_dump_json()),
                    "item": {"source": "list", "target": "Lists", "type": "similarity"},
                }
            ).encode(),
            "two different ends",
        ),
    ],
)  # fmt: skip
def test_anything_else_that_is_broken_is_an_error_that_names_its_line(path: Path, line: bytes, reason: str) -> None:
    append(path, [FIRST])
    path.write_bytes(path.read_bytes() + line + b"\n\n")
    with pytest.raises(InputError, match=reason) as caught:
        read_log(path)
    assert str(caught.value).startswith(f"{path}:2: ")


def test_the_same_line_twice_counts_once(path: Path) -> None:
    append(path, [FIRST])
    append(path, [FIRST])
    assert read_log(path).decisions == (FIRST,)


def test_processes_that_write_at_once_lose_nothing(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from gradatim.kg.decisions import append, decide\n"
        "from gradatim.kg.graphfile import FileConcept\n"
        "for number in range(25):\n"
        "    append(Path(sys.argv[1]), [decide(FileConcept(name=f'{sys.argv[2]} {number}'), 'accept', sys.argv[2])])\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(path), f"reviewer {name}"]) for name in "abc"]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    names = [line.item.name for line in read_log(path).decisions]  # type: ignore[union-attr]
    assert len(set(names)) == 75
    for name in "abc":
        assert [item for item in names if f"reviewer {name}" in item] == [f"reviewer {name} {at}" for at in range(25)]


def test_a_writer_waits_for_whoever_holds_the_file(path: Path) -> None:
    append(path, [FIRST])
    with path.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writer = Thread(target=append, args=(path, [SECOND]))
        writer.start()
        writer.join(0.3)
        assert writer.is_alive()
    writer.join(20)
    assert read_log(path).decisions == (FIRST, SECOND)


def test_what_cannot_be_written_is_said_before_and_when_it_is_tried(path: Path) -> None:
    path.mkdir()
    with pytest.raises(InputError, match="cannot be read"):
        read_log(path)
    with pytest.raises(StorageError, match="cannot be written"):
        append(path, [FIRST])
    with pytest.raises(StorageError, match="cannot be written"):
        check_writable(path)
    with pytest.raises(StorageError, match="folder"):
        check_writable(path.parent / "nowhere" / "course.decisions.jsonl")


def test_a_full_disk_leaves_no_half_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(path, [FIRST])
    before = path.read_bytes()
    real = os.write
    written: list[int] = []

    def write(file: int, data: bytes) -> int:
        if written:
            raise OSError(28, "No space left on device")
        written.append(real(file, bytes(data)[:20]))
        return 20

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(StorageError, match="No space left"):
        append(path, [SECOND])
    monkeypatch.undo()
    assert path.read_bytes() == before
