"""What every chat model of gradatim has to do, whatever stands behind it."""

from __future__ import annotations

from typing import Literal

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.outputs import ChatGeneration
from pydantic import BaseModel, Field

from gradatim.serving.chat_base import SchemaChatModel
from gradatim.serving.structured import ask_structured


class Judgement(BaseModel):
    verdict: Literal["correct", "incorrect"]
    line: int = Field(ge=1, le=9)


def add(a: int, b: int) -> int:
    """Add two whole numbers."""
    return a + b


TALK = [HumanMessage("Greet me in one short sentence.")]
CODE: list[BaseMessage] = [
    SystemMessage("You judge Python functions."),
    HumanMessage("def add(a, b):\n    return a - b\nIs it correct? Answer in JSON."),
]
SUM = [HumanMessage("What is 17 + 25? Use the tool add.")]


async def test_it_answers(chat: SchemaChatModel) -> None:
    answer = await chat.ainvoke(TALK)
    assert isinstance(answer, AIMessage)
    assert answer.text.strip()
    assert answer.usage_metadata is not None
    assert answer.usage_metadata["input_tokens"] > 0
    assert answer.response_metadata["finish_reason"] == "stop"
    assert answer.response_metadata["model_name"] == chat.model_name


def test_it_answers_callers_that_wait(chat: SchemaChatModel) -> None:
    assert chat.invoke(TALK).text.strip()


async def test_it_answers_callers_that_wait_inside_an_event_loop(chat: SchemaChatModel) -> None:
    assert chat.invoke(TALK).text.strip()


async def test_samples_come_from_one_request(chat: SchemaChatModel) -> None:
    result = await chat.agenerate([TALK], n=3, temperature=0.8, seed=1, max_tokens=12)
    messages = [generation.message for generation in result.generations[0] if isinstance(generation, ChatGeneration)]
    assert len(messages) == 3
    assert all(message.text.strip() for message in messages)
    counted = [message.usage_metadata for message in messages if message.usage_metadata]
    assert len(counted) == 1  # one request, whose tokens are not counted three times
    assert counted[0]["output_tokens"] >= 3


async def test_it_streams(chat: SchemaChatModel) -> None:
    chunks = [chunk async for chunk in chat.astream(TALK)]
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    assert sum(1 for chunk in chunks if chunk.text) > 1
    assert whole.text == (await chat.ainvoke(TALK)).text
    assert whole.usage_metadata is not None
    assert whole.response_metadata["finish_reason"] == "stop"


def test_it_streams_to_callers_that_wait(chat: SchemaChatModel) -> None:
    pieces = [chunk.text for chunk in chat.stream(TALK)]
    assert sum(1 for piece in pieces if piece) > 1
    assert "".join(pieces) == chat.invoke(TALK).text


async def test_a_stream_can_be_left(chat: SchemaChatModel) -> None:
    async for chunk in chat.astream(TALK):
        if chunk.text:
            break
    assert (await chat.ainvoke(TALK)).text.strip()


async def test_it_calls_tools(chat: SchemaChatModel) -> None:
    asked = chat.bind_tools([add], tool_choice="any")
    answer = await asked.ainvoke(SUM)
    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [("add", {"a": 17, "b": 25})]
    assert answer.text == ""


async def test_tool_calls_stream_whole(chat: SchemaChatModel) -> None:
    asked = chat.bind_tools([add], tool_choice="add")
    chunks = [chunk async for chunk in asked.astream(SUM)]
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole = whole + chunk
    assert [call["args"] for call in whole.tool_calls] == [{"a": 17, "b": 25}]


async def test_a_tools_result_can_follow(chat: SchemaChatModel) -> None:
    call = AIMessage("", tool_calls=[{"name": "add", "args": {"a": 1, "b": 2}, "id": "c1", "type": "tool_call"}])
    history = [HumanMessage("Add 1 and 2."), call, ToolMessage("3", name="add", tool_call_id="c1")]
    answer = await chat.bind_tools([add], tool_choice="none").ainvoke(history)
    assert answer.text.strip()
    assert not answer.tool_calls


async def test_structured_output_is_of_the_schema(chat: SchemaChatModel) -> None:
    judgement = await chat.with_structured_output(Judgement).ainvoke(CODE)
    assert isinstance(judgement, Judgement)
    raw = await chat.with_structured_output(Judgement.model_json_schema(), include_raw=True).ainvoke(CODE)
    assert raw["parsing_error"] is None
    assert raw["parsed"] == judgement.model_dump()


async def test_structured_questions(chat: SchemaChatModel) -> None:
    answer = await ask_structured(chat, CODE, Judgement, n=2, temperature=0.5, max_tokens=40, seed=3)
    assert len(answer.samples) == 2
    for sample in answer.samples:
        assert isinstance(sample.value, Judgement)
        assert sample.reason is None
        assert not sample.repaired
    assert answer.usage.requests == 1
    assert answer.usage.input_tokens > 0
    assert answer.seconds > 0
    assert answer.model == chat.model_name
