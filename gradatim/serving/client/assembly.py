"""From a stream's events to chunks, and from chunks to one completion."""

from __future__ import annotations

from typing import Any, cast

from gradatim.serving.transport import Chunk, Completion

LONGEST_EVENT = 1 << 24
"""Bytes one event may have."""


class EventReader:
    """The data of server-sent events, from bytes in whatever pieces they come."""

    def __init__(self) -> None:
        self._held = b""
        self._data: list[bytes] = []

    def feed(self, block: bytes) -> list[bytes]:
        """Data of the events that are complete now.

        Raises:
            ValueError: One event is longer than `LONGEST_EVENT`.
        """
        lines = (self._held + block if self._held else block).split(b"\n")
        self._held = lines.pop()
        if len(self._held) > LONGEST_EVENT:
            raise ValueError("an event without end")
        found: list[bytes] = []
        for line in lines:
            if line.endswith(b"\r"):
                line = line[:-1]
            if line.startswith(b"data:"):
                self._data.append(line[5:].strip())
            elif not line and self._data:
                found.append(self._data[0] if len(self._data) == 1 else b"\n".join(self._data))
                self._data = []
        return found

    def rest(self) -> list[bytes]:
        """Data of a last event that no empty line ended."""
        return self.feed(b"\n\n") if self._held or self._data else []


def well_formed(answer: dict[str, Any], part: str) -> bool:
    """Whether a chunk (`part` is `delta`) or completion (`message`) has the shape that readers rely on."""
    choices: Any = answer.get("choices")
    if not isinstance(choices, list):
        return False
    for choice in cast("list[Any]", choices):
        if not isinstance(choice, dict):
            return False
        fields = cast("dict[str, Any]", choice)
        said = fields.get(part)
        if not isinstance(said, dict) and (part == "message" or said is not None):
            return False
        if said and not isinstance(cast("dict[str, Any]", said).get("content"), str | None):
            return False
        if not isinstance(fields.get("index", 0), int) or not _logprobs_well_formed(fields.get("logprobs")):
            return False
    return isinstance(answer.get("usage"), dict | None)


def _logprobs_well_formed(logprobs: Any) -> bool:
    if logprobs is None:
        return True
    content: Any = cast("dict[str, Any]", logprobs).get("content") if isinstance(logprobs, dict) else 0
    if content is None:
        return True
    return isinstance(content, list) and all(
        isinstance(token, dict) and "token" in token for token in cast("list[Any]", content)
    )


class _Choice:
    __slots__ = ("finish", "logprobs", "message", "other", "pieces")

    def __init__(self) -> None:
        self.pieces: dict[str, list[str]] = {"content": []}
        self.message: dict[str, Any] = {"role": "assistant"}
        self.logprobs: list[Any] | None = None
        self.finish: str | None = None
        self.other: dict[str, Any] = {}


class Assembler:
    """The completion that a stream of chunks amounts to: choices by their index, their tokens in order.

    Args:
        alternatives: Whether to keep the likeliest tokens at each place besides the one that was taken; they are more
            than half of all that an answer consists of.
    """

    def __init__(self, *, alternatives: bool = True) -> None:
        self._alternatives = alternatives
        self._choices: dict[int, _Choice] = {}
        self._first: Chunk | None = None
        self._usage: dict[str, Any] | None = None

    def feed(self, chunk: Chunk) -> None:
        """Take the next chunk in."""
        if self._first is None:
            self._first = chunk
        for piece in chunk.get("choices") or ():
            index = piece.get("index", 0)
            choice = self._choices.get(index)
            if choice is None:
                choice = self._choices[index] = _Choice()
            delta: dict[str, Any] = piece.get("delta") or {}
            for key, value in delta.items():
                if value is None or key == "role":
                    continue
                if isinstance(value, str):
                    choice.pieces.setdefault(key, []).append(value)
                elif isinstance(value, list):
                    choice.message.setdefault(key, []).extend(cast("list[Any]", value))
                else:
                    choice.message[key] = value
            logprobs = piece.get("logprobs")
            if logprobs and logprobs.get("content"):
                if choice.logprobs is None:
                    choice.logprobs = []
                if not self._alternatives:
                    for token in logprobs["content"]:
                        token.pop("top_logprobs", None)
                choice.logprobs += logprobs["content"]
            if piece.get("finish_reason"):
                choice.finish = piece["finish_reason"]
            if piece.get("stop_reason") is not None:
                choice.other["stop_reason"] = piece["stop_reason"]
        if chunk.get("usage"):
            self._usage = chunk["usage"]

    def finished(self, samples: int) -> bool:
        """Whether so many choices have come to their end."""
        return len(self._choices) >= samples and all(choice.finish for choice in self._choices.values())

    def completion(self) -> Completion:
        """What came so far, as one answer."""
        choices: list[dict[str, Any]] = []
        for index, choice in sorted(self._choices.items()):
            message = {**choice.message, **{key: "".join(pieces) for key, pieces in choice.pieces.items()}}
            whole: dict[str, Any] = {"index": index, "message": message, "finish_reason": choice.finish, **choice.other}
            if choice.logprobs is not None:
                whole["logprobs"] = {"content": choice.logprobs}
            choices.append(whole)
        first = self._first or {}
        kept = {key: first[key] for key in ("id", "created", "model", "system_fingerprint") if key in first}
        return {**kept, "object": "chat.completion", "choices": choices, "usage": self._usage}
