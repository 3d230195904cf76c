"""Texts lose what tells who wrote them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gradatim.memory.rights.pseudonyms import is_pseudonym, key_path, open_pseudonyms
from gradatim.memory.rights.scrubbing import LONGEST, Scrubber
from gradatim.settings import Settings

SCRUBBER = Scrubber(True, lambda: b"a key of at least 16 bytes")
ADA = SCRUBBER.learner("ada-lovelace")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("return ada-lovelace", f"return {ADA}"),
        ("run Ada-Lovelace_3", f"run {ADA}_3"),
        ("see xada-lovelace, ada-lovelaces", "see xada-lovelace, ada-lovelaces"),
        ("# Author: Ada Lovelace\nx = 1\n", "# Author: [name]\nx = 1\n"),
        ("    # written by: Ada\n", "    # written by: [name]\n"),
        ("# Student ID: 1815-12\n", "# Student ID: [name]\n"),
        ("# 姓名：阿达\n", "# 姓名：[name]\n"),
        ("# id: u77", "# id: [name]"),
        ('"""Author: Ada Lovelace\n\nSums."""', '"""Author: [name]\n\nSums."""'),
        ('"""Author: Ada Lovelace"""\nx = 1\n', '"""Author: [name]"""\nx = 1\n'),
        ("my name is ada and it fails", "my name is [name] and it fails"),
        ("__author__ = 'Ada'\n", "__author__ = [name]\n"),
        ("write to ada@engine.example.org!", "write to [address]!"),
        ("Hi, my name is Ada Lovelace and I am stuck", "Hi, my name is [name] and I am stuck"),
        ("我叫阿达", "我叫[name]"),
        # what only looks like it
        ("name = input()\n", "name = input()\n"),
        ("print('Name: ', name)  # the name\n", "print('Name: ', name)  # the name\n"),
        ("x = a @ b\n", "x = a @ b\n"),
        ("# the author of each book\n", "# the author of each book\n"),
        ("call(name)[0]", "call(name)[0]"),
    ],
)
def test_what_tells_who_it_is_goes(text: str, found: str) -> None:
    assert SCRUBBER.scrubbed(text, "ada-lovelace") == found


def test_of_a_text_without_end_the_beginning_is_kept() -> None:
    whole = SCRUBBER.scrubbed("x" * 1_000_000, "ada")
    assert len(whole) == LONGEST + 1
    assert whole.endswith("x…")


@pytest.mark.parametrize("short", ["7", "12", "x1"])
def test_an_id_that_is_in_every_program_is_not_looked_for(short: str) -> None:
    assert SCRUBBER.scrubbed(f"return {short}", short) == f"return {short}"
    assert is_pseudonym(SCRUBBER.learner(short))


def test_a_pseudonym_stays_and_an_id_that_no_memory_takes_gets_one() -> None:
    assert SCRUBBER.learner(ADA) == ADA
    assert SCRUBBER.scrubbed(f"of {ADA}", ADA) == f"of {ADA}"
    assert SCRUBBER.learner("a\nb").startswith("learner-")


def test_the_key_is_that_of_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, pseudonyms=True)
    scrubber = Scrubber.of(settings)
    assert not scrubber.keeps_content
    assert not key_path(settings).exists()  # asked for only when it is needed
    known = open_pseudonyms(settings)
    assert known is not None
    assert scrubber.learner("ada") == known.of("ada") == Scrubber.of(settings, keeps_content=True).learner("ada")
    assert scrubber.digest("x") == Scrubber.of(settings).digest("x")
    assert scrubber.digest("x") != SCRUBBER.digest("x")


def test_a_key_that_cannot_be_had_fails_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    key_path(Settings(data_dir=tmp_path)).write_bytes(b"short")
    scrubber = Scrubber.of(Settings(data_dir=tmp_path))
    assert scrubber.learner("ada") == scrubber.learner("ada") != SCRUBBER.learner("ada")
    assert "hold for this process alone" in caplog.text


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(st.characters(categories=["L", "N"]), min_size=3, max_size=12))
def test_no_id_of_three_letters_is_left_as_a_word(text: str, learner: str) -> None:
    whole = SCRUBBER.scrubbed(f"{text} {learner}, {learner}.", learner)
    if not (learner.isdecimal() and len(learner) == 3):
        assert f" {learner}, {learner}." not in whole
    assert SCRUBBER.scrubbed(SCRUBBER.scrubbed(whole, learner), learner) == SCRUBBER.scrubbed(whole, learner)
