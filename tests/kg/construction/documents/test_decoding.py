from __future__ import annotations

import codecs

import pytest

from gradatim.kg.construction.documents.decoding import decode
from tests.kg.construction.documents.reading import document, reason

GERMAN = "Größere Übungen für Anfänger: „Schleifen“ – überall im Text, und noch einige Wörter ohne Zeichen."


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
        (b"", "cp1252"),
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html", "a.rst"])
def test_encodings_that_tell_themselves(mark: bytes, encoding: str, name: str) -> None:
    assert document(mark + GERMAN.encode(encoding), name).blocks[0].text == GERMAN


@pytest.mark.parametrize(
    ("head", "encoding"),
    [
        ('<meta charset="{}">', "latin-1"),
        ('<meta http-equiv="Content-Type" content="text/html; charset={}">', "iso-8859-1"),
        ("<?xml version='1.0' encoding='{}'?>", "ISO-8859-15"),
        ("<meta charset={}>", "windows-1252"),
    ],
)
def test_html_is_read_as_it_declares(head: str, encoding: str) -> None:
    page = f"{head.format(encoding)}<p>Ã©tude, café</p>"
    assert document(page.encode(encoding), "a.html").blocks[0].text == "Ã©tude, café"


def test_a_declared_encoding_of_another_script() -> None:
    page = '<meta charset="koi8-r"><p>Цикл повторяет своё тело</p>'
    assert document(page.encode("koi8-r"), "a.html").blocks[0].text == "Цикл повторяет своё тело"
    source = "# -*- coding: shift_jis -*-\n\n繰り返し"
    assert "繰り返し" in document(source.encode("shift_jis"), "a.md").blocks[-1].text


@pytest.mark.parametrize(
    "declared", ["utf-8", "nonsense", "rot13", "zlib", "unicode_escape", "utf-7", "undefined", "idna"]
)
def test_a_declaration_that_cannot_be_believed_is_not(declared: str) -> None:
    page = f'<meta charset="{declared}"><p>Größe +AGE- \\x41'
    assert document(page, "a.html").blocks[0].text == "Größe +AGE- \\x41"


def test_damaged_utf8_loses_only_the_damage() -> None:
    data = GERMAN.encode() + b" und \xff dann \xc3 mehr"
    assert document(data, "a.md").blocks[0].text == GERMAN + " und \ufffd dann \ufffd mehr"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Цикл повторяет своё тело".encode("koi8-r"), "save it as UTF-8"),
        ("繰り返しはとても大切です".encode("shift_jis"), "save it as UTF-8"),
        (bytes(range(256)) * 20, "save it as UTF-8"),
        (b"text and \x00 nothing", "binary data"),
        (b"\x7fELF" + b"\x01\x02\x03" * 50, "binary data"),
        ("text".encode("utf-16-le"), "binary data"),
        (b"%PDF-1.4 text", "is a PDF under the name of a text file"),
        (b"PK\x03\x04 text", "a ZIP archive"),
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.html", "a.rst", "a.txt", "a.ipynb"])
def test_what_is_no_text(data: bytes, expected: str, name: str) -> None:
    assert expected in reason(data, name)


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.rst", "a.txt"])
@pytest.mark.parametrize("data", [b" \n\n\t ", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\x0c"])
def test_nothing_but_blanks(name: str, data: bytes) -> None:
    assert reason(data, name) == "there is no text in the file"


def test_ends_of_lines() -> None:
    assert decode(b"a\r\nb\rc\n") == "a\nb\nc\n"
