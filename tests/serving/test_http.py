"""Endpoints that misbehave, over real sockets."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import HumanMessage
from langchain_core.tracers._streaming import _StreamingCallbackHandler
from pydantic import SecretStr

from gradatim.errors import ModelError, SettingsError
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.client import open_transport, retry
from gradatim.serving.client.retry import ATTEMPTS
from gradatim.serving.models import open_chat_model
from gradatim.serving.transport import RequestRefused
from gradatim.settings import Settings
from tests.serving.brain import TALK
from tests.serving.endpoint import Endpoint


def model(endpoint: Endpoint, name: str, timeout: float = 10) -> OpenAIChat:
    return OpenAIChat(model=name, transport=open_transport([endpoint.address], Settings(model_timeout=timeout)))


def requests(endpoint: Endpoint, name: str) -> int:
    return sum(1 for request in endpoint.requests if request["model"] == name)


@pytest.mark.parametrize("name", ["shaky", "busy", "hangs-up-once"])
async def test_passing_trouble_is_waited_out(endpoint: Endpoint, name: str) -> None:
    assert (await model(endpoint, name).ainvoke("Hello")).text == TALK


@pytest.mark.parametrize("name", ["down", "hangs-up"])
async def test_lasting_trouble_is_reported_after_a_few_attempts(endpoint: Endpoint, name: str) -> None:
    with pytest.raises(ModelError) as caught:
        await model(endpoint, name).ainvoke("Hello")
    assert requests(endpoint, name) == ATTEMPTS
    assert caught.value.place == endpoint.address
    assert caught.value.remedy
    if name == "down":
        assert "out of memory" in caught.value.message


@pytest.mark.parametrize(("name", "status", "remedy"), [("missing", 404, "name"), ("locked", 401, "GRADATIM_API_KEY")])
async def test_refusals_are_not_repeated(endpoint: Endpoint, name: str, status: int, remedy: str) -> None:
    with pytest.raises(RequestRefused) as caught:
        await model(endpoint, name).ainvoke("Hello")
    assert caught.value.status == status
    assert remedy in (caught.value.remedy or "")
    assert requests(endpoint, name) == 1


@pytest.mark.parametrize("name", ["web-page", "other-json"])
async def test_something_else_than_a_model_server(endpoint: Endpoint, name: str) -> None:
    with pytest.raises(ModelError, match="did not answer with a chat completion"):
        await model(endpoint, name).ainvoke("Hello")


async def test_a_slow_endpoint_is_given_up(endpoint: Endpoint) -> None:
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"within 0\.3 seconds") as caught:
        await model(endpoint, "slow", timeout=0.3).ainvoke("Hello")
    assert time.monotonic() - started < 3
    assert "GRADATIM_MODEL_TIMEOUT" in (caught.value.remedy or "")
    assert requests(endpoint, "slow") == 1


async def test_a_stalled_stream_is_given_up(endpoint: Endpoint) -> None:
    pieces: list[str] = []

    async def listen() -> None:
        async for chunk in model(endpoint, "stalls", timeout=0.5).astream("Hello"):
            pieces.append(chunk.text)  # noqa: PERF401  what came before the failure counts

    with pytest.raises(ModelError, match=r"within 0\.5 seconds"):
        await listen()
    assert "".join(pieces) == " ".join(TALK.split(" ")[:2])


async def test_a_stream_that_reports_an_error(endpoint: Endpoint) -> None:
    with pytest.raises(ModelError, match="lost a worker"):
        async for _ in model(endpoint, "breaks-off").astream("Hello"):
            pass


async def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PAUSE_SECONDS", 0.01)
    chat = OpenAIChat(model="x", transport=open_transport(["http://127.0.0.1:9/v1"], Settings(model_timeout=20)))
    with pytest.raises(ModelError, match="cannot be reached") as caught:
        await chat.ainvoke("Hello")
    assert "GRADATIM_MODEL" in (caught.value.remedy or "")


async def test_cancelling_hangs_up(endpoint: Endpoint) -> None:
    task = asyncio.create_task(model(endpoint, "slow").ainvoke("Hello"))
    await asyncio.to_thread(endpoint.asked.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_is_sent(endpoint: Endpoint) -> None:
    chat = model(endpoint, "good").model_copy(update={"temperature": 0.2, "seed": 7})
    await chat.ainvoke([HumanMessage("Hello")], stop=["\n\n"], top_p=0.9, max_tokens=5, frequency_penalty=0.1)
    sent = endpoint.requests[-1]
    assert sent["messages"] == [{"role": "user", "content": "Hello"}]
    expected = {"temperature": 0.2, "seed": 7, "stop": ["\n\n"], "top_p": 0.9, "max_tokens": 5, "logprobs": True}
    assert expected.items() <= sent.items()
    assert sent["frequency_penalty"] == 0.1
    assert "stream" not in sent


async def test_logprobs_are_averaged(endpoint: Endpoint) -> None:
    answer = await model(endpoint, "good").ainvoke("Hello")
    assert answer.response_metadata["mean_logprob"] == pytest.approx(-0.5)
    silent = model(endpoint, "good").model_copy(update={"logprobs": False})
    assert "mean_logprob" not in (await silent.ainvoke("Hello")).response_metadata


async def test_streaming_callbacks_do_not_merge_samples(endpoint: Endpoint) -> None:
    tokens: list[str] = []

    class Listener(AsyncCallbackHandler, _StreamingCallbackHandler):
        def tap_output_iter(self, run_id: Any, output: Any) -> Any:
            return output

        def tap_output_aiter(self, run_id: Any, output: Any) -> Any:
            return output

        async def on_llm_new_token(self, token: str, **kwargs: Any) -> None:
            tokens.append(token)

    chat, listener = model(endpoint, "good"), Listener()
    result = await chat.agenerate([[HumanMessage("Hello")]], n=3, callbacks=[listener])
    assert [generation.text for generation in result.generations[0]] == [TALK] * 3
    assert not tokens
    await chat.agenerate([[HumanMessage("Hello")]], callbacks=[listener])
    assert "".join(tokens) == TALK


async def test_an_endpoint_from_the_settings(endpoint: Endpoint, settings: Settings) -> None:
    settings = settings.model_copy(update={"api_key": SecretStr("s3cret")})
    chat = open_chat_model(f"{endpoint.address}/#good", settings)
    assert isinstance(chat, OpenAIChat)
    assert chat.model_name == "good"
    assert (await chat.ainvoke("Hello")).text == TALK
    assert endpoint.keys == ["Bearer s3cret"]
    assert "s3cret" not in repr(chat)
    with pytest.raises(SettingsError, match="needs an address"):
        open_chat_model(endpoint.address, settings)
