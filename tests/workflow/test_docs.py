"""What docs/python-api.md shows is so."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from gradatim.errors import InputError, WorkflowError
from gradatim.graphs import Services
from gradatim.graphs.tools import Desk, agent_tools
from gradatim.testing import TASK, WRONG, run_graph, run_workflow, scripted, submission
from gradatim.workflow import Workflow, agent

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)
GIVEN = {"task": TASK, "submission": submission()}


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """Every block of the page, run one after the other."""
    module = ModuleType("docs_python_api")
    sys.modules[module.__name__] = module  # where annotations are looked up
    for block in BLOCKS:
        exec(compile(block, "python-api.md", "exec", dont_inherit=True), module.__dict__)
    return module.__dict__


def test_the_first_workflow_is_sound_and_short(page: dict[str, Any]) -> None:
    scope: dict[str, Any] = dict(page)
    exec(BLOCKS[0], scope)
    flow = scope["flow"]
    assert isinstance(flow, Workflow)
    assert flow.problems() == ()
    assert sum(bool(line.strip()) for line in BLOCKS[0].splitlines()) <= 25
    with pytest.raises(WorkflowError, match="exicute"):
        page["flow"].check()


@pytest.mark.asyncio(loop_scope="package")
async def test_its_functions_do_what_they_say(page: dict[str, Any], services: Services) -> None:
    scope: dict[str, Any] = dict(page)
    exec(BLOCKS[0], scope)
    run = await run_workflow(scope["flow"], GIVEN, services=services)
    assert run.values["comments"] == 0
    assert run.values["outcome"]["delivered"]
    mine = await run_graph(page["my_graph"], GIVEN, services=services)
    assert mine.steps == (("run",), ("look",))
    assert mine.values["diagnosis"]["verdict"] == "incorrect"
    assert await page["alone"](services, TASK, submission()) == "incorrect"
    assert len(await page["questions_about"](services, TASK, submission())) == 3
    outputs = await page["assess_one"](services.settings, TASK, submission())
    assert outputs["outcome"]["delivered"]


@pytest.mark.asyncio(loop_scope="package")
async def test_kinds_that_there_are_not_are_refused(services: Services) -> None:
    with pytest.raises(InputError, match="there is no kind 'oral_question'") as caught:
        agent("oral_question", services)
    assert "oral_questions" in str(caught.value.remedy)
    with pytest.raises(InputError, match="agent oral_questions: count"):
        agent("oral_questions", services, count=0)
    with pytest.raises(InputError, match="it takes count"):
        agent("oral_questions", services, number=3)


@pytest.mark.asyncio(loop_scope="package")
async def test_its_agent_calls_tools(page: dict[str, Any], services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    call = {"name": "read_concept", "args": {"concept": "range"}, "id": "1", "type": "tool_call"}
    model = scripted(AIMessage("", tool_calls=[call]), "range leaves its stop out.")
    assert await page["look_into"](model, services, "What is range?") == "range leaves its stop out."
    assert "for-loop" in model.requests[-1].text


def test_every_tool_is_listed(services_desk: Desk) -> None:
    names = {tool.name for tool in agent_tools(services_desk)} | {"assess_program"}
    assert {name for name in names if f"`{name}`" not in TEXT} == set()


@pytest.fixture
def services_desk(services: Services) -> Desk:
    return Desk(services, {TASK.id: TASK}, learner_id="ada")


def test_the_sample_is_wrong_where_the_docs_say() -> None:
    assert WRONG.splitlines()[3].strip() == "top = 0"
