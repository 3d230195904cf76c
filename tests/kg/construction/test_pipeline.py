from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.kg.construction.documents import Limits
from gradatim.kg.construction.language import Parser, Word
from gradatim.kg.construction.material import Material
from gradatim.kg.construction.pipeline import Pipeline, default_pipeline
from gradatim.kg.construction.relating import Found
from gradatim.kg.construction.settling import Thresholds
from gradatim.kg.construction.terms import Term
from gradatim.kg.graphfile import GraphFile
from gradatim.kg.lexicon import name_key
from gradatim.serving.pieces import Pieces
from tests.kg.construction.documents.pdfs import Text, pdf

TUPLES = """\
# Tuples

A **tuple** is an immutable sequence. Unlike lists, tuples are immutable. A *list* is a mutable sequence.

## Named tuples

A named tuple is a kind of tuple. Before you learn named tuples, you need to know classes and attributes.
"""
STACKS = """\
<h1>Stacks</h1>
<p>A <b>stack</b> is a data structure. A stack is similar to a queue.</p>
<dl><dt>push operation</dt><dd>Puts an element on the stack.</dd></dl>
"""
RECURSION = """\
Recursion
=========

*Recursion* is when a function calls itself. A recursive function has a base case.
Every base case is part of a recursive function.
"""
DICTIONARIES = """\
Dictionaries

A dictionary maps keys to values. A dictionary is a mapping.
"""


def notebook(*cells: tuple[str, str]) -> str:
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {"cell_type": kind, "metadata": {}, "source": source}
                | ({"outputs": [], "execution_count": None} if kind == "code" else {})
                for kind, source in cells
            ],
        }
    )


def write_course(folder: Path) -> Path:
    """A course of one document in each of the six formats."""
    folder.mkdir()
    (folder / "a.md").write_text(TUPLES, "utf-8")
    (folder / "b.html").write_text(STACKS, "utf-8")
    (folder / "c.rst").write_text(RECURSION, "utf-8")
    page = [Text("Inheritance", size=20), "Inheritance lets a subclass reuse a base class.", "A subclass is a class."]
    (folder / "d.pdf").write_bytes(pdf(page))
    cells = ("markdown", "# Generators\n\nA **generator** is an iterator."), ("code", "numbers = range(3)")
    (folder / "e.ipynb").write_text(notebook(*cells), "utf-8")
    (folder / "f.txt").write_text(DICTIONARIES, "utf-8")
    return folder


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return default_pipeline()


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_course(tmp_path_factory.mktemp("course") / "course")


@pytest.fixture(scope="module")
def graph(pipeline: Pipeline, course: Path) -> GraphFile:
    return pipeline.build([course], name="mine")


