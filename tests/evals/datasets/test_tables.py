"""CSV files as schools save them."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.evals.datasets.tables import column_key, read_table

ROWS = "submission;rater;code quality\nw1;Zoë;4\n"


def _table(path: Path, content: bytes, **options: str) -> list[dict[str, str]]:
    path.write_bytes(content)
    return [dict(row.cells) for row in read_table(path, **options).rows()]


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (ROWS.encode(), {}),
        (b"\xef\xbb\xbf" + ROWS.encode(), {}),
        (ROWS.replace(";", ",").encode(), {}),
        (ROWS.replace(";", "\t").replace("\n", "\r\n").encode(), {}),
        (ROWS.encode("utf-16"), {}),
        (ROWS.encode("cp1252"), {"encoding": "cp1252"}),
        (ROWS.replace(";", "#").encode(), {"delimiter": "#"}),
        (b"\n\n" + ROWS.encode() + b"\n;;\n", {}),
    ],
)
def test_all_say_the_same(tmp_path: Path, content: bytes, options: dict[str, str]) -> None:
    assert _table(tmp_path / "r.csv", content, **options) == [{"submission": "w1", "rater": "Zoë", "code_quality": "4"}]


@pytest.mark.parametrize(
    ("content", "line", "told", "remedy"),
    [
        (ROWS.encode("cp1252"), 2, "not UTF-8 text (byte 0xeb)", "cp1252"),
        ("作品,评分者\nw1,王\n".encode("gb18030"), 1, "not UTF-8", "gb18030"),
        (b"a,b\n1,2\n1,2,3\n", 3, "3 cells where the header names 2", "quotes"),
        (b'a,b\n1,"2\n3,4\n', 2, "not CSV", "close the quotes"),
        (b"a,A\n1,2\n", 1, "column 'a' twice", "keep one"),
        (b"a,b\n1,\x00\n", 2, "NUL", "UTF-8"),
        (b"a,b\n" + b"x" * (2 * 2**20) + b",1\n", 2, "not CSV", "correct the row"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, content: bytes, line: int, told: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        _table(tmp_path / "r.csv", content)
    assert caught.value.place == f"{tmp_path / 'r.csv'}:{line}"
    assert told in caught.value.message
    assert remedy in (caught.value.remedy or "")


def test_files_that_are_none(tmp_path: Path) -> None:
    for content in (b"", b"\n \n", b"\xef\xbb\xbf"):
        with pytest.raises(InputError, match="is empty"):
            _table(tmp_path / "r.csv", content)
    for path in (tmp_path, tmp_path / "nothing.csv"):
        with pytest.raises(InputError, match="cannot be read"):
            read_table(path)
    with pytest.raises(InputError, match="no encoding of text"):
        _table(tmp_path / "r.csv", b"a\n1\n", encoding="utf-9")


def test_a_header_in_one_piece_hints_at_the_delimiter(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("submission:rater\nw1:A\n")
    with pytest.raises(InputError, match="single column"):
        read_table(tmp_path / "r.csv").needed("submission", ("submission",))


def test_names_of_columns() -> None:
    assert column_key(" Code  Quality ") == column_key("code-quality") == "code_quality"
    assert column_key("提交") == "提交"
