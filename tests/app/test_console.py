from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.app.console import json_line, listen_to_log, plural, printable, shorten, table


@given(st.text())
def test_nothing_printable_acts_on_a_terminal(text: str) -> None:
    shown = printable(text)
    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)
    assert "\u202e" not in shown  # turns the direction of writing


def test_escapes_of_a_terminal_are_shown() -> None:
    assert printable("\x1b[31mred\x07\n") == "\\x1b[31mred\\x07\\n"
    assert printable("a\n\tb\r", lines=True) == "a\n\tb\\r"


def test_ordinary_writing_is_left_alone() -> None:
    for text in ("naïve → 範囲", "می‌خواهم", "👩‍🏫"):
        assert printable(text) == text


def test_shorten_keeps_the_limit() -> None:
    assert shorten("a" * 10, 10) == "a" * 10
    assert shorten("a" * 11, 10) == "a" * 9 + "…"


@given(st.text(), st.booleans())
def test_a_line_of_json_is_one_line(text: str, ascii_only: bool) -> None:
    line = json_line({"text": text}, ascii_only=ascii_only)
    assert "\n" not in line
    assert json.loads(line) == {"text": text}
    assert not ascii_only or line.isascii()


def test_json_has_no_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        json_line(float("nan"))


def test_columns_are_aligned_by_what_is_seen() -> None:
    assert table([("範囲", "x"), ("ab", "y")], header=("n", "m")) == "n     m\n範囲  x\nab    y"
    assert table([]) == ""


def test_plural() -> None:
    assert [plural(1, "program"), plural(1200, "program")] == ["1 program", "1,200 programs"]


@pytest.mark.parametrize(
    ("name", "level", "debug", "heard"),
    [
        ("gradatim.memory", logging.WARNING, False, True),
        ("asyncio", logging.WARNING, False, False),
        ("asyncio", logging.WARNING, True, True),
        ("asyncio", logging.ERROR, False, True),
        ("gradatim.memory", logging.INFO, True, False),
    ],
)
def test_who_is_heard_in_the_log(
    name: str, level: int, debug: bool, heard: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "lastResort", logging.lastResort)
    listen_to_log(debug)
    assert logging.lastResort is not None
    record = logging.LogRecord(name, level, __file__, 1, "the folder %s is \x1b odd", ("x",), None)
    if level >= logging.lastResort.level:
        logging.lastResort.handle(record)
    out, err = capsys.readouterr()
    assert out == ""
    assert err == ("warning: the folder x is \\x1b odd\n" if heard else "")