@pytest.fixture(scope="module")
def kept(pipeline: Pipeline, course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the analysed course is kept."""
    folder = tmp_path_factory.mktemp("kept")
    pipeline.read([course], keep=folder)
    return folder


def names(graph: GraphFile) -> set[str]:
    return {name for concept in graph.concepts for name in (concept.name, *concept.aliases)}


def related(graph: GraphFile) -> set[tuple[str, str, str]]:
    return {(edge.source, edge.target, edge.type) for edge in graph.edges}


# ------------------------------------------------------------------------------------- what is built


def test_documents_of_every_format_are_read(graph: GraphFile) -> None:
    assert graph.name == "mine"
    assert [item.name for item in graph.documents] == ["a.md", "b.html", "c.rst", "d.pdf", "e.ipynb", "f.txt"]
    assert graph.skipped == ()


def test_what_a_course_introduces_is_a_concept(graph: GraphFile) -> None:
    """One for each format at least."""
    for name in ("tuple", "list", "stack", "queue", "recursion", "base case", "inheritance", "generator", "dictionary"):
        assert name in names(graph), name
    assert not {"numbers", "kind"} & {concept.name for concept in graph.concepts}


def test_what_a_course_says_plainly_is_a_relation(graph: GraphFile) -> None:
    plain = {
        ("named tuple", "tuple"),
        ("dictionary", "mapping"),
        ("stack", "data structure"),
        ("base case", "recursive function"),
        ("generator", "iterator"),
        ("subclass", "class"),
    }
    found = {(source, target) for source, target, kind in related(graph) if kind == "hierarchical"}
    assert len(plain & found) >= 4
    assert not {(target, source) for source, target in plain} & found
    assert ("stack", "queue", "similarity") in related(graph) or ("queue", "stack", "similarity") in related(graph)


def test_every_item_rests_on_a_sentence_of_the_course(graph: GraphFile) -> None:
    for item in (*graph.concepts, *graph.edges, *graph.doubtful.concepts, *graph.doubtful.edges):
        assert item.sentence
        assert item.place
        assert item.place.startswith(tuple(document.name for document in graph.documents))
        assert item.standing == "proposed"
    tuples = next(concept for concept in graph.concepts if concept.name == "tuple")
    assert (tuples.mentions or 0) >= 3
    assert "tuple" in (tuples.sentence or "").lower()


def test_a_graph_is_sound(graph: GraphFile) -> None:
    keys = [name_key(concept.name) for concept in graph.concepts]
    assert len(set(keys)) == len(keys)
    every = {concept.name for concept in graph.concepts}
    pairs = [frozenset((edge.source, edge.target)) for edge in graph.edges]
    assert all(pair <= every and len(pair) == 2 for pair in pairs)
    assert len(set(pairs)) == len(pairs)
    for item in (*graph.concepts, *graph.edges):
        assert 0 < (item.confidence or 0) <= 1
    assert set(graph.thresholds) == {"concept", "prerequisite", "similarity", "hierarchical"}


def test_two_builds_give_the_same_file(
    pipeline: Pipeline, graph: GraphFile, course: Path, kept: Path, tmp_path: Path
) -> None:
    """One from the documents themselves, one from what was kept of them."""
    graph.write(tmp_path / "first.json")
    pipeline.build([course], name="mine", keep=kept).write(tmp_path / "second.json")
    assert (tmp_path / "first.json").read_bytes() == (tmp_path / "second.json").read_bytes()


def test_thresholds_decide_what_enters(pipeline: Pipeline, graph: GraphFile, course: Path, kept: Path) -> None:
    def build(concept: float, relation: float) -> GraphFile:
        thresholds = Thresholds(concept, {"prerequisite": relation, "similarity": relation, "hierarchical": relation})
        return replace(pipeline, thresholds=thresholds).build([course], keep=kept)

    strict = build(1.0, 1.0)
    assert (strict.concepts, strict.edges) == ((), ())
    assert strict.thresholds == dict.fromkeys(("concept", "prerequisite", "similarity", "hierarchical"), 1.0)
    assert len(build(0.3, 0.1).edges) > len(graph.edges)


# ------------------------------------------------------------------------------------ what is left out


def test_documents_that_cannot_be_read_are_skipped_with_the_reason(pipeline: Pipeline, tmp_path: Path) -> None:
    folder = tmp_path / "course"
    folder.mkdir()
    (folder / "a.md").write_text(TUPLES, "utf-8")
    (folder / "broken.ipynb").write_text("{", "utf-8")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "empty.md").write_text("", "utf-8")
    (folder / "large.txt").write_text("word " * 5000, "utf-8")
    found = pipeline.build([folder], limits=Limits(file_bytes=10_000))
    assert [item.name for item in found.documents] == ["a.md"]
    assert [item.name for item in found.skipped] == ["broken.ipynb", "broken.pdf", "empty.md", "large.txt"]
    assert all(len(item.reason) > 10 for item in found.skipped)


def test_a_document_that_goes_away_meanwhile_is_skipped(pipeline: Pipeline, tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(TUPLES, "utf-8")

    def gone(what: str, done: int, total: int) -> None:
        (tmp_path / "b.md").unlink(missing_ok=True)

    found = pipeline.build([tmp_path], on_progress=gone)
    assert [item.name for item in found.skipped] == ["b.md"]


def test_nothing_readable_is_an_error_that_tells_why(pipeline: Pipeline, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there are none"):
        pipeline.build([tmp_path])
    (tmp_path / "broken.ipynb").write_text("{", "utf-8")
    with pytest.raises(InputError, match=r"broken\.ipynb: "):
        pipeline.build([tmp_path])
    with pytest.raises(InputError) as caught:
        pipeline.build([tmp_path / "no-such-folder"])
    assert "no-such-folder" in str(caught.value)


def test_a_document_of_nothing_but_code_has_no_concepts(pipeline: Pipeline, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("```python\nx = 1\n```\n", "utf-8")
    found = pipeline.build([tmp_path])
    assert (len(found.documents), found.concepts) == (1, ())


# -------------------------------------------------------------------------------- going on where it was


class Counting:
    """The packaged parser; counts the documents it parses, and can be told to fail at one."""

    def __init__(self, real: Parser, *, fail_at: int | None = None) -> None:
        self.real, self.fail_at, self.parsed = real, fail_at, 0

    @property
    def name(self) -> str:
        return self.real.name

    def parse(self, texts: Iterable[str]) -> Iterator[list[list[Word]]]:
        if self.parsed == self.fail_at:
            raise KeyboardInterrupt
        self.parsed += 1
        return self.real.parse(texts)


def weeks(folder: Path, count: int = 4) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"week{number}.md").write_text(f"# Week {number}\n\nA tuple is a sequence.\n", "utf-8")
    return folder


def test_an_interrupted_build_goes_on_where_it_was(pipeline: Pipeline, tmp_path: Path) -> None:
    folder, kept = weeks(tmp_path / "course"), tmp_path / "kept"
    with pytest.raises(KeyboardInterrupt):
        replace(pipeline, parser=Counting(pipeline.parser, fail_at=2)).build([folder], keep=kept)
    rest = Counting(pipeline.parser)
    found = replace(pipeline, parser=rest).build([folder], keep=kept)
    assert rest.parsed == 2
    assert found == pipeline.build([folder])


def test_only_what_changed_is_analysed_again(pipeline: Pipeline, tmp_path: Path) -> None:
    folder, kept = weeks(tmp_path / "course"), tmp_path / "kept"
    pipeline.build([folder], keep=kept)
    (folder / "week1.md").write_text("# Week 1\n\nA list is mutable.\n", "utf-8")
    (folder / "week9.md").write_text("# Week 9\n\nA stack is a data structure.\n", "utf-8")
    (folder / "week3.md").unlink()
    counting = Counting(pipeline.parser)
    found = replace(pipeline, parser=counting).build([folder], keep=kept)
    assert counting.parsed == 2
    assert [item.name for item in found.documents] == ["week0.md", "week1.md", "week2.md", "week9.md"]
    assert found == pipeline.build([folder])


def test_a_broken_kept_document_is_analysed_again(pipeline: Pipeline, tmp_path: Path) -> None:
    folder, kept = weeks(tmp_path / "course", 2), tmp_path / "kept"
    first = pipeline.build([folder], keep=kept)
    next(kept.iterdir()).write_bytes(b"")
    counting = Counting(pipeline.parser)
    assert replace(pipeline, parser=counting).build([folder], keep=kept) == first
    assert counting.parsed == 1


def test_another_reader_analyses_everything_again(pipeline: Pipeline, tmp_path: Path) -> None:
    class Other:
        name = "other"

        def pieces(self, text: str) -> Pieces:
            return pipeline.encoder.pieces(text)

    folder, kept = weeks(tmp_path / "course", 2), tmp_path / "kept"
    pipeline.build([folder], keep=kept)
    counting = Counting(pipeline.parser)
    replace(pipeline, parser=counting, encoder=Other()).build([folder], keep=kept)
    assert counting.parsed == 2


def test_progress_is_told_document_by_document_and_step_by_step(pipeline: Pipeline, tmp_path: Path) -> None:
    folder, told = weeks(tmp_path / "course", 2), list[tuple[str, int, int]]()
    (folder / "broken.ipynb").write_text("{", "utf-8")
    pipeline.build([folder], on_progress=lambda what, done, total: told.append((what, done, total)))
    assert told[:3] == [("broken.ipynb", 1, 3), ("week0.md", 2, 3), ("week1.md", 3, 3)]
    assert [what for what, _, _ in told[3:]] == ["recognising concepts", "naming concepts", "relating concepts"]
    assert all(0 <= done <= total for _, done, total in told)


# ------------------------------------------------------------------------------------------ own steps


class OwnRecogniser:
    def recognise(self, material: Material) -> list[Term]:
        assert [document.name for document in material.documents] == ["week0.md"]
        return [
            Term({(name,): None}, Counter({name: 1}), confidence, 1, "s", "week0.md:1")
            for name, confidence in (("apple", 0.9), ("pear", 0.8), ("plum", 0.1))
        ]


class OwnMerger:
    def merge(self, terms: Sequence[Term], material: Material) -> list[Term]:
        return [replace(term, name=next(iter(term.surfaces)).upper()) for term in terms]


class OwnRelater:
    def relate(self, material: Material, terms: Sequence[Term]) -> list[Found]:
        assert [term.name for term in terms] == ["APPLE", "PEAR"]  # the doubtful one is not worth relating
        return [Found(0, 1, "similarity", 0.9, "s", "week0.md:1")]


class Contrary:
    def advise(self, material: Material, terms: Sequence[Term], found: Sequence[Found]) -> list[Found]:
        return [Found(1, 0, "prerequisite", 0.95, "own", "week0.md:1"), *found]


def test_every_step_can_be_swapped(pipeline: Pipeline, tmp_path: Path) -> None:
    folder = weeks(tmp_path / "course", 1)
    own = replace(pipeline, recogniser=OwnRecogniser(), merger=OwnMerger(), relater=OwnRelater())
    found = own.build([folder])
    assert [concept.name for concept in found.concepts] == ["APPLE", "PEAR"]
    assert related(found) == {("APPLE", "PEAR", "similarity")}
    told: list[str] = []
    advised = replace(own, advisers=(Contrary(),)).build([folder], on_progress=lambda what, *_: told.append(what))
    assert related(advised) == {("PEAR", "APPLE", "prerequisite")}
    assert told[-1] == "asking an adviser"
