"""The scan finds what is left in any spelling and any corner, and does not take others' data for it."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.errors import StorageError
from gradatim.memory.rights.needles import MOST, SHORTEST, candidates, needles, spellings, texts_of
from gradatim.memory.rights.scan import scan
from gradatim.memory.rights.scanner import scan_apart

PIECE = "    total = total + number_of_marbles"


def database(path: Path, *rows: tuple[str, str]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("CREATE TABLE events (learner TEXT, body TEXT)")
        base.executemany("INSERT INTO events VALUES (?, ?)", rows)


def test_nothing_in_an_empty_folder(tmp_path: Path) -> None:
    found = scan([tmp_path, tmp_path / "missing"], "ada-lovelace", [PIECE.encode()])
    assert found.clean
    assert (found.files, found.bytes) == (0, 0)


@pytest.mark.parametrize("name", ["ada-lovelace", "größe-7", "學生-1234", 'o"neil\\x'])
@pytest.mark.parametrize("encode", [str.encode, lambda text: json.dumps(text).encode(), lambda text: text.encode("utf-16-le"), lambda text: text.encode("utf-16-be")])  # fmt: skip  # noqa: E501
def test_every_spelling_of_the_id(tmp_path: Path, name: str, encode: object) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "file").write_bytes(b"\0\1" * 50_000 + b" " + encode(name) + b" ")  # type: ignore[operator]
    found = scan([tmp_path], name)
    assert len(found.traces) == 1
    assert "deep/er/file" in found.traces[0]


def test_names_of_files_count(tmp_path: Path) -> None:
    (tmp_path / "report-ada.html").write_text("nothing inside")
    (tmp_path / "adapter.html").write_text("nothing inside")
    assert [place.split("/")[-1] for place in scan([tmp_path], "ada").traces] == []
    (tmp_path / "ada.html").write_text("nothing inside")
    assert len(scan([tmp_path], "ada").traces) == 1


def test_a_longer_id_of_somebody_else_is_no_trace(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(json.dumps({"learner": "learner-10"}))
    database(tmp_path / "memory.sqlite3", ("learner-10", "{}"), ("learner-11", '{"learner_id": "learner-11"}'))
    assert scan([tmp_path], "learner-1").clean
    assert not scan([tmp_path], "learner-10").clean


def test_packed_files_are_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl.gz"
    path.write_bytes(gzip.compress(b"x" * 200_000) + gzip.compress(b'{"learner": "ada-lovelace"}\n' * 9_999)[:-9])
    found = scan([tmp_path], "ada-lovelace")
    assert (len(found.traces), found.unread) == (1, [])
    assert found.bytes > 200_000
    assert scan([tmp_path], "grace-hopper").clean
    path.write_bytes(b"packed by its name alone")
    found = scan([tmp_path], "ada-lovelace")
    assert not found.clean
    assert "cannot be unpacked" in found.unread[0]


def test_what_is_left_in_free_pages_is_found_beside_a_longer_id(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    rows = [(f"learner-1{number}", "x" * 50) for number in range(200)]
    database(path, *rows, ("learner-1", PIECE))
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA secure_delete = OFF")
        base.execute("DELETE FROM events WHERE learner = 'learner-1'")
    found = scan([tmp_path], "learner-1", [PIECE.encode()])
    assert len(found.traces) == 2
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("VACUUM")
    assert scan([tmp_path], "learner-1", [PIECE.encode()]).clean


def test_the_write_ahead_log_is_looked_through(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA secure_delete = ON")
        base.execute("CREATE TABLE events (learner TEXT)")
        base.execute("INSERT INTO events VALUES ('ada-lovelace')")
        base.execute("DELETE FROM events")
        assert any("-wal" in place for place in scan([tmp_path], "ada-lovelace").traces)
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert scan([tmp_path], "ada-lovelace").clean


def test_a_line_that_others_wrote_too_is_no_trace(tmp_path: Path) -> None:
    database(tmp_path / "memory.sqlite3", ("bo", json.dumps({"code": f"x\n{PIECE}\ny"})))
    (tmp_path / "results.jsonl").write_text(json.dumps({"learner": "bo", "code": PIECE}))
    found = scan([tmp_path], "ada-lovelace", [PIECE.encode()], rows=[tmp_path / "results.jsonl"])
    assert found.clean
    assert found.shared == 2
    assert len(scan([tmp_path], "ada-lovelace", [PIECE.encode()]).traces) == 1  # nobody said that those are rows


def test_a_mention_by_others_is_told_and_is_no_trace(tmp_path: Path) -> None:
    database(tmp_path / "memory.sqlite3", ("bo", "# with the help of ada-lovelace, thanks"))
    found = scan([tmp_path], "ada-lovelace")
    assert found.clean
    assert len(found.mentions) == 1


@pytest.mark.parametrize("name", ["bo", "7", "1234567"])
def test_a_short_id_or_a_number_is_chance_unless_it_is_marked_as_a_text(tmp_path: Path, name: str) -> None:
    text = f"\0{name}\0 1 {name} 2 0.{name} {name}, {name}: [{name}]"
    (tmp_path / "vectors.bin").write_bytes(text.encode() + os.urandom(1000))
    (tmp_path / "calibration.json").write_text(json.dumps({"weight": int("7" + name) if name.isdecimal() else 7}))
    database(tmp_path / "memory.sqlite3", ("somebody", text.replace("\0", "")))
    assert scan([tmp_path], name).clean
    for left in (
        json.dumps({"learner_id": name}),
        json.dumps(json.dumps({"learner": name})),
        f"<h1>{name}</h1>",
    ):
        (tmp_path / "vectors.bin").write_text("\0" * 9 + left)
        assert not scan([tmp_path], name).clean, left
    (tmp_path / "vectors.bin").unlink()
    with closing(sqlite3.connect(tmp_path / "memory.sqlite3", isolation_level=None)) as base:
        base.execute("PRAGMA secure_delete = OFF")
        base.execute("INSERT INTO events VALUES (?, ?)", (name, json.dumps({"learner_id": name})))
        base.execute("DELETE FROM events WHERE learner = ?", (name,))
    assert not scan([tmp_path], name).clean
    with closing(sqlite3.connect(tmp_path / "memory.sqlite3", isolation_level=None)) as base:
        base.execute("VACUUM")
        assert scan([tmp_path], name).clean
        base.execute("INSERT INTO events VALUES ('bunting', ?)", (json.dumps({"answers": [name]}),))
    found = scan([tmp_path], name)
    assert found.clean
    assert len(found.mentions) == 1


def test_the_note_of_the_forgetting_itself_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "forgetting").mkdir()
    (tmp_path / "forgetting" / "note.json").write_text('{"learner_id": "ada-lovelace"}')
    assert not scan([tmp_path], "ada-lovelace").clean
    assert scan([tmp_path], "ada-lovelace", apart_from=[tmp_path / "forgetting"]).clean


def test_a_file_twice_named_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert scan([tmp_path, tmp_path / "a"], "ada-lovelace").files == 1


def test_what_cannot_be_read_is_no_proof(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    path.write_bytes(b"SQLite format 3\0" + b"broken" * 20_000 + PIECE.encode())
    found = scan([tmp_path], "ada-lovelace", [PIECE.encode()])
    assert not found.clean
    assert len(found.unread) == 1


def test_pieces_are_telling_and_found_however_they_are_written(tmp_path: Path) -> None:
    code = 'def f():\n\tname = "a \\" quote"\n    return sum(values[index] for index in range(12))\n'
    (piece,) = needles([code])
    assert piece == b"return sum(values[index] for index in range(12))"
    for form in (code.encode(), json.dumps(code).encode(), json.dumps(json.dumps({"code": code})).encode()):
        (tmp_path / "left").write_bytes(form)
        assert not scan([tmp_path], "nobody-at-all", [piece]).clean
    (other,) = needles(["# größer als die Größte der Größen"])
    (tmp_path / "left").write_bytes(json.dumps("# größer als die Größte der Größen").encode())
    assert not scan([tmp_path], "nobody-at-all", [other]).clean


@given(st.lists(st.text(max_size=120), max_size=30), st.lists(st.text(min_size=1, max_size=40), max_size=30))
def test_pieces_are_pieces(texts: list[str], ids: list[str]) -> None:
    found = needles(texts, ids)
    assert len(found) <= MOST
    whole = "\n".join([*texts, *ids]).encode("utf-8", "surrogatepass")
    for piece in found:
        assert piece in whole
    assert all(len(piece.encode()) >= SHORTEST for piece in candidates(texts))


def test_all_texts_of_plain_data() -> None:
    assert list(texts_of({"a": ["x", {"b": "y"}], "c": 3, "d": None})) == ["x", "y"]
    assert spellings("plain") == (b"plain", b"p\0l\0a\0i\0n")
    assert len(set(spellings("größe"))) == len(spellings("größe")) == 4


def test_another_process_finds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database(tmp_path / "memory.sqlite3", ("ada-lovelace", PIECE))
    (tmp_path / "results.jsonl").write_text(PIECE)
    (tmp_path / "note").write_text("größe-7")
    rows, note = [tmp_path / "results.jsonl"], [tmp_path / "note"]
    for learner in ("ada-lovelace", "größe-7", "nobody-at-all"):
        own = scan([tmp_path], learner, [PIECE.encode()], rows=rows, apart_from=note)
        monkeypatch.chdir(tmp_path)
        assert scan_apart([Path(".")], learner, [PIECE.encode()], rows=rows, apart_from=note) == own
    monkeypatch.setattr("sys.executable", "false")
    with pytest.raises(StorageError, match="could not be looked for"):
        scan_apart([tmp_path], "ada-lovelace")
