"""The agents as LangChain tools: what they answer, and what never comes out of them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from gradatim.domain import Task
from gradatim.errors import InputError, TaskFileError
from gradatim.graphs import Services
from gradatim.graphs.tools import Desk, agent_tools, open_agent_tools, read_tasks
from gradatim.serving.scripted import ScriptedChat
from tests.graphs.tools.conftest import ROOT, TASKS, Toolbox

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def called(tools: Toolbox, name: str, **arguments: Any) -> ToolMessage:
    return await tools[name].ainvoke({"name": name, "args": arguments, "id": "1", "type": "tool_call"})


async def answered(tools: Toolbox, name: str, **arguments: Any) -> dict[str, Any]:
    said = await called(tools, name, **arguments)
    assert said.status == "success", said.content
    assert json.loads(str(said.content)) == said.artifact
    return said.artifact


async def test_tests_are_run_and_hidden_ones_only_counted(toolbox: Toolbox, wrong: str) -> None:
    ran = await answered(toolbox, "run_tests", task="fibonacci", code=wrong)
    assert (ran["verdict"], ran["passed"], ran["total"]) == ("incorrect", 2, 6)
    assert [row["test"] for row in ran["tests"]] == ["t1", "t2", "t3", "t4", "t5"]
    assert ran["hidden_tests"] == {"passed": 0, "total": 1}
    assert ran["tests"][1]["detail"] == "expected 1, got 0"


async def test_a_diagnosis_names_the_place_but_not_the_change(
    toolbox: Toolbox, staff_toolbox: Toolbox, wrong: str
) -> None:
    found = await answered(toolbox, "diagnose_program", task="fibonacci", code=wrong)
    assert found["suspicious_lines"][0]["line"] == 3
    assert found["repairs"][0]["lines"] == [3]
    assert set(found["repairs"][0]) == {"place", "lines", "generalises"}
    told = await answered(staff_toolbox, "diagnose_program", task="fibonacci", code=wrong)
    assert "change" in told["repairs"][0]
    assert "def fibonacci" in told["repairs"][0]["code"]


async def test_texts_are_checked_sentence_by_sentence(toolbox: Toolbox, wrong: str) -> None:
    text = "`fibonacci(5)` gives 5. Test t4 fails. Write `for step in range(1, n + 1):` in line 3."
    checked = await answered(toolbox, "check_text", task="fibonacci", code=wrong, text=text)
    first, second, third = checked["sentences"]
    assert first["verdict"] == "refuted"
    assert "3" in first["detail"]
    assert second["verdict"] == "supported"
    assert third["gives_solution_away"]
    assert not checked["may_be_said"]
    fine = await answered(toolbox, "check_text", task="fibonacci", code=wrong, text="Test t4 fails.")
    assert fine["may_be_said"]


async def test_a_change_that_works_is_a_solution_however_plain(toolbox: Toolbox, wrong: str) -> None:
    checked = await answered(toolbox, "check_text", task="fibonacci", code=wrong, text="You should use range(n).")
    assert checked["sentences"][0]["gives_solution_away"]
    claim = {"kind": "change_fixes", "line": 3, "replacement": "    for step in range(n):"}
    one = await answered(toolbox, "check_claim", task="fibonacci", code=wrong, claim=claim)
    assert (one["verdict"], one["gives_solution_away"]) == ("supported", True)


async def test_a_claim_is_executed(toolbox: Toolbox, wrong: str) -> None:
    claim = {"kind": "call_result", "call": "fibonacci(5)", "result": "5"}
    checked = await answered(toolbox, "check_claim", task="fibonacci", code=wrong, claim=claim)
    assert (checked["verdict"], checked["method"]) == ("refuted", "execution")


async def test_concepts_are_looked_up(toolbox: Toolbox, wrong: str) -> None:
    found = await answered(toolbox, "search_concepts", text="how does range work in a for loop?")
    assert {"range", "for-loop"} <= {row["id"] for row in found["concepts"]}
    found = await answered(toolbox, "search_concepts", text="递归函数的基准情况是什么？")
    assert {"recursion", "base-case"} <= {row["id"] for row in found["concepts"]}
    card = await answered(toolbox, "read_concept", concept="range")
    assert "for-loop" in card["prerequisites"]
    assert card["misconceptions"]
    bearing = await answered(toolbox, "retrieve_concepts", task="fibonacci", code=wrong)
    assert "misconception:range-stop-included" in {row["id"] for row in bearing["evidence"]}


async def test_an_assessment_reaches_the_memory_of_the_bound_learner(toolbox: Toolbox, wrong: str) -> None:
    assessed = await answered(toolbox, "assess_program", task="fibonacci", code=wrong)
    assert assessed["verdict"] == "incorrect"
    assert assessed["delivered"] is True
    assert set(assessed["feedback"]) == {
        "error_identification",
        "explanation",
        "corrective_suggestion",
        "encouragement",
    }
    state = await answered(toolbox, "learner_state")
    assert state["events"] >= 2
    assert "range" in {row["concept"] for row in state["least_mastered"]}
    following = await answered(toolbox, "next_concepts", goal="range", limit=2)
    assert following["recommendations"]


async def test_the_tools_of_a_learner_take_no_learner(toolbox: Toolbox, staff_toolbox: Toolbox) -> None:
    said = await called(toolbox, "learner_state", learner_id="bob")
    assert said.status == "error"
    other = await called(staff_toolbox, "learner_state", learner_id="bob")
    assert (other.status, json.loads(str(other.content))["error"]) == (
        "error",
        "nothing is remembered about this learner",
    )
    unnamed = await called(staff_toolbox, "learner_state")
    assert json.loads(str(unnamed.content))["place"] == "learner_id"


@pytest.mark.parametrize(
    ("name", "arguments", "place"),
    [
        ("read_task", {"task": "fibonaci"}, "task 'fibonaci'"),
        ("run_tests", {"task": "fibonacci"}, "arguments"),
        ("run_tests", {"task": "fibonacci", "code": "x", "more": 1}, "arguments"),
        ("run_tests", {"task": "fibonacci", "code": "#" * 300_000}, "submission.py"),
        ("check_claim", {"task": "fibonacci", "code": "", "claim": {"kind": "sorcery"}}, "claim"),
        ("check_claim", {"task": "fibonacci", "code": "", "claim": {"kind": "fault_line", "line": 0}}, "claim.line"),
        ("check_text", {"task": "fibonacci", "code": "", "text": ""}, "arguments"),
        ("read_concept", {"concept": "rangee loop"}, "concept 'rangee loop'"),
        ("next_concepts", {"goal": "flux capacitor"}, "concept 'flux capacitor'"),
        ("next_concepts", {"limit": 0}, "arguments"),
    ],
)
async def test_mistakes_come_back_as_messages(
    toolbox: Toolbox, name: str, arguments: dict[str, Any], place: str
) -> None:
    said = await called(toolbox, name, **arguments)
    assert said.status == "error"
    told = json.loads(str(said.content))
    assert told["place"] == place
    assert told["error"]
    assert told["remedy"]


@pytest.mark.parametrize(
    "code", ["", "def fibonacci(n:\n", "\x00", "import os; os._exit(3)", "def fibonacci(n): return '🦆' * n"]
)
async def test_any_program_can_be_asked_about(toolbox: Toolbox, code: str) -> None:
    assert (await answered(toolbox, "run_tests", task="fibonacci", code=code))["verdict"] == "incorrect"
    assert (await answered(toolbox, "diagnose_program", task="fibonacci", code=code))["verdict"] == "incorrect"


def secrets(task: Task) -> list[str]:
    """What of a task nobody but staff may read, as far as it is distinctive."""
    shown = " ".join(f"{case.call} {case.stdin} {case.stdout} {case.check}" for case in task.tests if not case.hidden)
    hidden = [part for case in task.tests if case.hidden for part in (case.call, case.check, case.stdin, case.stdout)]
    reference = "" if task.reveal_solution else task.reference or ""
    own = [line.strip() for line in reference.splitlines() if len(line.strip()) > 12]
    return [text.strip() for text in (*hidden, *own) if text and len(text.strip()) > 5 and text.strip() not in shown]


@pytest.mark.parametrize("name", ["column-sums", "count-vowels", "star-triangle"])
async def test_nothing_secret_comes_out(toolbox: Toolbox, name: str) -> None:
    task = read_tasks([TASKS / f"{name}.yaml"])[name]
    paths = sorted((ROOT / "examples" / "submissions" / name).glob("*.py"), reverse=True)
    for code in (path.read_text() for path in paths):
        if (await answered(toolbox, "run_tests", task=name, code=code))["verdict"] == "incorrect":
            break
    else:
        pytest.fail("no example is wrong")
    claims = [{"kind": "test_outcome", "test": case.id, "status": "passed"} for case in task.tests]
    text = " ".join(f"Test {case.id} passes." for case in task.tests)
    said = [
        await called(toolbox, "read_task", task=name),
        await called(toolbox, "run_tests", task=name, code=code),
        await called(toolbox, "diagnose_program", task=name, code=code),
        await called(toolbox, "retrieve_concepts", task=name, code=code),
        await called(toolbox, "assess_program", task=name, code=code),
        await called(toolbox, "check_text", task=name, code=code, text=text),
        *[await called(toolbox, "check_claim", task=name, code=code, claim=claim) for claim in claims],
    ]
    everything = "\n".join(f"{item.content}\n{json.dumps(item.artifact, ensure_ascii=False)}" for item in said)
    kept = [secret for secret in secrets(task) if secret not in code]
    assert kept
    assert [secret for secret in kept if secret in everything] == []


async def test_staff_read_what_learners_may_not(staff_toolbox: Toolbox) -> None:
    read = await answered(staff_toolbox, "read_task", task="fibonacci")
    assert any(case.get("hidden") for case in read["tests"])
    assert "def fibonacci" in read["reference"]


async def test_answers_speak_the_language_that_is_asked_for(services: Services, fibonacci: Task, wrong: str) -> None:
    async with open_agent_tools(services=services, tasks=[fibonacci], language="zh") as tools:
        chinese = {tool.name: tool for tool in tools}
        card = await answered(chinese, "read_concept", concept="range")
        assessed = await answered(chinese, "assess_program", task="fibonacci", code=wrong)
        checked = await answered(chinese, "check_text", task="fibonacci", code=wrong, text="测试 t4 没有通过。")
    assert re.search("[一-鿿]", card["definition"])
    assert all(re.search("[一-鿿]", item["text"]) for part in assessed["feedback"].values() for item in part)
    assert checked["sentences"][0]["verdict"] == "supported"


async def test_only_what_can_work_is_offered(services: Services, fibonacci: Task) -> None:
    assert {tool.name for tool in agent_tools(Desk(services))} == {"search_concepts", "read_concept"}
    tools = {tool.name for tool in agent_tools(Desk(services, {"fibonacci": fibonacci}))}
    assert "run_tests" in tools
    assert not tools & {"assess_program", "learner_state", "next_concepts"}
    with pytest.raises(InputError, match="there is no tool 'run_test' here"):
        agent_tools(Desk(services), ["run_test"])
    async with open_agent_tools(services=services, tasks=[fibonacci], only=["read_task"]) as chosen:
        assert [tool.name for tool in chosen] == ["read_task"]
        assert chosen[0].get_input_jsonschema()["properties"]["task"]["enum"] == ["fibonacci"]


async def test_folders_of_tasks_are_read_with_their_mistakes(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no task file"):
        read_tasks([tmp_path])
    (tmp_path / "a.yaml").write_text((TASKS / "fibonacci.yaml").read_text())
    (tmp_path / "b.yaml").write_text((TASKS / "fibonacci.yaml").read_text())
    with pytest.raises(InputError, match=r"b\.yaml: task 'fibonacci' stands in .*a\.yaml as well"):
        read_tasks([tmp_path])
    (tmp_path / "b.yaml").write_text("id: [")
    with pytest.raises(TaskFileError):
        read_tasks([tmp_path])


async def test_a_model_works_with_the_tools(toolbox: Toolbox, wrong: str) -> None:
    """The loop of a tool-calling agent, with LangGraph's own tool node."""

    def calls(name: str, **arguments: Any) -> AIMessage:
        return AIMessage("", tool_calls=[{"name": name, "args": arguments, "id": name, "type": "tool_call"}])

    model = ScriptedChat(
        script=[
            calls("run_tests", task="fibonaci", code=wrong),
            calls("run_tests", task="fibonacci", code=wrong),
            calls("check_text", task="fibonacci", code=wrong, text="Test t4 fails."),
            "Test t4 fails.",
        ]
    )
    tools = list(toolbox.values())
    bound = model.bind_tools(tools)

    async def think(state: MessagesState) -> dict[str, Any]:
        return {"messages": [await bound.ainvoke(state["messages"])]}

    def more(state: MessagesState) -> str:
        return "tools" if getattr(state["messages"][-1], "tool_calls", None) else "__end__"

    graph = StateGraph(MessagesState)
    graph.add_node("think", think)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", more)
    graph.add_edge("tools", "think")
    done = await graph.compile().ainvoke({"messages": [HumanMessage("Is this right?")]})
    results = [message for message in done["messages"] if isinstance(message, ToolMessage)]
    assert [message.status for message in results] == ["error", "success", "success"]
    assert "did you mean 'fibonacci'?" in str(results[0].content)
    assert json.loads(str(results[2].content))["may_be_said"]
    assert done["messages"][-1].text == "Test t4 fails."
