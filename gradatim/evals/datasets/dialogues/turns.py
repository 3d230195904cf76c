"""Turns of a dialogue: who spoke, as messages say it, from texts with the speakers' names in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

Message = dict[str, Any]


class FormatError(ValueError):
    """A record is not what its format says; the text tells why."""


_SPEAKERS = {
    "tutor": "assistant", "teacher": "assistant", "assistant": "assistant", "instructor": "assistant",
    "model": "assistant", "student": "user", "learner": "user", "user": "user", "child": "user",
}  # fmt: skip
_ROLES = {**_SPEAKERS, "system": "system", "developer": "system", "tool": "tool", "function": "tool"}
_SPOKEN = re.compile(rf"(?:^|\n|\|\|\|)[\s\u00a0]*({'|'.join(_SPEAKERS)})[ \u00a0]*:", re.I)
_NAMED = re.compile(r"^\s*([^\s:][^:\n]{0,39}):")
_END = "|EOM|"
"""Between the turns of MathDial, whose students have names of their own."""
_MOVE = re.compile(r"^\s*\(([a-z _-]{1,40})\)\s*", re.I)


def spoken_turns(text: str) -> list[Message]:
    """Messages of a text like `Tutor: …` and `Student: …`, each at the beginning of a line or after `|EOM|`.

    A tutor's move before what is said, `Teacher: (probing)What…`, stands under `move`. Where `|EOM|` ends the turns,
    a speaker who is not called a tutor is the student. None where nobody is named.
    """
    parts = _ended(text) if _END in text else _lined(text)
    found: list[Message] = []
    for speaker, words in parts:
        said = words.strip(" \t\r\n\u00a0")
        message: Message = {"role": _SPEAKERS.get(speaker.strip().lower(), "user"), "content": said}
        if message["role"] == "assistant" and (move := _MOVE.match(said)):
            message |= {"content": said[move.end() :], "move": move[1].lower()}
        if message["content"]:
            found.append(message)
    return found


def _ended(text: str) -> list[tuple[str, str]]:
    turns: list[tuple[str, str]] = []
    for part in text.split(_END):
        named = _NAMED.match(part)
        if named is not None:
            turns.append((named[1], part[named.end() :]))
        elif part.strip() and turns:  # a turn that goes on
            turns[-1] = (turns[-1][0], f"{turns[-1][1]}\n{part}")
    return turns


def _lined(text: str) -> list[tuple[str, str]]:
    marks = list(_SPOKEN.finditer(text))
    if not marks:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [(mark[1], text[mark.end() : end]) for mark, end in zip(marks, ends, strict=True)]


def messages_of(value: Any) -> list[Message] | str:
    """Messages as a list of objects with `role` and `content`, or why they are none.

    Contents that are lists of parts (as in the OpenAI format) become their text.
    """
    if not isinstance(value, list) or not value:
        return "has no messages"
    found: list[Message] = []
    for number, item in enumerate(cast("list[Any]", value), 1):
        if not isinstance(item, dict):
            return f"message {number} is not an object"
        message = cast("Message", item)
        role = _ROLES.get(str(message.get("role", "")).lower())
        if role is None:
            return f"message {number} has the role {message.get('role')!r}"
        content = _content(message.get("content"))
        if content is None:
            return f"message {number} has no text"
        kept = {key: part for key, part in message.items() if key not in ("role", "content") and part is not None}
        found.append({"role": role, "content": content, **kept})
    return found


def opening(messages: Sequence[Message]) -> list[Message]:
    """What stands before the tutor's first turn."""
    first = next((at for at, item in enumerate(messages) if item["role"] == "assistant"), len(messages))
    return list(messages[:first])


def _content(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return None
    texts: list[str] = []
    for part in cast("list[Any]", value):
        text: Any = cast("Message", part).get("text") if isinstance(part, dict) else part
        if isinstance(text, str):
            texts.append(text)
    return "\n".join(texts)
