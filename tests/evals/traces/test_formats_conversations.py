"""OpenAI messages and agentevals' trajectories: the real libraries take ours, and files of other systems are read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

import pytest
from agentevals.graph_trajectory.strict import graph_trajectory_strict_match
from agentevals.graph_trajectory.utils import extract_langgraph_trajectory_from_thread
from langchain_core.load import dumpd
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    convert_to_messages,
    convert_to_openai_messages,
    messages_to_dict,
)
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

from gradatim.errors import InputError
from gradatim.evals.scorers import score_trace, scorers_of
from gradatim.evals.traces.formats import open_traces, write_as
from gradatim.evals.traces.formats.agentevals import steps_of
from gradatim.evals.traces.formats.conversation import UNTOLD, fenced
from tests.evals.traces.formats_material import CODE, assessment, bare, dialogue, hostile, span

THREAD: list[BaseMessage] = [
    SystemMessage("Be brief."),
    HumanMessage("Weather in Rome?"),
    AIMessage("", tool_calls=[{"id": "c1", "name": "weather", "args": {"city": "Rome"}}]),
    ToolMessage("no such city", tool_call_id="c1", name="weather", status="error"),
    AIMessage([{"type": "text", "text": "I do not know."}]),
]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_openai_messages_are_what_other_tools_take(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_as("openai", path, [assessment(), dialogue(), bare(), hostile()])
    for line in lines(path):
        assert len(convert_to_messages(line["messages"])) == len(line["messages"])  # LangChain's own reader
        allowed = {"role", "content", "tool_calls", "tool_call_id", "name"}
        assert all(message.keys() <= allowed for message in line["messages"])
    first, second = lines(path)[:2]
    roles = [message["role"] for message in first["messages"]]
    assert roles == ["user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert CODE.rstrip() in first["messages"][0]["content"]
    call = first["messages"][1]["tool_calls"][0]
    assert call["function"]["name"] == "sandbox"
    assert first["messages"][2]["tool_call_id"] == call["id"]
    assert json.loads(first["messages"][2]["content"]) == {"passed": 1, "failed": 1}
    assert first["messages"][4]["content"] == "took too long"
    assert first["messages"][-1]["content"].startswith("The sum is too small.\n\nLine 1 is wrong.")
    assert [message["role"] for message in second["messages"]] == ["user", "assistant", "user", "assistant"]


def test_a_tools_failure_is_told_where_it_is_known(tmp_path: Path) -> None:
    path, langchain, bare_openai = tmp_path / "x.jsonl", tmp_path / "l.jsonl", tmp_path / "o.jsonl"
    write_as("openai", path, [assessment()])
    tools = next(iter(open_traces(path))).of("execute_tool")
    assert [(span.ok, span.message) for span in tools] == [(True, ""), (False, "took too long")]
    assert not any(UNTOLD in span.attributes for span in tools)
    langchain.write_text(json.dumps({"messages": messages_to_dict(THREAD)}), "utf-8")
    bare_openai.write_text(json.dumps({"messages": convert_to_openai_messages(THREAD)}), "utf-8")
    for file, told in ((path, 1.0), (langchain, 1.0), (bare_openai, None)):
        (trace,) = open_traces(file)
        (score,) = score_trace(trace, scorers_of(["tool_errors"]))
        assert score["score"] == told


def test_texts_that_were_not_recorded(tmp_path: Path) -> None:
    """As runs are recorded by default: claims and checks, without what was said."""
    feedback = {"explanation": [{"evidence": ["test:t1"], "claims": [{"kind": "fault_line", "line": 3}]}]}
    path = tmp_path / "x.jsonl"
    outputs = dict(assessment().outputs) | {"feedback": feedback}
    write_as("openai", path, [replace(assessment(), inputs={"task": "total"}, outputs=outputs, spans=())])
    asked, answered = lines(path)[0]["messages"]
    assert asked["content"] == "total"
    assert json.loads(answered["content"]) == {
        "verdict": "incorrect", "error_category": "logical", "confidence": 0.42, "route": "review", "delivered": False,
    }  # fmt: skip


def test_a_dialogue_keeps_all_but_its_spans(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    write_as("openai", path, [dialogue()])
    (found,) = open_traces(path)
    assert found == replace(dialogue(), spans=(), inputs={"messages": dialogue().inputs["messages"]})


@pytest.mark.parametrize(
    "held",
    [
        {"messages": messages_to_dict(THREAD)},
        {"messages": dumpd(THREAD)},
        {"messages": [message.model_dump() for message in THREAD]},
        messages_to_dict(THREAD),
        {"inputs": {"messages": [dumpd(THREAD[:2])]}, "outputs": {"messages": dumpd(THREAD[2:])}},
        {"messages": dumpd(THREAD[:-1]), "choices": [{"message": {"role": "assistant", "content": "I do not know."}}]},
    ],
)
def test_messages_of_langchain_in_all_their_forms(held: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(held, default=str), "utf-8")
    (trace,) = open_traces(path)
    assert trace.inputs["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Weather in Rome?"},
    ]
    said = trace.outputs["messages"]
    assert [message["role"] for message in said] == ["user", "assistant", "tool", "assistant"]
    assert said[-1]["content"] == "I do not know."
    assert said[2]["error"] == "no such city"
    (tool,) = trace.of("execute_tool")
    assert tool.subject == "weather"
    assert tool.attributes["gen_ai.tool.call.arguments"] == {"city": "Rome"}
    assert (tool.ok, tool.message) == (False, "no such city")
    assert len(list(trace.of("chat"))) == 2


def test_files_of_several_conversations(tmp_path: Path) -> None:
    talk = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    forms = {
        "lines of objects": "\n".join(json.dumps({"messages": talk, "id": f"{n}"}) for n in range(3)),
        "lines of lists": "\n".join(json.dumps(talk) for _ in range(3)),
        "list of objects": json.dumps([{"messages": talk}] * 3, indent=1),
        "list of lists": json.dumps([talk] * 3),
    }
    for name, text in forms.items():
        path = tmp_path / "x.json"
        path.write_text(text, "utf-8")
        found = list(open_traces(path, "openai"))
        assert len(found) == 3, name
        assert all(trace.outputs["messages"] == talk for trace in found), name
        assert len({trace.id for trace in found}) == 3, name
        assert all(trace.spans == () for trace in found)


def test_metadata_of_others_are_attributes(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    line = {"model": "gpt-x", "tools": [{"type": "function"}], "metadata": {"user": "u1"}, "messages": [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": None, "refusal": None, "function_call": {"name": "f", "arguments": "{}"}},
    ]}  # fmt: skip
    path.write_text(json.dumps(line) + "\n", "utf-8")
    (trace,) = open_traces(path)
    assert trace.attributes == {"user": "u1", "model": "gpt-x"}
    assert trace.inputs["tools"] == [{"type": "function"}]
    assert trace.inputs["messages"][1]["content"] == "What is it?\n[image_url]"
    assert [tool.subject for tool in trace.of("execute_tool")] == ["f"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"messages": []}', "holds no messages"),
        ('{"messages": "hello"}', "holds no messages"),
        ('{"messages": [3]}', r"messages\[0\] has no role"),
        ('{"messages": [{"role": "user", "content": "a"}, {"role": "judge"}]}', r"messages\[1\] has no role"),
    ],
)
def test_bad_conversations(line: str, wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(InputError, match=wrong) as caught:
        list(open_traces(path))
    assert caught.value.place == f"{path}:1"


def test_a_fence_that_the_program_cannot_close() -> None:
    code = 'x = """\n```\n````\n"""'
    assert fenced(code) == f"`````python\n{code}\n`````"
    assert fenced("y = 1\n").startswith("```python\n")


