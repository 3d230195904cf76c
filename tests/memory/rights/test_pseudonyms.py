"""Pseudonyms are stable under one key, say nothing without it, and stand wherever a name stood."""

from __future__ import annotations

import base64
import hashlib
import hmac
import multiprocessing
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from gradatim.domain import LearnerEvent
from gradatim.errors import InputError, SettingsError, StorageError
from gradatim.memory.rights.pseudonyms import Pseudonyms, is_pseudonym, key_path, known_as, open_pseudonyms
from gradatim.settings import Settings

KEY = b"0123456789abcdef"


def test_it_is_the_hmac_of_the_id() -> None:
    digest = hmac.new(KEY, b"ada", hashlib.sha256).digest()
    expected = "learner-" + base64.b32encode(digest).decode().lower()[:26]
    assert Pseudonyms(KEY).of("ada") == expected
    assert is_pseudonym(expected)


@given(st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=30))
def test_stable_different_and_not_the_name(name: str) -> None:
    one, other = Pseudonyms(KEY), Pseudonyms(KEY[::-1])
    assert one.of(name) == one.of(name)
    assert one.of(one.of(name)) == one.of(name)  # either can be given
    assert is_pseudonym(one.of(name))
    if not is_pseudonym(name):
        assert one.of(name) != other.of(name)
        assert one.of(name) != one.of(name + "x")


def test_names_of_files_do_not_give_it_away() -> None:
    names = Pseudonyms(KEY)
    assert names.within("work/ada/ada.py", "ada") == f"work/{names.of('ada')}/{names.of('ada')}.py"
    assert names.within("adapter.py", "ada") == "adapter.py"


def test_events_change_hands_whole() -> None:
    names = Pseudonyms(KEY)
    event = LearnerEvent(id="course:ada:1", learner_id="ada", kind="survey", at="2026-01-01", payload={"passed": True})
    hidden = names.event(event)
    assert "ada" not in hidden.model_dump_json()
    assert (hidden.id, hidden.payload) == (f"course:{names.of('ada')}:1", event.payload)
    assert names.event(hidden) == hidden


def test_without_the_setting_ids_stay(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert open_pseudonyms(settings) is None
    assert known_as(settings, "ada") == "ada"
    assert not key_path(settings).exists()
    with pytest.raises(InputError):
        known_as(settings, "a\nb")


def test_the_key_is_made_once_for_its_owner_alone_and_decides(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", pseudonyms=True)
    first = known_as(settings, "ada")
    assert first != "ada"
    assert stat.S_IMODE(key_path(settings).stat().st_mode) == 0o600
    assert known_as(settings, "ada") == first
    assert known_as(settings, first) == first
    assert [path.name for path in settings.data_dir.iterdir()] == ["pseudonyms.key"]
    key_path(settings).unlink()  # who had the name cannot find the pseudonym any more
    assert known_as(settings, "ada") != first


def test_a_key_in_the_settings_needs_no_file(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, pseudonyms=True, pseudonym_key=SecretStr(KEY.decode()))
    assert known_as(settings, "ada") == Pseudonyms(KEY).of("ada")
    assert not list(tmp_path.iterdir())
    with pytest.raises(SettingsError, match="fewer than 16"):
        known_as(settings.model_copy(update={"pseudonym_key": SecretStr("short")}), "ada")


def test_a_damaged_key_is_told_and_left(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, pseudonyms=True)
    key_path(settings).write_bytes(b"half a key")
    with pytest.raises(StorageError, match="the key of pseudonyms has"):
        known_as(settings, "ada")
    assert key_path(settings).read_bytes() == b"half a key"


def _name(folder: str) -> str:
    return known_as(Settings(data_dir=Path(folder), pseudonyms=True), "ada")


def test_processes_that_begin_together_use_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert len(set(pool.map(_name, [str(tmp_path)] * 8))) == 1
