from __future__ import annotations

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from gradatim.errors import ModelError
from gradatim.serving.scripted import ScriptedChat, ScriptExhausted
from tests.serving.test_conformance import Judgement, add


async def test_answers_come_in_order_and_requests_are_kept() -> None:
    model = ScriptedChat(script=["one", Judgement(verdict="correct", line=3), AIMessage("three")])
    assert model.invoke("a").text == "one"
    assert (await model.ainvoke("b", temperature=0.3, stop=["x"])).text == '{"verdict": "correct", "line": 3}'
    assert model.remaining == 1
    assert [request.text for request in model.requests] == ["a", "b"]
    assert model.requests[1].arguments["temperature"] == 0.3
    assert model.requests[1].arguments["stop"] == ["x"]


async def test_a_script_that_runs_out_says_what_was_asked() -> None:
    model = ScriptedChat(script=["only one"])
    model.invoke("first")
    with pytest.raises(ScriptExhausted, match="second") as caught:
        model.invoke("second")
    assert not isinstance(caught.value, ModelError)
    with pytest.raises(ScriptExhausted):
        await ScriptedChat(script=["a", "b"]).agenerate([[HumanMessage("x")]], n=3)


def test_exceptions_of_the_script_are_raised() -> None:
    model = ScriptedChat(script=[ModelError("down"), "up again"])
    with pytest.raises(ModelError, match="down"):
        model.invoke("a")
    assert model.invoke("a").text == "up again"


async def test_samples_are_the_next_answers() -> None:
    model = ScriptedChat(script=["a", "b", "c", "d"])
    result = await model.agenerate([[HumanMessage("x")]], n=3)
    assert [generation.text for generation in result.generations[0]] == ["a", "b", "c"]
    assert model.invoke("x").text == "d"
    assert len(model.requests) == 2


def test_streams_keep_the_text() -> None:
    text = "  Two  spaces\nand a line. "
    pieces = [chunk.text for chunk in ScriptedChat(script=[text]).stream("x")]
    assert "".join(pieces) == text
    assert len(pieces) > 4


def test_tool_calls_can_be_scripted_as_messages() -> None:
    call = {"name": "add", "args": {"a": 1, "b": 2}, "id": "c1", "type": "tool_call"}
    model = ScriptedChat(script=[AIMessage("", tool_calls=[call]), "done"])
    asked = model.bind_tools([add])
    assert asked.invoke("x").tool_calls[0]["args"] == {"a": 1, "b": 2}
    assert asked.invoke("x").text == "done"
    assert model.requests[0].arguments["tools"][0]["function"]["name"] == "add"
