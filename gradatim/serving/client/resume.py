"""How an answer that broke off in the middle goes on at another endpoint, without a word lost or said twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from gradatim.serving.client.dialect import Dialect
from gradatim.serving.transport import BrokenOff, Chunk, Payload

_CONSTRAINTS = ("response_format", "structured_outputs", "guided_json", "guided_regex", "guided_choice", "tools")


@dataclass(slots=True)
class Said:
    """What of a stream was handed out."""

    pieces: list[str] = field(default_factory=list[str])
    tokens: int = 0
    """Counted from the log-probabilities where there are any; otherwise the pieces, one token each."""
    finished: bool = False

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def take(self, chunk: Chunk) -> None:
        """Note a chunk that is handed out."""
        for choice in chunk.get("choices") or ():
            delta: dict[str, Any] = choice.get("delta") or {}
            logprobs: dict[str, Any] = choice.get("logprobs") or {}
            content, tokens = delta.get("content"), logprobs.get("content")
            if content:
                self.pieces.append(content)
            self.tokens += len(tokens) if tokens else bool(content)
            self.finished = self.finished or bool(choice.get("finish_reason"))


class Filter(Protocol):
    """What is handed out of the second stream."""

    def __call__(self, chunk: Chunk) -> Chunk | None: ...


def everything(chunk: Chunk) -> Chunk:
    """Hand out all of it."""
    return chunk


def resume(payload: Payload, said: Said, dialect: Dialect | None, place: str) -> tuple[Payload, Filter] | None:
    """The request that brings the rest of an answer, and what to hand out of its stream.

    A server that can is asked to continue the text. Otherwise the answer is asked for again from its start, and what
    was handed out is passed over, which is right only where the model says the same again: at temperature 0, or with a
    seed.

    Returns:
        `None` where the rest cannot be had.
    """
    if not said.pieces:
        return payload, everything
    free = not any(payload.get(key) for key in _CONSTRAINTS)
    limit = payload.get("max_tokens") or payload.get("max_completion_tokens")
    left = None if limit is None else int(limit) - said.tokens
    if free and dialect is not None and dialect.continues and (left is None or left > 0):
        turn = {"role": "assistant", "content": said.text}
        request = {
            **payload,
            "messages": [*payload["messages"], turn],
            "add_generation_prompt": False,
            "continue_final_message": True,
        }
        if left is not None:
            request["max_completion_tokens" if "max_completion_tokens" in payload else "max_tokens"] = left
        return request, Joined(said.tokens)
    if payload.get("temperature") == 0 or payload.get("seed") is not None:
        return payload, PassedOver(said.text, place)
    return None


class Joined:
    """The rest of a continued answer, its tokens counted as if it were one.

    Args:
        tokens: Tokens of the first part, which the second request read as prompt.
    """

    def __init__(self, tokens: int) -> None:
        self._tokens = tokens

    def __call__(self, chunk: Chunk) -> Chunk:
        usage = chunk.get("usage")
        if not usage:
            return chunk
        moved = min(self._tokens, int(usage.get("prompt_tokens") or 0))
        counted: dict[str, Any] = {
            **usage,
            "prompt_tokens": int(usage.get("prompt_tokens") or 0) - moved,
            "completion_tokens": int(usage.get("completion_tokens") or 0) + self._tokens,
        }
        counted["total_tokens"] = counted["prompt_tokens"] + counted["completion_tokens"]
        return {**chunk, "usage": counted}


class PassedOver:
    """The part of an answer, said again, that comes after what was handed out.

    Args:
        text: What was handed out.
        place: For the error.
    """

    def __init__(self, text: str, place: str) -> None:
        self._left = text
        self._place = place

    def __call__(self, chunk: Chunk) -> Chunk | None:
        """The new part of a chunk; `None` where it has none.

        Raises:
            BrokenOff: The model says something else this time.
        """
        if not self._left or not chunk.get("choices"):
            return chunk
        choice = chunk["choices"][0]
        delta: dict[str, Any] = choice.get("delta") or {}
        content: str = delta.get("content") or ""
        same = min(len(content), len(self._left))
        if content[:same] != self._left[:same] or (choice.get("finish_reason") and len(content) < len(self._left)):
            raise BrokenOff(
                "the answer broke off, and the model does not say the same again",
                place=self._place,
                remedy="ask again, at temperature 0 where answers have to survive the loss of a server",
            )
        self._left = self._left[same:]
        rest = content[same:]
        if not rest and not choice.get("finish_reason"):
            return None
        new = {key: value for key, value in choice.items() if key != "logprobs" or len(rest) == len(content)}
        return {**chunk, "choices": [{**new, "delta": {**delta, "content": rest}}]}
