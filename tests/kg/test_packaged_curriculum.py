"""The curriculum that comes with the package: complete, consistent, and true where it can be executed."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from gradatim.kg import ConceptGraph, Sources, inspect_curriculum, open_graph, packaged_curriculum
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
