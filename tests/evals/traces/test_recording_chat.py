"""Questions to models as spans: whole and streamed answers, models of others, and models that fail."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from gradatim import telemetry
from gradatim.errors import ModelError
from gradatim.evals.traces import Span
from gradatim.evals.traces.formats.conventions import check_conventions
from gradatim.evals.traces.recording.converting import trace_of_run
from gradatim.memory.rights.scrubbing import Scrubber
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.scripted import ScriptedChat
from gradatim.serving.structured import ask_structured
from gradatim.serving.telling import provider_of
from gradatim.telemetry import names
from tests.telemetry.conftest import Kept

QUESTION = [SystemMessage("Be brief."), HumanMessage("Why, asks ada-lovelace?")]


@contextmanager
def asked(content: bool = False) -> Iterator[list[Span]]:
    """Chat spans of what is asked in the block; there when it is left."""
    kept, found = Kept(), list[Span]()
    scrubber = Scrubber(content, lambda: b"k" * 16)
    with telemetry.recorded_by(kept), telemetry.policed(scrubber), telemetry.workflow("w", learner="ada-lovelace"):
        yield found
    (run,) = kept.runs
    found += trace_of_run(run, scrubber).of("chat")
    assert [str(problem) for span in found for problem in check_conventions(span)] == []


async def test_a_streamed_answer_is_one_span() -> None:
    with asked(content=True) as spans:
        pieces = [
            piece.text async for piece in ScriptedChat(script=["because it is so"], temperature=0.3).astream(QUESTION)
        ]
    assert "".join(pieces) == "because it is so"
    (span,) = spans
    assert span.attributes[names.STREAM] is True
    assert span.attributes[names.TEMPERATURE] == 0.3
    assert span.attributes[names.FINISH_REASONS] == ["stop"]
    assert span.attributes[names.OUTPUT_TOKENS] == 4
    assert span.attributes[names.MAX_TOKENS] == 1024
    (said,) = json.loads(span.attributes[names.OUTPUT_MESSAGES])
    assert said == {
        "role": "assistant", "parts": [{"type": "text", "content": "because it is so"}], "finish_reason": "stop",
    }  # fmt: skip
    system, human = json.loads(span.attributes[names.INPUT_MESSAGES])
    assert (system["role"], human["role"]) == ("system", "user")
    assert "ada-lovelace" not in human["parts"][0]["content"]


async def test_a_stream_that_is_left_early_ends_its_span() -> None:
    with asked() as spans:
        async with aclosing(ScriptedChat(script=["because it is so"]).astream(QUESTION)) as pieces:  # type: ignore[type-var]
            await anext(pieces)
        await asyncio.sleep(0.01)  # the event loop closes the generators below
    (span,) = spans
    assert span.ok
    assert names.OUTPUT_MESSAGES not in span.attributes


async def test_the_question_after_a_broken_answer_is_a_span_of_its_own() -> None:
    model = ScriptedChat(script=["no JSON", {"answer": 4}])
    schema = {"type": "object", "properties": {"answer": {"type": "integer"}}, "required": ["answer"]}
    with asked() as spans:
        found = await ask_structured(model, QUESTION, schema, max_tokens=50, seed=3)
    assert found.value == {"answer": 4}
    assert [span.name for span in spans] == ["chat scripted", "chat scripted"]
    assert all(span.attributes[names.SEED] == 3 for span in spans)
    assert sum(span.attributes[names.INPUT_TOKENS] for span in spans) == found.usage.input_tokens
    assert sum(span.attributes[names.OUTPUT_TOKENS] for span in spans) == found.usage.output_tokens


async def test_a_model_of_somebody_else_is_told_too() -> None:
    answer = AIMessage(
        '{"answer": 4}',
        usage_metadata={
            "input_tokens": 11, "output_tokens": 5, "total_tokens": 16, "input_token_details": {"cache_read": 7},
        },
        response_metadata={"finish_reason": "length", "model_name": "theirs-2"},
    )  # fmt: skip
    model = GenericFakeChatModel(messages=iter([answer, answer]))
    schema = {"type": "object", "properties": {"answer": {"type": "integer"}}, "required": ["answer"]}
    with asked(content=True) as spans:
        found = await ask_structured(model, QUESTION, schema, n=2, max_tokens=50)
    assert [sample.value for sample in found.samples] == [{"answer": 4}, {"answer": 4}]
    assert len(spans) == 2  # it gives one answer at a time
    for span in spans:
        assert span.name == "chat GenericFakeChatModel"
        assert span.attributes[names.RESPONSE_MODEL] == "theirs-2"
        assert span.attributes[names.FINISH_REASONS] == ["length"]
        assert span.attributes[names.CACHED_TOKENS] == 7
        assert '{\\"answer\\": 4}' in span.attributes[names.OUTPUT_MESSAGES]


class Broken:
    """A transport to a server that does not answer."""

    endpoint = "https://models.example.org/v1"

    async def complete(self, payload: dict[str, Any]) -> Any:
        raise ModelError("it is away, says ada-lovelace", place=self.endpoint)

    async def stream(self, payload: dict[str, Any]) -> AsyncGenerator[Any, None]:
        yield {"choices": [{"delta": {"content": "be"}}]}
        raise ModelError("it broke off, says ada-lovelace", place=self.endpoint)


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_model_that_does_not_answer_marks_its_span(streamed: bool) -> None:
    model = OpenAIChat(model="big", transport=Broken())

    async def ask() -> None:
        if streamed:
            async for _ in model.astream(QUESTION):
                continue
        else:
            await model.ainvoke(QUESTION)

    with asked() as spans, pytest.raises(ModelError):
        await ask()
    (span,) = spans
    assert not span.ok
    assert span.attributes[names.ERROR] == "ModelError"
    assert "ada" not in span.message
    assert (span.attributes[names.SERVER], span.attributes[names.PORT]) == ("models.example.org", 443)
    assert span.attributes[names.PROVIDER] == "openai"


def test_whose_interface_an_endpoint_speaks() -> None:
    given = ("http://host:8000/v1", "vllm:/models/x", str(Path("models") / "x.gguf"), "scripted")
    assert [provider_of(item) for item in given] == ["openai", "vllm", "llama.cpp", "gradatim"]
