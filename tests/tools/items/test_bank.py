"""The bank: what is stored is there again, decisions are kept, broken files are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError, StorageError
from gradatim.tools.items import Item, ItemKind
from gradatim.tools.items.bank import Bank
from gradatim.tools.items.duplicates import Fingerprint, shingles

AT = "2026-01-01T00:00:00+00:00"
MARK = Fingerprint("write", "shape", "behaviour", shingles("count all even prices of a list"))


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path / "data" / "items.sqlite3")


def test_an_empty_bank_is_no_error_and_makes_no_file(bank: Bank) -> None:
    assert bank.items() == []
    assert not bank.path.exists()
    with pytest.raises(InputError, match="no such item"):
        bank.item("item-1")


def test_items_are_stored_once_and_found(bank: Bank, made: dict[ItemKind, Item]) -> None:
    for item in made.values():
        assert bank.add(item, made_at=AT)
        assert not bank.add(item, made_at=AT)
    assert {item.id for item in bank.items()} == {item.id for item in made.values()}
    assert bank.items(kind="choice") == [made["choice"]]
    assert bank.items(concept=made["write"].concepts[0], kind="write") == [made["write"]]
    assert bank.items(language="zh") == []
    assert len(bank.items(limit=2)) == 2
    assert bank.item(made["fix"].id[:12]) == made["fix"]
    with pytest.raises(InputError, match="several"):
        bank.item("item-")


def test_decisions_are_kept_with_what_was_before(bank: Bank, made: dict[ItemKind, Item]) -> None:
    item = made["write"]
    bank.add(item, made_at=AT)
    edited = item.model_copy(update={"title": "Another title"})
    assert bank.review(edited, "edit", "Kim", at=AT, reason="clearer").status == "approved"
    assert bank.review(bank.item(item.id), "reject", "Lee", at="2026-01-02").status == "rejected"
    first, second = bank.reviews(item.id)
    assert (first.kind, first.reviewer, first.before) == ("edit", "Kim", item)
    assert second.before.title == "Another title"
    assert bank.items(status="rejected")[0].title == "Another title"
    with pytest.raises(InputError):
        bank.review(made["fix"], "approve", "Kim", at=AT)


def test_fingerprints_come_back_also_of_what_was_rejected(bank: Bank, made: dict[ItemKind, Item]) -> None:
    bank.add(made["write"], MARK, made_at=AT)
    bank.review(made["write"], "reject", "Kim", at=AT)
    found = bank.fingerprints()
    assert found.clash(MARK) is not None
    assert found.clash(Fingerprint("write", "other", "other", shingles("something else entirely"))) is None
    assert found.clash(Fingerprint("fix", "shape", "behaviour", MARK.text)) is None
    near = Fingerprint("write", "other", "other", MARK.text)
    assert "nearly the same text" in (found.clash(near).reason if found.clash(near) else "")  # type: ignore[union-attr]
    assert bank.fingerprints("zh").clash(MARK) is None


def test_what_is_no_bank_is_told(tmp_path: Path, made: dict[ItemKind, Item]) -> None:
    path = tmp_path / "items.sqlite3"
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StorageError) as error:
        Bank(path).items()
    assert str(path) in str(error.value)
    assert error.value.remedy


def test_a_broken_row_is_told(bank: Bank, made: dict[ItemKind, Item]) -> None:
    import sqlite3

    bank.add(made["write"], made_at=AT)
    with sqlite3.connect(bank.path) as connection:
        connection.execute("UPDATE items SET body = '{}'")
    connection.close()
    with pytest.raises(StorageError, match="cannot be read"):
        bank.items()
