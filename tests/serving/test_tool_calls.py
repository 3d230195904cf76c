from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import BaseModel

from gradatim.serving.tool_calls import call_schema, chosen, read_call, with_instructions
from tests.serving.test_conformance import add


class Point(BaseModel):
    x: int


class Move(BaseModel):
    """Move a figure."""

    to: Point


TOOLS = [convert_to_openai_tool(add), convert_to_openai_tool(Move)]


def test_the_schema_takes_calls_and_replies() -> None:
    validator = Draft202012Validator(call_schema(*chosen(TOOLS, None)))
    assert validator.is_valid({"tool": "add", "arguments": {"a": 1, "b": 2}})
    assert validator.is_valid({"tool": "Move", "arguments": {"to": {"x": 1}}})
    assert validator.is_valid({"reply": "Hello"})
    assert not validator.is_valid({"tool": "Move", "arguments": {"to": {"x": "left"}}})
    assert not validator.is_valid({"tool": "sub", "arguments": {}})


@pytest.mark.parametrize("choice", ["any", "required", True])
def test_a_call_can_be_demanded(choice: str | bool) -> None:
    assert not Draft202012Validator(call_schema(*chosen(TOOLS, choice))).is_valid({"reply": "Hello"})


@pytest.mark.parametrize("choice", ["Move", {"type": "function", "function": {"name": "Move"}}])
def test_a_tool_can_be_demanded(choice: str | dict[str, object]) -> None:
    tools, mode = chosen(TOOLS, choice)
    assert [tool["function"]["name"] for tool in tools] == ["Move"]
    assert mode == "call"


def test_an_unknown_tool_cannot_be_demanded() -> None:
    with pytest.raises(ValueError, match="sub"):
        chosen(TOOLS, "sub")


def test_tools_can_be_forbidden() -> None:
    assert chosen(TOOLS, "none") == ([], "reply")


def test_the_conversation_is_told_in_plain_words() -> None:
    call = AIMessage("", tool_calls=[{"name": "add", "args": {"a": 1, "b": 2}, "id": "c", "type": "tool_call"}])
    messages = [SystemMessage("Be brief."), HumanMessage("1+2?"), call, ToolMessage("3", name="add", tool_call_id="c")]
    plain = with_instructions(messages, TOOLS, "reply-or-call")
    assert [message.type for message in plain] == ["system", "human", "ai", "human"]
    assert plain[0].text.startswith("Be brief.")
    assert "- add: Add two whole numbers." in plain[0].text
    assert plain[2].text == '{"tool": "add", "arguments": {"a": 1, "b": 2}}'
    assert "Result of add:\n3" in plain[3].text


def test_answers_that_are_no_calls_stay_text() -> None:
    assert read_call('{"reply": "Hi"}', TOOLS).text == "Hi"
    assert read_call("Hi", TOOLS).text == "Hi"
    unknown = read_call('{"tool": "rm", "arguments": {}}', TOOLS)
    assert not unknown.tool_calls
    assert "rm" in unknown.text
