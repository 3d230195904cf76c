"""Broken workflow files: each is refused, with the place and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradatim.errors import WorkflowError
from gradatim.graphs.workflow import load_workflow, parse_workflow
from gradatim.graphs.workflow.checking import check_workflow
from tests.graphs.workflow.broken import BASE, FORM, MEANING

CASES = [*FORM, *((BASE + text, line, message, remedy) for text, line, message, remedy in MEANING)]


def test_there_are_more_than_sixty() -> None:
    assert len({text for text, *_ in CASES}) == len(CASES) >= 60


@pytest.mark.parametrize(("text", "line", "message", "remedy"), CASES, ids=range(len(CASES)))
def test_it_is_refused_with_place_and_remedy(text: str, line: int, message: str, remedy: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WorkflowError) as caught:
        load_workflow(path)
    told = "\n".join(map(str, caught.value.problems))
    place = f"{path}:{line}" if line else str(path)
    found = [item for item in caught.value.problems if message in item.message]
    assert found, told
    assert place in {item.place for item in found}, told
    assert any(remedy in item.remedy for item in found), told
    assert all(item.remedy for item in caught.value.problems)


def test_several_mistakes_are_told_together_in_the_order_of_the_file() -> None:
    text = BASE + (
        "nodes:\n  exectue:\n  diagnose: {retry: 2}\n  grade: {with: {pionts: 3}}\n"
        "edges:\n  - START -> diagnose\n  - diagnose -> gradee\n"
    )
    problems = check_workflow(parse_workflow(text, "w.yaml"))
    places = [item.place for item in problems]
    assert len(problems) >= 5, problems
    assert places == sorted(places, key=lambda place: int(place.rpartition(":")[2]))
    assert {"w.yaml:4", "w.yaml:6", "w.yaml:9"} <= set(places)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"workflow: x\nnodes: {a: \xff}\n", "is not UTF-8"),
        (b"workflow: x\n" + b"# " + b"x" * 10_000_000, "larger than"),
        (b"[" * 5000, "nested too deeply"),
        (b"a: " + b"{a: " * 40 + b"1" + b"}" * 40, "nested too deeply"),
        (b"workflow: x\n---\nworkflow: y\n", "another document"),
        (b"workflow: \x00\n", "character that YAML does not allow"),
        (b"a: &x [1,1,1,1]\nb: &y [*x,*x,*x]\nc: [*y,*y,*y]\n", "alias"),
    ],
)
def test_hostile_files_are_refused(data: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "w.yaml"
    path.write_bytes(data)
    with pytest.raises(WorkflowError, match=message) as caught:
        load_workflow(path)
    assert all(item.remedy and str(path) in item.place for item in caught.value.problems)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path, message in ((tmp_path, "is a folder"), (tmp_path / "no.yaml", "does not exist")):
        with pytest.raises(WorkflowError, match=message):
            load_workflow(path)
    with pytest.raises(WorkflowError, match="no packaged workflow"):
        load_workflow("packaged:nothing")
