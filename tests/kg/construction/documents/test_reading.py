from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from gradatim.kg.construction.documents import (
    CourseDocument,
    Limits,
    ListedDocument,
    Skipped,
    list_documents,
    read_document,
    read_documents,
)
from tests.kg.construction.documents.pdfs import Text, endless, pdf
from tests.kg.construction.documents.reading import require_sound

LIMITS = Limits(file_bytes=1_000_000, seconds=2, memory_bytes=256 << 20)
CELLS = [{"cell_type": "markdown", "source": "# Lab\n\nDo it."}]
GOOD: dict[str, tuple[str | bytes, str]] = {
    "intro.md": ("# Introduction\n\nWelcome.", "Introduction"),
    "notes/umlauts.txt": ("Schöne Größe, überall im Text steht etwas.".encode("cp1252"), "umlauts"),
    "notes/week1.rst": ("Loops\n=====\n\nA loop.", "Loops"),
    "notes/week2.rst.txt": ("Lists\n=====\n\nA list.", "Lists"),
    "page.html": ("<title>T</title><h1>Page</h1><p>Text.", "Page"),
    "slides.pdf": (pdf([Text("Slides", 20), Text("Text of the slides.", gap=30)]), "Slides"),
    "lab.ipynb": (json.dumps({"nbformat": 4, "cells": CELLS}), "Lab"),
    "zz last.md": ("The last one.", "zz last"),
}
BAD: dict[str, tuple[str | bytes, str]] = {
    "bad/binary.md": (bytes(range(256)) * 10, "encoding"),
    "bad/bomb.pdf": (endless(), ""),
    "bad/broken.ipynb": ("{", "not valid JSON"),
    "bad/deep.ipynb": ("[" * 200_000, "nested too deeply"),
    "bad/empty.md": ("", "empty"),
    "bad/large.txt": ("word " * 300_000, "larger than 1 MB"),
    "bad/no.pdf": ("text", "no PDF"),
    "bad/slow.html": ("<!--" * 200_000, "longer than 2 s"),
}


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for name, (content, _) in {**GOOD, **BAD}.items():
        path = tmp_path / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.mkfifo(tmp_path / "course/bad/pipe.md")
    (tmp_path / "course/bad/link.md").symlink_to("/nowhere.md")
    return tmp_path / "course"


def test_every_good_document_of_a_folder_with_bad_ones(course: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    read = list(read_documents([course], limits=LIMITS, on_progress=lambda *step: steps.append(step)))
    documents = {item.name: item for item in read if isinstance(item, CourseDocument)}
    skipped = {item.name: item.reason for item in read if isinstance(item, Skipped)}
    assert {name: item.title for name, item in documents.items()} == {name: title for name, (_, title) in GOOD.items()}
    assert set(skipped) == {*BAD, "bad/pipe.md", "bad/link.md"}
    for name, (_, expected) in BAD.items():
        assert expected in skipped[name]
    for item in documents.values():
        require_sound(item)
    total = len(GOOD) + len(BAD) + 2
    assert [item.name for item in read] == [name for name, _, _ in steps]
    assert [(done, of) for _, done, of in steps] == [(number, total) for number in range(1, total + 1)]
    listed = list_documents([course], limits=LIMITS)
    assert [item.name for item in listed] == [item.name for item in read]
    digests = {item.name: item.digest for item in listed if isinstance(item, ListedDocument)}
    assert {name: digests[name] for name in documents} == {name: item.digest for name, item in documents.items()}


def test_a_worker_makes_no_difference_for_good_documents(course: Path) -> None:
    def good(read: Sequence[CourseDocument | Skipped]) -> list[CourseDocument]:
        return [item for item in read if isinstance(item, CourseDocument)]

    paths = [course / name for name in GOOD]
    apart, here = list(read_documents(paths)), list(read_documents(paths, isolated=False))
    assert apart == here
    assert len(good(apart)) == len(GOOD)


def test_one_document(course: Path) -> None:
    for isolated in (True, False):
        read = read_document(course / "intro.md", "week 1/intro.md", isolated=isolated)
        assert isinstance(read, CourseDocument)
        assert read.name == "week 1/intro.md"
        assert read.blocks[0].place == "week 1/intro.md:1"
    unnamed = read_document(course / "intro.md", isolated=False)
    assert unnamed.name == str(course / "intro.md")
    assert isinstance(read_document(course / "bad/empty.md", isolated=False), Skipped)


def test_documents_are_read_when_they_are_taken(course: Path) -> None:
    documents = read_documents([course / "intro.md", course / "page.html"], isolated=False)
    first = next(documents)
    assert isinstance(first, CourseDocument)
    (course / "page.html").write_text("<h1>Changed", encoding="utf-8")
    second = next(documents)
    assert isinstance(second, CourseDocument)
    assert second.title == "Changed"


def test_the_worker_ends_with_the_iterator(course: Path) -> None:
    def workers() -> set[str]:
        children = Path(f"/proc/self/task/{os.getpid()}/children")
        return set(children.read_text(encoding="ascii").split()) if children.exists() else set()

    before = workers()
    documents = read_documents([course / "intro.md", course / "page.html"])
    assert workers() == before  # nothing was taken yet
    next(documents)
    del documents
    assert workers() == before


def test_nothing_to_read(tmp_path: Path) -> None:
    assert list(read_documents([])) == []
    assert list(read_documents([tmp_path])) == []
    assert list_documents([tmp_path]) == []


def test_importing_the_package_imports_no_parser() -> None:
    program = (
        "import sys, gradatim.kg, gradatim.kg.construction.documents as d;"
        "print([m for m in ('docutils', 'pypdf', 'markdown_it', 'mdit_py_plugins') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
