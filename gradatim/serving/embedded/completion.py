"""A whole completion from the chunks of a stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradatim.serving.transport import Chunk, Completion


def assemble(chunks: list[Chunk]) -> Completion:
    """The completion that a stream of chunks amounts to.

    Tokens are counted for each sample by itself; those of the prompt, which the samples share, once.
    """
    choices: dict[int, dict[str, Any]] = {}
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0, "cached_tokens": 0}
    timings: list[dict[str, Any]] = []
    for chunk in chunks:
        for piece in chunk["choices"]:
            choice = choices.setdefault(
                piece["index"],
                {
                    "index": piece["index"],
                    "message": {"role": "assistant", "content": ""},
                    "finish_reason": None,
                },
            )
            choice["message"]["content"] += piece["delta"].get("content") or ""
            choice["finish_reason"] = piece.get("finish_reason") or choice["finish_reason"]
            if piece.get("logprobs"):
                choice.setdefault("logprobs", {"content": []})["content"] += piece["logprobs"]["content"]
        if spent := chunk.get("usage"):
            usage["prompt_tokens"] = max(usage["prompt_tokens"], spent["prompt_tokens"])
            usage["completion_tokens"] += spent["completion_tokens"]
            cached = spent.get("prompt_tokens_details", {}).get("cached_tokens", 0)
            usage["cached_tokens"] = max(usage["cached_tokens"], cached)
        if measured := chunk.get("timings"):
            timings.append(measured)
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
    cached = usage.pop("cached_tokens")
    return {
        "object": "chat.completion",
        "choices": [choices[index] for index in sorted(choices)],
        "usage": {**usage, "prompt_tokens_details": {"cached_tokens": cached}},
        "timings": timings,
    }


def joined(parts: Sequence[Completion]) -> Completion:
    """One completion of several for the same prompt; what any of them read anew of the prompt was not cached."""
    if len(parts) == 1:
        return parts[0]
    choices: list[dict[str, Any]] = [choice for part in parts for choice in part["choices"]]
    spent = [part["usage"] for part in parts]
    prompt = spent[0]["prompt_tokens"]
    read = sum(usage["prompt_tokens"] - usage["prompt_tokens_details"]["cached_tokens"] for usage in spent)
    written = sum(usage["completion_tokens"] for usage in spent)
    return {
        "object": "chat.completion",
        "choices": [{**choice, "index": index} for index, choice in enumerate(choices)],
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
            "prompt_tokens_details": {"cached_tokens": max(0, prompt - read)},
        },
        "timings": [measured for part in parts for measured in part["timings"]],
    }
