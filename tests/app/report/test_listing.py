import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.app.report.listing import lines_of, tokens


def kinds(code: str) -> list[tuple[str, str]]:
    return [token for line in tokens(code) for token in line if token[1].strip()]


def test_kinds_of_tokens():
    assert kinds("for x in y1: # why\n    return 1_0.5 + rb'a\\'b'") == [
        ("keyword", "for"),
        ("name", "x"),
        ("keyword", "in"),
        ("name", "y1"),
        ("plain", ": "),
        ("comment", "# why"),
        ("keyword", "return"),
        ("number", "1_0.5"),
        ("plain", " + "),
        ("string", "rb'a\\'b'"),
    ]


def test_a_string_over_several_lines_is_a_string_on_each():
    assert tokens('a = """x\ny # no\n"""') == [
        [("name", "a"), ("plain", " = "), ("string", '"""x')],
        [("string", "y # no")],
        [("string", '"""')],
    ]


def test_an_open_quote_ends_with_its_line():
    assert tokens("print('a)\nb")[1] == [("name", "b")]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", [""]),
        ("a\n", ["a"]),
        ("a\r\nb\rc", ["a", "b", "c"]),
        ("a\x0cb\u2028c", ["a\x0cb\u2028c"]),
        ("\n\n", ["", ""]),
    ],
)
def test_lines_are_those_of_python(text: str, lines: list[str]):
    assert lines_of(text) == lines


@given(st.text(alphabet="abr'\"#\\\n\r\t 0+é漢\u2028", max_size=60))
def test_tokens_give_back_every_line(code: str):
    assert ["".join(text for _, text in line) for line in tokens(code)] == lines_of(code)
