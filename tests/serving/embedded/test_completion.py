from __future__ import annotations

from typing import Any

from gradatim.serving.embedded.completion import assemble, joined


def test_chunks_are_put_together_by_sample() -> None:
    def piece(index: int, text: str | None, finish: str | None = None) -> dict[str, Any]:
        return {"choices": [{"index": index, "delta": {"content": text}, "finish_reason": finish}]}

    def spent(tokens: int) -> dict[str, Any]:
        return {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": tokens, "total_tokens": 9 + tokens}}

    chunks = [
        piece(1, None), piece(0, "a"), piece(1, "x"), piece(0, "b"), piece(1, None, "length"), spent(1),
        piece(0, None, "stop"), spent(2),
    ]  # fmt: skip
    answer = assemble(chunks)
    assert [choice["message"]["content"] for choice in answer["choices"]] == ["ab", "x"]
    assert [choice["finish_reason"] for choice in answer["choices"]] == ["stop", "length"]
    assert answer["usage"]["prompt_tokens"] == 9
    assert answer["usage"]["completion_tokens"] == 3


def test_samples_of_several_requests_count_the_prompt_once_and_all_that_was_read() -> None:
    def part(text: str, cached: int) -> dict[str, Any]:
        usage = {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": cached}}
        chunk = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": "stop"}], "usage": usage}
        return assemble([chunk])

    both = joined([part("a", 4), part("b", 9)])
    assert [(choice["index"], choice["message"]["content"]) for choice in both["choices"]] == [(0, "a"), (1, "b")]
    assert both["usage"]["prompt_tokens"] == 10
    assert both["usage"]["completion_tokens"] == 4
    assert both["usage"]["prompt_tokens_details"]["cached_tokens"] == 3
