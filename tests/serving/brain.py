"""What the test models know: one reply for each kind of question, the same behind every transport."""

from __future__ import annotations

import json

from langchain_core.messages import BaseMessage

TALK = "Hello there, friend. How are you?"


def reply(question: str) -> str:
    """The answer to the last message of a conversation."""
    if "17" in question and "add" in question:
        return json.dumps({"tool": "add", "arguments": {"a": 17, "b": 25}})
    if "JSON" in question or "def " in question:
        return json.dumps({"verdict": "incorrect", "line": 2})
    return TALK


def scripted_reply(messages: list[BaseMessage]) -> str:
    """`reply`, as a script."""
    return reply("\n".join(message.text for message in messages))
