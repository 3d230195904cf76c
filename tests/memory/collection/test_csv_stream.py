"""CSV a row at a time, and what a broken row costs."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.errors import InputError
from gradatim.memory.collection import csv_stream
from gradatim.memory.collection.csv_stream import Line, Table, fields_of

_CELLS = st.text('ab,;"\n\r\x0b\u2028 é', max_size=6)


def table(path: Path, text: bytes | str) -> tuple[list[str], list[Line]]:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with Table(path) as found:
        return found.header, list(found.rows())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_CELLS, _CELLS, _CELLS), max_size=6), st.sampled_from(",;\t"), st.sampled_from(("\n", "\r\n"))
)
def test_what_was_written_is_read(rows: list[tuple[str, str, str]], delimiter: str, end: str) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(("one", "two", "three"))
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        header, found = table(Path(folder) / "a.csv", file.getvalue())
    assert header == ["one", "two", "three"]
    assert [tuple(line.fields) for line in found] == rows
    assert not any(line.problem for line in found)
    assert all(fields_of(line.raw, delimiter) == line.fields for line in found)


def test_the_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    _, found = table(tmp_path / "a.csv", '\ufeffa,b\n1,"x\ny"\n\n2,z\n')
    assert [(line.number, line.fields) for line in found] == [(2, ["1", "x\ny"]), (5, ["2", "z"])]
    assert found[0].raw == b'1,"x\ny"\n'


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    _, (found,) = table(tmp_path / "a.csv", "a,b\n1,x\x0by\u2028z\n")
    assert found.fields == ["1", "x\x0by\u2028z"]
    assert fields_of(found.raw, ",") == found.fields


def test_a_broken_row_costs_itself_alone(tmp_path: Path) -> None:
    text = 'a,b\n1,"open\n2,x\n3,y,too much\n4,"never\nclosed",z\n5,"q"uote\n6,"fine\ntext"\n'
    _, found = table(tmp_path / "a.csv", text)
    assert [(line.number, line.fields) for line in found if line.problem is None] == [
        (3, ["2", "x"]), (8, ["6", "fine\ntext"])
    ]  # fmt: skip
    assert [(line.number, line.raw) for line in found if line.problem] == [
        (2, b'1,"open\n'), (4, b"3,y,too much\n"), (5, b'4,"never\nclosed",z\n'), (7, b'5,"q"uote\n'),
    ]  # fmt: skip


def test_a_row_of_another_encoding_is_named_so(tmp_path: Path) -> None:
    _, found = table(tmp_path / "a.csv", b"a,b\n1,x\n2,caf\xe9\n3,y\n")
    assert [line.problem for line in found] == [None, "it is not UTF-8 text", None]
    assert found[1].raw == b"2,caf\xe9\n"


def test_an_open_quote_does_not_eat_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_stream, "LIMIT", 1_000)
    text = 'a,b\n1,"open\n' + "".join(f"{number},x\n" for number in range(2, 1_000))
    _, found = table(tmp_path / "a.csv", text)
    assert [line.number for line in found if line.problem] == [2]
    assert len(found) == 999


@pytest.mark.parametrize("text", [b"", b"\n\n", b"\xff\xfea\x00,\x00b\x00", b'"a\n', b"a\xff,b\n1,2\n"])
def test_a_file_without_a_header(tmp_path: Path, text: bytes) -> None:
    if text.strip():
        with pytest.raises(InputError):
            table(tmp_path / "a.csv", text)
    else:
        assert table(tmp_path / "a.csv", text) == ([], [])