def test_agentevals_judges_what_is_written(tmp_path: Path) -> None:
    """agentevals' own evaluator: a run matches itself, and no longer when an agent was left out."""
    path = tmp_path / "x.jsonl"
    shorter = replace(assessment(), spans=assessment().spans[:-1])
    write_as("agentevals", path, [assessment(), assessment(), shorter])
    first, second, third = (line["outputs"] for line in lines(path))
    assert graph_trajectory_strict_match(outputs=first, reference_outputs=second)["score"] is True
    assert graph_trajectory_strict_match(outputs=third, reference_outputs=second)["score"] is False
    assert first["steps"] == [
        ["__start__", "execute", "recall", "diagnose", "generate", "verify", "critique", "decide", "__interrupt__"]
    ]


def test_a_graph_within_the_graph() -> None:
    assert steps_of(dialogue()) == [["__start__", "listen", "assessment:diagnose", "speak"]]
    assert steps_of(bare()) == [["__start__"]]
    circle = replace(bare(), spans=(span(1, 2, "invoke_agent", "a", 0, 1), span(2, 1, "invoke_agent", "b", 0, 1)))
    assert steps_of(circle) == [["__start__", "a", "b"]]


class State(TypedDict):
    messages: list[Any]


def test_a_thread_of_langgraph_that_agentevals_took_apart(tmp_path: Path) -> None:
    def answer(state: State) -> State:
        return {"messages": [*state["messages"], {"role": "assistant", "content": "Hello"}]}

    graph = StateGraph(State)
    graph.add_node("greet", answer)
    graph.add_node("think", lambda state: state)
    graph.add_edge(START, "think")
    graph.add_edge("think", "greet")
    graph.add_edge("greet", END)
    compiled = graph.compile(checkpointer=InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    compiled.invoke({"messages": [{"role": "user", "content": "Hi"}]}, config)
    compiled.invoke({"messages": [{"role": "user", "content": "Again"}]}, config)
    extracted = extract_langgraph_trajectory_from_thread(compiled, config)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(extracted, default=str), "utf-8")
    (trace,) = open_traces(path)
    assert trace.path == ("think", "greet", "think", "greet")
    assert [message["content"] for message in trace.inputs["messages"]] == ["Hi", "Again"]
    assert [message["content"] for message in trace.outputs["messages"]] == ["Hello", "Hello"]
    write_as("agentevals", path, [trace])
    (again,) = lines(path)
    assert again["outputs"]["steps"] == extracted["outputs"]["steps"]
    result = graph_trajectory_strict_match(outputs=again["outputs"], reference_outputs=extracted["outputs"])
    assert result["score"] is True


def test_a_trajectory_alone_and_bad_ones(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    steps = [["__start__", "sub:a", "sub:b", "c"]]
    path.write_text(json.dumps({"inputs": None, "results": [{"answer": 4}], "steps": steps}), "utf-8")
    (trace,) = open_traces(path)
    assert trace.path == ("a", "b", "c")
    assert [made.subject for made in trace.of("invoke_workflow")] == ["trajectory", "sub"]
    assert trace.outputs == {"results": [{"answer": 4}]}
    assert steps_of(trace) == steps
    for held in ({"steps": [3], "results": []}, {"steps": [["a"]], "results": 3}, {"outputs": {"steps": "a"}}):
        path.write_text(json.dumps(held), "utf-8")
        with pytest.raises(InputError, match=r"has no steps|has inputs or results"):
            list(open_traces(path, "agentevals"))
