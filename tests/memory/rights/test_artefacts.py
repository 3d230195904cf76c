"""Files that were written about learners go with them, whole or row by row, and what was moved or changed is told."""

from __future__ import annotations

import csv
import gzip
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import StorageError
from gradatim.memory.rights.artefacts import Artefact, Artefacts, InUse


@pytest.fixture
def register(tmp_path: Path) -> Artefacts:
    return Artefacts(tmp_path / "data" / "artefacts.sqlite3")


def rows_of(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def fates(register: Artefacts, learner: str) -> list[tuple[str, str, int]]:
    return [(item.artefact.path.name, item.fate, item.rows) for item in register.forget(learner)]


def left_in(register: Artefacts, text: str) -> list[str]:
    return [path.name for path in register.path.parent.iterdir() if text.encode() in path.read_bytes()]


def test_nothing_is_made_by_asking(register: Artefacts) -> None:
    assert register.of_learner("ada") == []
    assert register.forget("ada") == []
    assert not register.path.parent.exists()


def test_a_report_is_deleted(register: Artefacts, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("about ada")
    register.whole(report, "report", ["ada"])
    assert stat.S_IMODE(register.path.stat().st_mode) == 0o600
    assert register.of_learner("bo") == []
    assert [item.kind for item in register.holding("ada")] == ["report"]
    assert fates(register, "ada") == [("report.html", "deleted", 0)]
    assert not report.exists()
    assert register.of_learner("ada") == []
    assert left_in(register, "report.html") == []
    assert fates(register, "ada") == []


def test_what_was_moved_or_changed_is_left_and_told_once(register: Artefacts, tmp_path: Path) -> None:
    moved, changed = tmp_path / "moved.html", tmp_path / "changed.html"
    for path in (moved, changed):
        path.write_text("about ada")
        register.whole(path, "report", ["ada"])
    moved.rename(tmp_path / "elsewhere.html")
    changed.write_text("about ada, with notes of the teacher")
    assert sorted(fates(register, "ada")) == [("changed.html", "changed", 0), ("moved.html", "missing", 0)]
    assert changed.exists()
    assert left_in(register, "ada") == []


def test_rows_of_one_learner_are_taken_out(register: Artefacts, tmp_path: Path) -> None:
    results = rows_of(
        tmp_path / "results.jsonl",
        {"learner": "ada", "verdict": "wrong"},
        {"learner": "bo", "note": "as ada did"},
        {"submission": "1", "assessment": {"submission": {"learner_id": "ada"}}},
        {"learner": "adam"},
    )
    results.chmod(0o640)
    register.rows(results, "results")
    assert [item.path for item in register.holding("ada")] == [results]
    assert register.holding("cy") == []
    assert fates(register, "ada") == [("results.jsonl", "cleaned", 2)]
    assert [json.loads(line)["learner"] for line in results.read_text().splitlines()] == ["bo", "adam"]
    assert stat.S_IMODE(results.stat().st_mode) == 0o640
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "results.jsonl"]
    assert fates(register, "ada") == [("results.jsonl", "untouched", 0)]
    assert fates(register, "bo") == [("results.jsonl", "cleaned", 1)]  # it stays registered for the others


def test_a_file_of_which_nothing_is_left_goes(register: Artefacts, tmp_path: Path) -> None:
    results = rows_of(tmp_path / "results.jsonl", {"learner": "ada"})
    register.rows(results, "results")
    assert fates(register, "ada") == [("results.jsonl", "deleted", 1)]
    assert not results.exists()
    assert left_in(register, "results.jsonl") == []


def test_odd_lines_are_kept_unless_they_hold_the_id(register: Artefacts, tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(b'{"learner": "ada"}\nnot json\n[1]\n\xff\xfe\n{"learner": "ada", torn off\n{"learner": "bo"}')
    register.rows(path, "results")
    assert fates(register, "ada") == [("results.jsonl", "cleaned", 2)]
    assert path.read_bytes() == b'not json\n[1]\n\xff\xfe\n{"learner": "bo"}'


def test_packed_rows_are_taken_out_also_behind_the_lot_of_a_killed_writer(register: Artefacts, tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl.gz"
    lots = [
        gzip.compress(b"".join(b'{"learner": "%s", "run": %d}\n' % (who, number) for who in (b"ada", b"bo")))
        for number in range(3)
    ]
    path.write_bytes(b"".join(lots) + gzip.compress(b'{"learner": "bo", "run": 3}\n' * 50_000)[:-40])
    path.chmod(0o640)
    register.rows(path, "runs")
    assert [item.path for item in register.holding("ada")] == [path]
    assert register.holding("cy") == []
    assert fates(register, "ada") == [("runs.jsonl.gz", "cleaned", 3)]
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert {row["learner"] for row in rows} == {"bo"}
    assert [row["run"] for row in rows][:4] == [0, 1, 2, 3]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert fates(register, "ada") == [("runs.jsonl.gz", "untouched", 0)]
    assert [item[1] for item in fates(register, "bo")] == ["deleted"]
    assert sorted(item.name for item in tmp_path.iterdir()) == ["data"]


@pytest.mark.parametrize("content", [b"my thesis", gzip.compress(b"0123456789" * 99)[:20] + bytes(100)])
def test_a_packed_file_that_is_damaged_is_told_and_left(register: Artefacts, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "runs.jsonl.gz"
    path.write_bytes(content)
    register.rows(path, "runs")
    for ask in (register.holding, register.forget):
        with pytest.raises(StorageError, match="cannot be unpacked") as caught:
            ask("ada")
        assert caught.value.place == str(path)
    assert path.read_bytes() == content


def test_rows_of_other_systems(register: Artefacts, tmp_path: Path) -> None:
    def statement(name: str) -> dict[str, Any]:
        return {"actor": {"account": {"homePage": "https://school.example", "name": name}}, "verb": {"id": "x"}}

    path = rows_of(
        tmp_path / "published.jsonl",
        statement("ada"),
        statement("bo"),
        {"gradatim": "quarantine", "reason": "no score", "raw": "ada;7;ten points"},
        {"gradatim": "quarantine", "reason": "no score", "raw": "adam;7;ten points"},
        {"name": "ada"},
    )
    register.rows(path, "published")
    assert fates(register, "ada") == [("published.jsonl", "cleaned", 2)]
    left = [json.loads(line) for line in path.read_text().splitlines()]
    assert left == [statement("bo"), {"gradatim": "quarantine", "reason": "no score", "raw": "adam;7;ten points"},
                    {"name": "ada"}]  # fmt: skip


def test_a_number_is_taken_for_an_id_only_where_it_is_one(register: Artefacts, tmp_path: Path) -> None:
    rows = ({"gradatim": "quarantine", "raw": "8;7;ten"}, {"learner": "8", "score": 7}, {"learner": "7", "score": 8})
    path = rows_of(tmp_path / "rows.jsonl", *rows)
    register.rows(path, "rows")
    assert fates(register, "7") == [("rows.jsonl", "cleaned", 1)]
    assert [json.loads(line) for line in path.read_text().splitlines()] == list(rows[:2])


def test_a_table_with_line_breaks_in_its_cells(register: Artefacts, tmp_path: Path) -> None:
    path = tmp_path / "features.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([("note", "learner"), ("one\ntwo ada", "bo"), ('three "3"\nfour', "ada"), ("ada", "cy")])
    register.rows(path, "features")
    assert fates(register, "ada") == [("features.csv", "cleaned", 1)]
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [["note", "learner"], ["one\ntwo ada", "bo"], ["ada", "cy"]]
    assert fates(register, "bo") == [("features.csv", "cleaned", 1)]
    assert fates(register, "cy") == [("features.csv", "deleted", 1)]  # a header alone is no row


def test_lines_that_name_nobody_are_known_by_their_digests(register: Artefacts, tmp_path: Path) -> None:
    lines = [b'{"prompt": "a"}', b'{"prompt": "b"}', b'{"prompt": "c"}']
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    register.lines(path, "export", zip(lines, ("ada", "bo", None), strict=True))
    assert fates(register, "ada") == [("pairs.jsonl", "cleaned", 1)]
    assert path.read_bytes() == lines[1] + b"\n" + lines[2] + b"\n"
    assert fates(register, "bo") == [("pairs.jsonl", "cleaned", 1)]  # cleaning is no change by a stranger
    assert register.of_learner("bo") == []


def test_lines_that_were_changed_since_are_told(register: Artefacts, tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_bytes(b"one\ntwo\n")
    register.lines(path, "export", [(b"one", "ada"), (b"two", "ada")])
    path.write_bytes(b"ONE\ntwo\n")
    assert fates(register, "ada") == [("pairs.jsonl", "changed", 1)]
    assert path.read_bytes() == b"ONE\n"


def test_a_file_that_is_being_written_stays_registered(register: Artefacts, tmp_path: Path) -> None:
    results = rows_of(tmp_path / "results.jsonl", {"key": "k", "learner": "ada"}, {"key": "l", "learner": "bo"})
    register.rows(results, "batch")
    told: list[list[dict[str, Any]]] = []

    def busy(artefact: Artefact, rows: list[dict[str, Any]]) -> None:
        told.append(rows)
        raise InUse

    (fate,) = register.forget("ada", busy)
    assert (fate.fate, fate.left) == ("busy", True)
    assert told == [[{"key": "k", "learner": "ada"}]]
    assert len(results.read_text().splitlines()) == 2
    assert fates(register, "ada") == [("results.jsonl", "cleaned", 1)]


def test_what_a_killed_try_left_behind_is_written_over(register: Artefacts, tmp_path: Path) -> None:
    results = rows_of(tmp_path / "results.jsonl", {"learner": "ada"}, {"learner": "bo"})
    register.rows(results, "results")
    (tmp_path / ".results.jsonl.forgetting").write_text('{"learner": "ada"}')
    register.forget("ada")
    assert not (tmp_path / ".results.jsonl.forgetting").exists()
    assert results.read_text() == '{"learner": "bo"}\n'


def test_writing_a_file_again_registers_it_anew(register: Artefacts, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    report.write_text("about ada")
    register.whole(report, "report", ["ada"])
    report.write_text("about bo")
    register.whole(report, "report", ["bo"])
    assert register.of_learner("ada") == []
    assert [item.path for item in register.of_learner("bo")] == [report]


def test_a_damaged_register_is_told(register: Artefacts) -> None:
    register.path.parent.mkdir()
    register.path.write_bytes(b"no database" * 500)
    with pytest.raises(StorageError, match="register"):
        register.of_learner("ada")


def test_killed_between_a_file_and_the_register_nothing_is_taken_for_a_strangers_doing(
    register: Artefacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report, pairs = tmp_path / "report.html", tmp_path / "pairs.jsonl"
    report.write_text("about ada")
    register.whole(report, "report", ["ada"])
    pairs.write_bytes(b"one\ntwo\n")
    register.lines(pairs, "export", [(b"one", "ada"), (b"two", "bo")])
    with monkeypatch.context() as patch:
        patch.setattr(Artefacts, "_renew", lambda *_: 1 / 0)  # the register hears nothing any more
        with pytest.raises(ZeroDivisionError):
            register.forget("ada")
    assert not report.exists() or pairs.read_bytes() == b"two\n"
    told = {(file, fate) for file, fate, _ in fates(register, "ada")}
    assert told <= {("report.html", "deleted"), ("pairs.jsonl", "untouched"), ("pairs.jsonl", "cleaned")}
    assert pairs.read_bytes() == b"two\n"
    assert fates(register, "bo") == [("pairs.jsonl", "deleted", 1)]
