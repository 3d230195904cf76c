from __future__ import annotations

import io

import pytest

from tests.kg.construction.documents.pdfs import Text, assembled, pdf
from tests.kg.construction.documents.reading import brief, document, reason, spans

LONG = "A list holds its values in order, and every one of them has a place that is counted from zero."


def test_lines_become_paragraphs_headings_and_items() -> None:
    read = document(
        pdf(
            [
                Text("Lists", 20),
                Text("Why lists", 14, gap=30),
                Text("A list keeps several values, and it keeps them in the order in which", gap=24),
                Text("they were put into it. A value is changed by a state-"),
                Text("ment; a list can grow, and its methods are well-"),
                Text("known to you. A well-known method is append."),
                Text("Another paragraph begins here.", gap=24),
                Text("\u2022 first, which goes on", gap=24),
                Text("in a second line", x=80),
                Text("\u2022 second"),
                Text("for x in xs:", font="code", gap=24),
                Text("print(x)", font="code", x=72 + 24),
                Text("Use ", gap=24),
                Text("append", font="bold", x=92, same_line=True),
                Text(" or ", x=130, same_line=True),
                Text("len", font="code", x=150, same_line=True),
                Text(" with ", x=170, same_line=True),
                Text("care", font="slanted", x=200, same_line=True),
                Text(".", x=220, same_line=True),
            ]
        ),
        "lists.pdf",
    )
    assert read.title == "Lists"
    assert brief(read) == [
        ("heading1", "Lists"),
        ("heading2", "Why lists"),
        (
            "paragraph",
            "A list keeps several values, and it keeps them in the order in which they were put into it. A value is "
            "changed by a statement; a list can grow, and its methods are well-known to you. A well-known method is "
            "append.",
        ),
        ("paragraph", "Another paragraph begins here."),
        ("item1", "first, which goes on in a second line"),
        ("item1", "second"),
        ("code", "for x in xs:\n    print(x)"),
        ("paragraph", "Use append or len with care."),
    ]
    assert spans(read.blocks[-1]) == [("strong", "append"), ("code", "len"), ("emphasis", "care")]
    assert {block.place for block in read.blocks} == {"lists.pdf:page 1"}


def test_running_heads_and_page_numbers_go() -> None:
    pages = [
        [
            Text("Course of Programming", 8, y=760),
            Text(f"The text of page {word} says something of its own.", y=700),
            Text("And so it goes on."),
            Text(f"Page {number} of 4", 8, y=30),
        ]
        for number, word in enumerate(("one", "two", "three", "four"), start=1)
    ]
    read = document(pdf(*pages), "a.pdf")
    assert [text for _, text in brief(read)] == [
        f"The text of page {word} says something of its own. And so it goes on."
        for word in ("one", "two", "three", "four")
    ]
    assert [block.place for block in read.blocks] == [f"a.pdf:page {number}" for number in range(1, 5)]


def test_what_stands_at_the_edge_once_or_as_a_title_stays() -> None:
    pages = [[Text("Loops", 24, y=740), Text(f"{word.capitalize()} is different here.", gap=40)] for word in "abcd"]
    read = document(pdf(*pages), "slides.pdf")
    assert brief(read)[:2] == [("heading1", "Loops"), ("paragraph", "A is different here.")]
    assert len(read.blocks) == 8


def test_a_sentence_goes_on_over_the_page() -> None:
    read = document(pdf([LONG, "A sentence that has not"], ["ended goes on.", Text("New one.", gap=24)]), "a.pdf")
    assert brief(read)[0][1].endswith("A sentence that has not ended goes on.")
    assert brief(read)[1] == ("paragraph", "New one.")


def test_headings_without_sizes() -> None:
    half = LONG.index("and")
    prose = [Text(LONG[:half], gap=24), Text(LONG[half:])]
    read = document(
        pdf(
            [
                Text("Counting from zero"),
                *prose,
                Text("1.2 Slices", gap=24),
                *prose,
                Text("Bold words alone", font="bold", gap=24),
                *prose,
                Text("This ends with a full stop.", gap=24),
                *prose,
            ]
        ),
        "a.pdf",
    )
    assert [kind for kind, _ in brief(read)] == [
        "heading1",
        "paragraph",
        "heading2",
        "paragraph",
        "heading1",
        "paragraph",
        "paragraph",
        "paragraph",
    ]


def test_a_table_of_contents_is_left_out() -> None:
    read = document(pdf(["1 Lists . . . . . . . . . . 4", "2 Loops ........ 12", LONG]), "a.pdf")
    assert brief(read) == [("paragraph", LONG)]


def test_title_from_the_properties() -> None:
    assert document(pdf([LONG], title="Week one"), "a.pdf").title == "Week one"
    assert document(pdf([LONG], title="Microsoft Word - w1.docx"), "a.pdf").title == "a"


def test_encrypted() -> None:
    pypdf = pytest.importorskip("pypdf")
    data: dict[str, bytes] = {}
    for password in ("secret", ""):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([LONG])))
        writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
        file = io.BytesIO()
        writer.write(file)
        data[password] = file.getvalue()
    assert reason(data["secret"], "a.pdf") == "the PDF is encrypted (save it without a password)"
    # that may be read by everyone, and changed by few
    assert brief(document(data[""], "a.pdf")) == [("paragraph", LONG)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"Hello, this is no such file.", "no PDF, though its name says so"),
        (b"%PDF-1.4\nand then nothing", "damaged"),
        (pdf([LONG])[:300], "damaged"),
        (b"%PDF-1.4\ntrailer << /Root 1 0 R /Prev 0 >>\nstartxref\n9\n%%EOF", "damaged"),
        (assembled([b"<< /Length 0 >>\nstream\n\nendstream"]), "no text, perhaps only pictures"),
    ],
)
def test_what_cannot_be_read(data: bytes, expected: str) -> None:
    assert expected in reason(data, "a.pdf")


def test_one_damaged_page_does_not_take_the_others() -> None:
    good = pdf([LONG], [LONG])
    # the second page now has text where the dictionary of its fonts should be
    at = good.rindex(b"/Resources <<")
    broken = good[:at] + good[at:].replace(b"/Resources << /Font <<", b"/Resources (  /Font <<", 1)
    read = document(broken, "a.pdf")
    assert brief(read)[0][1].startswith("A list holds")


def test_pypdf_is_quiet(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    reason(b"%PDF-1.4\nand then nothing", "a.pdf")
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
