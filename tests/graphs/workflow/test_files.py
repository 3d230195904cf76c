"""Python files of nodes, the published schema, drawings, and the graph that a platform opens."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from jsonschema import Draft202012Validator

from gradatim.errors import SettingsError, WorkflowError
from gradatim.graphs.workflow import json_schema, load_workflow, packaged_names, parse_workflow, read_workflow
from gradatim.graphs.workflow.checking import check_workflow, examine
from gradatim.graphs.workflow.drawing import draw_mermaid, draw_page, draw_svg, draw_text
from gradatim.graphs.workflow.loading import PACKAGED
from gradatim.graphs.workflow.platform import make_graph, workflow_graph
from tests.cases import TASK, submission
from tests.graphs.workflow.broken import FORM

REPOSITORY = Path(__file__).parents[3]
Write = Callable[..., Path]
FLOW = "workflow: w\nimports: [nodes.py]\ninputs: [x]\nnodes: {twice: }\nedges: [START -> twice -> END]\n"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def twice(x: int) -> int:\n    return 2 * x\n", "defines no kind"),
        ("from gradatim.workflow import node\n\n@node\ndef twice(x) -> int:\n    return 2 * x\n", "what 'x' is"),
        ("import nothing_of_this_name\n", "ModuleNotFoundError"),
        ("def twice(:\n", "SyntaxError"),
        ("KINDS = 5\n", "is no kind of node"),
        ("from gradatim.workflow import node\n\n@node\ndef execute(x: int) -> int:\n    return x\n", "already defined"),
    ],
)
def test_python_files_that_cannot_be_used_are_told_with_their_place(code: str, message: str, folder: Write) -> None:
    path = folder(w_yaml=FLOW, nodes_py=code) / "w.yaml"
    with pytest.raises(WorkflowError) as caught:
        load_workflow(path)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.place == f"{path}:2"
    assert problem.remedy


def test_a_python_file_that_was_changed_is_run_again(folder: Write) -> None:
    code = "from gradatim.workflow import node\n\n@node\ndef twice(x: int) -> {0}:\n    return x\n"
    path = folder(w_yaml=FLOW, nodes_py=code.format("int")) / "w.yaml"
    assert load_workflow(path).kinds["twice"].writes == {"twice": int}
    folder(nodes_py=code.format("str"))
    assert load_workflow(path).kinds["twice"].writes == {"twice": str}


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("import sys\nsys.exit(3)\n", "nodes.py:2 cannot be run: SystemExit: 3"),
        ("x = 1\nraise RuntimeError('boom')\n", "nodes.py:2 cannot be run: RuntimeError: boom"),
        ("def f(:\n", "nodes.py:1 cannot be run: SyntaxError: invalid syntax"),
        ("x = 1\n", "nodes.py defines no kind of node"),
    ],
)
def test_imports_that_cannot_be_run_are_named_with_their_line(program: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "nodes.py").write_text(program)
    (tmp_path / "w.yaml").write_text(FLOW)
    with pytest.raises(WorkflowError) as caught:
        load_workflow(tmp_path / "w.yaml")
    (problem,) = caught.value.problems
    assert problem.message == told
    assert str(problem.place) == f"{tmp_path / 'w.yaml'}:2"


def test_text_without_a_folder_names_no_files() -> None:
    with pytest.raises(WorkflowError, match="no file cannot name another file"):
        parse_workflow(FLOW)


def test_long_texts_may_stand_in_files_beside_the_workflow(folder: Write) -> None:
    text = "workflow: w\ninputs: [task]\nnodes: {ask: {kind: ask_model, with: {prompt: 'file:%s'}}}\n"
    text += "edges: [START -> ask -> END]\n"
    path = folder(w_yaml=text % "prompt.md", prompt_md="What is {task}?\n") / "w.yaml"
    found = examine(read_workflow(path))
    assert not found.findings
    assert found.nodes["ask"].parameters.prompt == "What is {task}?"
    for name, message in (("no.md", "does not exist"), ("../x.md", "outside"), ("/etc/hostname", "outside"), ("", "")):
        folder(w_yaml=text % name)
        (problem, *_) = check_workflow(read_workflow(path))
        assert message in problem.message
        assert problem.place == f"{path}:3"


# ------------------------------------------------------------------------------------------------ schema


def test_the_published_schema_is_current() -> None:
    written = (REPOSITORY / "docs" / "workflow.schema.json").read_text(encoding="utf-8")
    assert json.loads(written) == json_schema(), "write it anew: see docs/workflows.md"


def test_the_schema_takes_what_can_be_read_and_refuses_what_cannot() -> None:
    validator = Draft202012Validator(json_schema())
    for name in packaged_names():
        validator.validate(yaml.safe_load((PACKAGED / f"{name}.yaml").read_text(encoding="utf-8")))
    refused = 0
    for text, *_ in FORM:
        try:
            value = yaml.safe_load(text)
        except yaml.YAMLError:
            continue
        refused += not validator.is_valid(value)
    assert refused >= 14


# ---------------------------------------------------------------------------------------------- drawings


def test_a_workflow_is_drawn_as_text() -> None:
    drawn = draw_text(read_workflow("packaged:assessment"))
    for line in (
        "START → intake",
        "intake → execute ∥ recall",
        "execute + recall → diagnose",
        "revise → retrieve ↺",
        "human_review (asks a person) → deliver",
        '├ confidence.route == "revise", at most 6× → revise',
    ):
        assert line in drawn


@pytest.mark.parametrize("name", ["assessment", "starter"])
def test_pictures_hold_every_node_and_every_arrow(name: str) -> None:
    workflow = read_workflow(f"packaged:{name}")
    svg = ElementTree.fromstring(draw_svg(workflow))
    texts = {element.text for element in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {*workflow.spec.nodes, "START", "END"} <= texts
    paths = [item for item in svg.iter("{http://www.w3.org/2000/svg}path") if "w-arrow" in item.get("class", "")]
    mermaid = draw_mermaid(workflow)
    assert len(paths) == sum("->" in line for line in mermaid.splitlines())
    page = draw_page(workflow)
    assert "<svg" in page
    assert all(f"<td>{node}</td>" in page for node in workflow.spec.nodes)


def test_what_is_written_in_a_workflow_does_nothing_in_a_picture() -> None:
    text = (
        'workflow: w\ndescription: "<script>alert(1)</script>"\ninputs: [task, submission]\nnodes: {execute: }\n'
        "edges: [START -> execute, {execute: [{when: 'task.id == \"<b>|\"', to: END}, {to: END}]}]\n"
    )
    workflow = parse_workflow(text)
    for picture in (draw_svg(workflow), draw_page(workflow), draw_mermaid(workflow)):
        assert "<script" not in picture
        assert "<b>" not in picture


def test_a_workflow_that_is_not_right_yet_is_drawn_with_what_is_wrong() -> None:
    workflow = parse_workflow("workflow: w\nnodes: {diagnos: }\nedges: [START -> diagnos]\n")
    page = draw_page(workflow)
    assert "did you mean" in page
    assert "diagnos" in draw_text(workflow)


# ---------------------------------------------------------------------------------------------- platform


async def test_a_platform_opens_the_graph_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADATIM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GRADATIM_MODEL", "none")
    monkeypatch.setenv("GRADATIM_REPAIR_SECONDS", "0")
    with pytest.raises(SettingsError, match="names no workflow"):
        async with make_graph():
            pass
    monkeypatch.setenv("GRADATIM_WORKFLOW", "packaged:starter")
    async with make_graph() as graph:
        start: Any = {"id": "run", "task": TASK.plain(), "submission": submission(learner=None).plain()}
        async for part in graph.astream(start, stream_mode="updates"):
            assert part
        assert {"intake", "execute", "grade"} <= set(graph.get_graph().nodes)
    async with workflow_graph("packaged:starter", {"pass_mark": 0})() as graph:
        done = await graph.ainvoke(start)
        assert done["grade"]["points"] == 20
