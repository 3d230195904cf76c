"""The curriculum that comes with the package: complete, consistent, and true where it can be executed."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from gradatim.kg import ConceptGraph, Sources, inspect_curriculum, open_graph, packaged_curriculum
from gradatim.kg.lexicon import Lexicon
from gradatim.kg.related import read as read_related
from gradatim.kg.relatedness import Relatedness
from gradatim.serving.embeddings import default_embedder
from gradatim.settings import Settings

_RUN_ALL = """
import contextlib, io, json, sys, types

results = {}
for key, code in json.load(sys.stdin).items():
    printed = io.StringIO()
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        try:
            exec(compile(code, key, "exec"), module.__dict__)
            error = None
        except BaseException as raised:
            error = type(raised).__name__
    results[key] = [printed.getvalue(), error]
sys.__stdout__.write(json.dumps(results))
"""


@pytest.fixture(scope="module")
def graph() -> ConceptGraph:
    return packaged_curriculum()


@pytest.fixture(scope="module")
def relatedness(graph: ConceptGraph) -> Relatedness:
    return Relatedness(graph, default_embedder())


def test_nothing_is_wrong_with_it() -> None:
    sources = Sources.read(files("gradatim.kg") / "curricula" / "python")
    _, problems = inspect_curriculum(sources)
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    assert len(sources.files) == 28


def test_it_is_large_enough_to_teach_from(graph: ConceptGraph) -> None:
    assert graph.name == "python"
    assert len([concept for concept in graph.concepts if concept.definition]) >= 850
    assert len(graph.relations) >= 2200
    assert {edge.type for edge in graph.relations} == {"prerequisite", "similarity", "hierarchical"}
    assert len(graph.misconceptions) >= 250
    for item in graph.misconceptions:
        assert all((item.belief, item.correction, item.looks_like, item.evidence, item.talk, item.errors)), item.id


def test_only_one_concept_has_no_prerequisite(graph: ConceptGraph) -> None:
    with_one = {edge.target for edge in graph.relations if edge.type == "prerequisite"}
    assert [concept.id for concept in graph.concepts if concept.id not in with_one] == ["program"]


def test_it_hangs_together(graph: ConceptGraph) -> None:
    beside: dict[str, set[str]] = {concept.id: set() for concept in graph.concepts}
    for edge in graph.relations:
        beside[edge.source].add(edge.target)
        beside[edge.target].add(edge.source)
    reached, pending = {"program"}, ["program"]
    while pending:
        fresh = beside[pending.pop()] - reached
        reached |= fresh
        pending += fresh
    assert set(beside) - reached == set()


def test_no_two_concepts_share_a_name(graph: ConceptGraph) -> None:
    assert len({concept.id for concept in graph.concepts}) == len(graph.concepts)
    assert list(Lexicon(graph.concepts).shared()) == []


def test_no_two_definitions_say_the_same(relatedness: Relatedness) -> None:
    assert relatedness.duplicates(0.93) == []


def test_what_belongs_together_is_near(graph: ConceptGraph, relatedness: Relatedness) -> None:
    similar = [edge for edge in graph.relations if edge.type == "similarity"]
    joined = np.mean([relatedness.of(edge.source, edge.target) for edge in similar])
    drawn = np.random.default_rng(0).choice(relatedness.ids, size=(500, 2))
    assert joined > np.mean([relatedness.of(str(a), str(b)) for a, b in drawn]) + 0.3


def test_what_was_worked_out_beforehand_is_of_this_version(graph: ConceptGraph, relatedness: Relatedness) -> None:
    related = read_related(graph, None)
    assert related is not None, "run `gradatim kg relate` on the packaged curriculum"
    for concept in graph.concepts[::40]:
        for other, score in related.of(concept.id):
            assert score == pytest.approx(relatedness.of(concept.id, other), abs=0.01)


def test_misconceptions_are_about_concepts_there_are(graph: ConceptGraph) -> None:
    ids = {concept.id for concept in graph.concepts}
    unknown = {item.id: set(item.concepts) - ids for item in graph.misconceptions}
    assert {key: missing for key, missing in unknown.items() if missing} == {}
    assert len({item.id for item in graph.misconceptions}) == len(graph.misconceptions)


def executed(programs: dict[str, str], folder: Path) -> dict[str, tuple[str, str | None]]:
    """What each program prints, and the name of the exception that ended it."""
    run = subprocess.run(
        [sys.executable, "-I", "-W", "ignore", "-c", _RUN_ALL],
        input=json.dumps(programs),
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=True,
    )
    return {key: (printed, error) for key, (printed, error) in json.loads(run.stdout).items()}


def test_every_example_prints_its_output(graph: ConceptGraph, tmp_path: Path) -> None:
    stated = {item.id: (item.output, None) for item in graph.concepts if item.example is not None}
    examples = {item.id: item.example for item in graph.concepts if item.example is not None}
    assert {item.id for item in graph.concepts} - set(examples) == set()
    found = executed(examples, tmp_path)
    assert {key: found[key] for key in found if found[key] != stated[key]} == {}


def test_every_counterexample_does_what_it_says(graph: ConceptGraph, tmp_path: Path) -> None:
    wrong = {item.id: item.counterexample for item in graph.concepts if item.counterexample is not None}
    found = executed({key: item.code for key, item in wrong.items()}, tmp_path)
    assert {key: found[key] for key in found if found[key] != (wrong[key].output, wrong[key].error)} == {}
    assert len(wrong) >= 0.5 * len(graph.concepts)


async def test_the_default_settings_open_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GRADATIM_CURRICULUM", raising=False)
    monkeypatch.chdir(tmp_path)
    store = open_graph(Settings())
    assert store.name == "python"
    chain = await store.holds("loop", "prerequisite", "range")
    assert chain is not None
    found = await store.search("The `for` loop stops too early: range(len(xs) - 1) leaves out the last index.")
    assert "range" in [concept.id for concept in found]
