"""Tool calls through a JSON schema, for models and servers that have no tool calling of their own.

The model is told which tools there are and answers with one JSON object: `{"tool": NAME, "arguments": {…}}`
or `{"reply": TEXT}`. One call an answer; the next one can follow the tool's result.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal
from uuid import uuid4

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.tool import tool_call

from gradatim.serving.schema import NotJson, json_schema, read_json

ToolChoice = str | bool | dict[str, Any] | None
Mode = Literal["reply-or-call", "call", "reply"]


def chosen(tools: Sequence[dict[str, Any]], choice: ToolChoice) -> tuple[list[dict[str, Any]], Mode]:
    """The tools that may be called, and whether one has to be.

    Args:
        tools: OpenAI tool descriptions.
        choice: `None` or `"auto"`, `"none"`, `"any"`/`"required"`/`True`, or a tool's name.
    """
    if isinstance(choice, dict):
        choice = str(choice.get("function", choice).get("name"))
    if choice is None or choice is False or choice == "auto":
        return list(tools), "reply-or-call"
    if choice == "none":
        return [], "reply"
    if choice is True or choice in ("any", "required"):
        return list(tools), "call"
    named = [tool for tool in tools if tool["function"]["name"] == choice]
    if not named:
        raise ValueError(f"tool_choice names {choice!r}, which is not among the bound tools")
    return named, "call"


def call_schema(tools: Sequence[dict[str, Any]], mode: Mode) -> dict[str, Any]:
    """JSON schema of an answer that calls one of the tools (or replies)."""
    forms = [
        {
            "type": "object",
            "properties": {
                "tool": {"const": tool["function"]["name"]},
                "arguments": json_schema(tool["function"].get("parameters") or {"type": "object", "properties": {}}),
            },
            "required": ["tool", "arguments"],
        }
        for tool in tools
    ]
    if mode == "reply-or-call":
        forms.append({"type": "object", "properties": {"reply": {"type": "string"}}, "required": ["reply"]})
    schema = {"title": "tool_call", **(forms[0] if len(forms) == 1 else {"anyOf": forms})}
    return _hoisted(schema)


def _hoisted(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with the definitions of its parts moved to the top, where their references point."""
    definitions: dict[str, Any] = {}

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            found: dict[str, Any] = dict(node)  # pyright: ignore[reportUnknownArgumentType]
            definitions.update({key: walk(value) for key, value in found.pop("$defs", {}).items()})
            return {key: walk(value) for key, value in found.items()}
        return [walk(item) for item in node] if isinstance(node, list) else node  # pyright: ignore[reportUnknownVariableType]

    plain = walk(schema)
    return {**plain, "$defs": definitions} if definitions else plain


def with_instructions(
    messages: Sequence[BaseMessage], tools: Sequence[dict[str, Any]], mode: Mode
) -> list[BaseMessage]:
    """The conversation as a model without tool calling can read it, with the tools explained in front."""
    lines = ["You can use these tools:"]
    for tool in tools:
        function = tool["function"]
        parameters = json.dumps(json_schema(function.get("parameters") or {}))
        lines.append(f"- {function['name']}: {function.get('description', '').strip()} Arguments: {parameters}")
    lines.append('To use one, answer with {"tool": NAME, "arguments": {…}} and nothing else.')
    if mode == "reply-or-call":
        lines.append('When no tool is needed (any more), answer with {"reply": TEXT}.')
    plain: list[BaseMessage] = []
    for message in messages:
        if isinstance(message, AIMessage) and message.tool_calls:
            calls = [{"tool": call["name"], "arguments": call["args"]} for call in message.tool_calls]
            plain.append(AIMessage("\n".join(json.dumps(call) for call in calls)))
        elif isinstance(message, ToolMessage):
            name = message.name or "the tool"
            plain.append(HumanMessage(f"Result of {name}:\n{message.text}"))
        else:
            plain.append(message)
    instructions = "\n".join(lines)
    if plain and isinstance(plain[0], SystemMessage):
        return [SystemMessage(f"{plain[0].text}\n\n{instructions}"), *plain[1:]]
    return [SystemMessage(instructions), *plain]


def read_call(text: str, tools: Sequence[dict[str, Any]]) -> AIMessage:
    """A model's answer as a message with a tool call, or with the reply as its content.

    An answer that is neither stays as it is: the agent loop sees plain text, as from any model.
    """
    try:
        answer = read_json(text)
    except NotJson:
        return AIMessage(text)
    if isinstance(answer, dict):
        found: dict[str, Any] = answer  # pyright: ignore[reportUnknownVariableType]
        arguments = found.get("arguments")
        names = {tool["function"]["name"] for tool in tools}
        if found.get("tool") in names and isinstance(arguments, dict):
            call = tool_call(name=str(found["tool"]), args=arguments, id=f"call_{uuid4().hex[:12]}")  # pyright: ignore[reportUnknownArgumentType]
            return AIMessage("", tool_calls=[call])
        if isinstance(found.get("reply"), str):
            return AIMessage(str(found["reply"]))
    return AIMessage(text)
