"""What is being forgotten is noted before and gone afterwards."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from gradatim.errors import StorageError
from gradatim.memory.rights.journal import Journal


def test_an_entry_is_found_until_it_ends(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "forgetting")
    assert journal.unfinished() == []
    assert journal.find("ada") is None
    begun = journal.begin("ada", [b"a piece of text", "größe".encode()])
    assert journal.find("ada") == begun
    assert Journal(tmp_path / "forgetting").unfinished() == [begun]
    for path in journal.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert "ada" not in path.name
    journal.begin("bo", [])
    journal.end("ada")
    assert [entry.learner_id for entry in journal.unfinished()] == ["bo"]
    journal.end("bo")
    assert not journal.folder.exists()
    journal.end("bo")  # may be repeated


def test_a_second_try_keeps_what_the_first_one_noted(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "forgetting")
    journal.begin("ada", [b"one"])
    assert journal.begin("ada", [b"two", b"one"]).needles == (b"one", b"two")


def test_ids_of_any_letters(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "forgetting")
    for learner in ("../../etc/passwd", "größe 💡", "x" * 200):
        journal.begin(learner, [])
        assert journal.find(learner) is not None
    assert {entry.learner_id for entry in journal.unfinished()} == {"../../etc/passwd", "größe 💡", "x" * 200}
    assert [path.parent for path in tmp_path.rglob("*.json")] == [journal.folder] * 3


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"learner_id": "a"}', b'{"learner_id": "a", "needles": ["x"]}']
)
def test_a_damaged_entry_is_told(tmp_path: Path, content: bytes) -> None:
    journal = Journal(tmp_path / "forgetting")
    journal.begin("ada", [])
    (path,) = journal.folder.iterdir()
    path.write_bytes(content)
    with pytest.raises(StorageError, match="damaged"):
        journal.unfinished()


def test_killed_while_an_entry_is_removed(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "forgetting")
    journal.begin("ada", [b"a piece"])
    (path,) = journal.folder.iterdir()
    path.write_bytes(b"\0" * path.stat().st_size)
    assert journal.unfinished() == []
    assert journal.find("ada") is None
    assert not journal.folder.exists()


def test_where_nothing_can_be_noted_nothing_is_begun(tmp_path: Path) -> None:
    (tmp_path / "forgetting").write_text("a file")
    with pytest.raises(StorageError, match="nothing was deleted"):
        Journal(tmp_path / "forgetting").begin("ada", [])
