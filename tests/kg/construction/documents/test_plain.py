from __future__ import annotations

from tests.kg.construction.documents.reading import brief, document


def test_blank_lines_part_paragraphs() -> None:
    read = document("\n one\n two\r\n \t\r\nthree  <b>*four*</b>\n\n\n", "notes/week 1.txt")
    assert brief(read) == [("paragraph", "one two"), ("paragraph", "three <b>*four*</b>")]
    assert [block.place for block in read.blocks] == ["notes/week 1.txt:2", "notes/week 1.txt:5"]
    assert read.title == "week 1"


def test_a_source_that_sphinx_published_is_restructuredtext() -> None:
    assert brief(document("Title\n=====\n\nText.", "a.rst.txt")) == [("heading1", "Title"), ("paragraph", "Text.")]
