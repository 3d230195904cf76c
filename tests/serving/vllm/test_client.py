"""What the client relies on, asked of a real vLLM."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, Field, SecretStr

from gradatim.serving.chat import OpenAIChat
from gradatim.serving.client import Client, Pool, open_transport
from gradatim.serving.client.http import HttpTransport
from gradatim.serving.client.resume import Said, resume
from gradatim.serving.structured import ask_structured
from gradatim.serving.transport import DeadlinePassed, RequestRefused, calling
from gradatim.settings import Settings
from tests.serving.client.server import text
from tests.serving.vllm.server import VllmServer

pytestmark = pytest.mark.vllm


class Judgement(BaseModel):
    verdict: Literal["correct", "incorrect"]
    line: int = Field(ge=1, le=9)


@pytest.fixture
async def client(vllm_server: VllmServer) -> AsyncIterator[Client]:
    settings = Settings(api_key=SecretStr(vllm_server.api_key), model_timeout=120, price_input=1, price_output=2)
    client = open_transport([vllm_server.address], settings)
    yield client
    await client.aclose()


def question(server: VllmServer, **more: Any) -> dict[str, Any]:
    return {
        "model": server.model,
        "messages": [{"role": "user", "content": "Where does the loop stop one element too early?"}],
        "temperature": 0,
        "max_tokens": 12,
        **more,
    }


def endpoint(client: Client) -> HttpTransport:
    assert isinstance(client.pool, Pool)
    transport = client.pool.members[0].transport
    assert isinstance(transport, HttpTransport)
    return transport


async def test_the_dialect_is_found_out(client: Client) -> None:
    dialect = await endpoint(client).dialect()
    assert dialect.server == "vllm"
    assert dialect.version >= (0, 12)
    assert (dialect.streams, dialect.continues, dialect.guided) == (True, True, False)
    assert await endpoint(client).healthy()


async def test_samples_logprobs_and_usage_of_one_request(client: Client, vllm_server: VllmServer) -> None:
    payload = question(vllm_server, n=3, temperature=0.8, seed=5, logprobs=True, top_logprobs=1, ignore_eos=True)
    answer = await client.complete(payload)
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2]
    assert [choice["finish_reason"] for choice in answer["choices"]] == ["length"] * 3
    assert [len(choice["logprobs"]["content"]) for choice in answer["choices"]] == [12] * 3
    assert answer["usage"]["completion_tokens"] == 36
    single = (await client.complete(question(vllm_server)))["usage"]["prompt_tokens"]
    assert answer["usage"]["prompt_tokens"] == single
    account = client.ledger.total()
    assert account.usage.samples == 4
    assert account.cost is not None
    assert account.cost > 0


async def test_a_stream_says_what_the_whole_answer_says(client: Client, vllm_server: VllmServer) -> None:
    payload = question(vllm_server, ignore_eos=True)
    whole = await client.complete(payload)
    chunks = [chunk async for chunk in client.stream(payload)]
    said = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
    assert said == text(whole)
    usage = [chunk["usage"] for chunk in chunks if chunk.get("usage")]
    assert usage[-1]["completion_tokens"] == whole["usage"]["completion_tokens"] == 12


async def test_cached_prompt_tokens_are_told(client: Client, vllm_server: VllmServer) -> None:
    payload = question(vllm_server, messages=[{"role": "user", "content": "a prompt of several blocks " * 12}])
    await client.complete(payload)
    details = (await client.complete(payload))["usage"].get("prompt_tokens_details")
    assert details, "the profile has to start vLLM with --enable-prompt-tokens-details"
    assert details["cached_tokens"] >= 16


async def test_answers_keep_to_a_schema(client: Client, vllm_server: VllmServer) -> None:
    model = OpenAIChat(model=vllm_server.model, transport=client)
    question = [HumanMessage("Judge.")]
    answer = await ask_structured(model, question, Judgement, n=2, temperature=0.9, max_tokens=60, seed=1)
    for sample in answer.samples:
        assert isinstance(sample.value, Judgement), sample.reason
        assert not sample.repaired


async def test_a_begun_answer_is_continued(client: Client, vllm_server: VllmServer) -> None:
    """What `resume` asks for is the rest of the same answer."""
    payload = question(vllm_server, logprobs=True, ignore_eos=True, max_tokens=16)
    chunks = [chunk async for chunk in client.stream(payload)]
    whole = "".join(choice["delta"].get("content") or "" for chunk in chunks for choice in chunk["choices"])
    said = Said()
    for chunk in chunks:
        said.take(chunk)
        if said.tokens >= 6:
            break
    plan = resume(payload, said, await endpoint(client).dialect(), client.endpoint)
    assert plan is not None
    request, kept = plan
    assert request["max_tokens"] == 16 - said.tokens
    rest = ""
    async for chunk in client.stream(request):
        new = kept(chunk)
        assert new is not None
        rest += "".join(choice["delta"].get("content") or "" for choice in new["choices"])
        if new.get("usage"):
            assert new["usage"]["completion_tokens"] == 16
    assert rest
    # Text is not tokens: the seam may be cut into other tokens than the model's own, but nothing is lost or repeated.
    assert whole.startswith(said.text)
    assert not rest.startswith(said.text)


async def test_deadlines_hold(client: Client, vllm_server: VllmServer) -> None:
    started = time.monotonic()
    with calling(seconds=0.3), pytest.raises(DeadlinePassed, match=r"0\.3 seconds"):
        await client.complete(question(vllm_server, max_tokens=1500, ignore_eos=True, n=4, temperature=1))
    assert time.monotonic() - started < 10
    assert text(await client.complete(question(vllm_server)))


async def test_wrong_requests_are_refused_once(client: Client, vllm_server: VllmServer) -> None:
    with pytest.raises(RequestRefused) as caught:
        await client.complete(question(vllm_server, temperature=-1))
    assert caught.value.status == 400
    with pytest.raises(RequestRefused) as caught:
        await client.complete(question(vllm_server, model="unknown"))
    assert caught.value.status == 404
    assert client.ledger.total().attempts == 2
