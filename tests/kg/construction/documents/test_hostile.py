"""Documents made to hang a parser, to fill the memory, or to read what they should not."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest

from gradatim.kg.construction.documents import CourseDocument, Limits
from gradatim.kg.construction.documents.isolation import IsolatedParser
from tests.kg.construction.documents.pdfs import bomb, endless, objects, pdf
from tests.kg.construction.documents.reading import document, reason, require_sound

SECONDS = 0.6
LIMITS = Limits(seconds=SECONDS, memory_bytes=256 << 20)
SLOW = "takes longer than 0.6 s"
LARGE = "takes more than 256 MiB"
DATA = "are data, not text"
MANY = "more than 2,000,000 characters"


@pytest.fixture(scope="module")
def parser() -> Iterator[IsolatedParser]:
    with IsolatedParser(LIMITS) as parser:
        yield parser


def nested_list(depth: int) -> str:
    return "".join(f"{' ' * 2 * level}* a\n\n" for level in range(depth))


def substitutions() -> str:
    bomb = [f".. |a{n}| replace:: {f'|a{n + 1}| ' * 10}" for n in range(9)]
    return "\n".join([*bomb, ".. |a9| replace:: lol", "", "|a0|", ""])


# what else may come of a document than that it takes too long, as it may on a busy machine
HOSTILE: dict[str, tuple[str, Callable[[], str | bytes], tuple[str, ...]]] = {
    # no blank for ten million characters
    "line in plain text": ("a.txt", lambda: "x" * 10_000_000, (MANY,)),
    "line in Markdown": ("a.md", lambda: "x" * 10_000_000, (MANY,)),
    "line in HTML": ("a.html", lambda: "x" * 10_000_000, (MANY,)),
    "line in reStructuredText": ("a.rst", lambda: "x" * 10_000_000, ("line 1 has more than 10,000 characters",)),
    "long word": ("a.txt", lambda: "x" * 150_000, (DATA,)),
    # Markdown that is quadratic or deeper than the stack
    "quotes": ("a.md", lambda: ">" * 50_000 + "a", ("no text",)),
    "emphasis": ("a.md", lambda: "*a **a _b " * 20_000, ("read")),
    "lists": ("a.md", lambda: nested_list(1000), ("read", "no text")),
    "directives": ("a.md", lambda: "```{note}\n" * 10_000, ("read",)),
    "table": ("a.md", lambda: "|a" * 3000 + "\n" + "|-" * 3000 + "\n" + "|\n" * 3000, ("read", "50,000 blocks")),
    # HTML
    "attributes": ("a.html", lambda: f"<p {' '.join(f'a{n}=1' for n in range(1_000_000))}>hello", ("read", LARGE)),
    "unclosed tags": ("a.html", lambda: "<a " * 200_000, ("read", "no text")),
    "many blocks": ("a.html", lambda: "<p>a" * 100_000, ("more than 50,000 blocks",)),
    # reStructuredText
    "substitutions": ("a.rst", substitutions, ("read", LARGE)),
    "substitution of itself": ("a.rst", lambda: ".. |a| replace:: |a| |a|\n\n|a|\n", ("read", "cannot be parsed")),
    "deep list": ("a.rst", lambda: nested_list(2000), ("nested too deeply", LARGE)),
    "open markup": ("a.rst", lambda: ("`a <" * 2000 + "\n") * 20, ("read")),
    # notebooks
    "deep JSON": ("a.ipynb", lambda: "[" * 1_000_000, ("nested too deeply",)),
    "outputs": (
        "a.ipynb",
        lambda: json.dumps({"cells": [{"cell_type": "code", "source": "x", "outputs": [{"text": "a" * 15_000_000}]}]}),
        ("read",),
    ),
    # PDF
    "unpacking": ("a.pdf", lambda: bomb(260), (LARGE, "no page of the PDF can be read")),
    "circle of pages": ("a.pdf", endless, ("damaged", "nested too deeply", "no text", LARGE)),
    "arrays": ("a.pdf", lambda: objects([b"[" * 500_000]), ("damaged", "nested too deeply")),
    "many objects": ("a.pdf", lambda: b"%PDF-1.4\n" + b"1 0 obj\n<<>>\nendobj\n" * 200_000, ("damaged")),
    "many pages": ("a.pdf", lambda: pdf(*[["words " * 15]] * 3000), ("read", LARGE)),
    # something else
    "binary": ("a.md", lambda: bytes(range(256)) * 1000, ("encoding", "binary")),
    "nothing": ("a.md", lambda: b"\x00" * 1_000_000, ("binary",)),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_document_is_read_or_skipped_in_time(parser: IsolatedParser, case: str) -> None:
    name, make, expected = HOSTILE[case]
    content = make()
    data = content.encode() if isinstance(content, str) else content
    begun = time.monotonic()
    read = parser.parse(data, name)
    assert time.monotonic() - begun < SECONDS + 8  # with the start of a new worker, on a busy machine
    if isinstance(read, CourseDocument):
        require_sound(read)
        assert "read" in expected, read.blocks[:3]
    else:
        assert any(part in read.reason for part in (*expected, SLOW)), read.reason
        assert len(read.reason) < 400


@pytest.mark.parametrize(
    "page",
    [
        "<div><b>" * 100_000 + "hello",
        "<ul><li>" * 100_000 + "hello",
        "<i>" * 100_000 + "</b></p>" * 100_000 + "hello",
        "<!DOCTYPE x [<!ENTITY a '&b;&b;'><!ENTITY b 'bb'>]><p>hello " + "&a; &amp; &#65; " * 10_000,
    ],
    ids=["elements", "lists", "wrong ends", "entities"],
)
def test_what_html_nests_takes_no_stack_and_no_more_than_linear_time(page: str) -> None:
    begun = time.monotonic()
    block = document(page, "a.html").blocks[-1]
    assert block.text.startswith("hello")
    assert time.monotonic() - begun < 10


def test_limits_name_what_is_too_much() -> None:
    assert "more than 10 characters of text (split the document)" in reason(
        "a b c d e f g", "a.md", Limits(characters=10)
    )
    assert "more than 2 blocks of text (split the document)" in reason("a\n\nb\n\nc", "a.txt", Limits(blocks=2))
    assert "5 characters without a blank (a.md:3)" in reason("a\n\nb abcde", "a.md", Limits(word_characters=4))
    assert document("a b c\n\n    abcdefgh\n", "a.md", Limits(blocks=2, word_characters=4, characters=13)).blocks


def test_code_counts_as_text() -> None:
    assert "more than 10 characters" in reason(f"    {'a ' * 20}", "a.md", Limits(characters=10))


def test_without_a_worker_the_stack_and_every_exception_are_still_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    from gradatim.kg.construction.documents.readers import plain

    for error, expected in (
        (RecursionError("deep"), "nested too deeply"),
        (ValueError("x" * 1000), "cannot be parsed: ValueError: xxx"),
        (AssertionError(), "cannot be parsed: AssertionError"),
        (OSError("a\n\x1b[2Jb"), "cannot be parsed: OSError: a [2Jb"),
    ):

        def fail(*_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(plain, "read_plain", fail)
        told = reason("text", "a.txt")
        assert expected in told
        assert told.isprintable()
