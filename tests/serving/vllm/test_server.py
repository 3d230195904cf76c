"""A real vLLM behind `gradatim serve`: what the interface answers, and what the client makes of it."""

from __future__ import annotations

import http
import json
import math
from collections.abc import AsyncIterator, Mapping
from typing import Any

import jsonschema
import pytest
from langchain_core.messages import HumanMessage

from gradatim.agents.answer import feedback_schema
from gradatim.agents.critic import opinion_schema
from gradatim.domain import Diagnosis, Evidence, Execution, Outcome
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.structured import ask_structured
from gradatim.serving.transport import HttpTransport, RequestRefused
from gradatim.tools.claims.case import Case
from tests.cases import TASK, submission
from tests.serving.vllm.server import VllmServer

pytestmark = pytest.mark.vllm

HELLO: list[dict[str, Any]] = [{"role": "user", "content": "check the base case before the recursive call"}]
BLOCK = 32


@pytest.fixture
async def chat(vllm_server: VllmServer) -> AsyncIterator[OpenAIChat]:
    """gradatim's client, as it talks to a server in production."""
    transport = HttpTransport(vllm_server.address, api_key=vllm_server.api_key, timeout=120)
    yield OpenAIChat(model=vllm_server.model, transport=transport, temperature=0.0, max_tokens=16)
    if closing := getattr(transport, "aclose", None):
        await closing()


def long_question(mark: str, words: int = 1000) -> list[dict[str, Any]]:
    """A prompt that no earlier request shares."""
    return [{"role": "user", "content": f"{mark} " + "the loop stops one element too early " * (words // 7)}]


def computed(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """Prompt tokens that were read, not found in the cache."""
    asked = after["vllm:prefix_cache_queries_total"] - before["vllm:prefix_cache_queries_total"]
    found = after["vllm:prefix_cache_hits_total"] - before["vllm:prefix_cache_hits_total"]
    return asked - found


def test_health_version_and_models(vllm_server: VllmServer) -> None:
    assert vllm_server.request("/health", key="")[0] == http.HTTPStatus.OK
    assert vllm_server.request("/version")[1]["version"]
    names = [model["id"] for model in vllm_server.request("/v1/models")[1]["data"]]
    assert names == [vllm_server.model, vllm_server.lora]


@pytest.mark.parametrize("key", ["", "another"])
def test_without_the_key_nobody_is_answered(vllm_server: VllmServer, key: str) -> None:
    for path, payload in (("/v1/models", None), ("/v1/chat/completions", {"messages": HELLO})):
        assert vllm_server.request(path, payload, key=key)[0] == http.HTTPStatus.UNAUTHORIZED


def test_the_key_is_asked_for_where_vllm_itself_does_not(vllm_server: VllmServer) -> None:
    payload = {"model": vllm_server.model, "messages": HELLO, "max_tokens": 2}
    for path in ("/invocations", "/tokenize"):
        assert vllm_server.request(path, payload, key="")[0] == http.HTTPStatus.UNAUTHORIZED
        assert vllm_server.request(path, payload)[0] == http.HTTPStatus.OK
    assert vllm_server.request("/metrics", key="")[0] == http.HTTPStatus.OK


def test_the_key_does_not_show_in_the_list_of_processes(vllm_server: VllmServer) -> None:
    members = vllm_server.members()
    assert members
    for process in members:
        with open(f"/proc/{process}/cmdline", "rb") as file:
            assert vllm_server.api_key.encode() not in file.read()


def test_metrics_count_what_was_asked(vllm_server: VllmServer) -> None:
    before = vllm_server.metrics()
    vllm_server.chat(messages=HELLO, max_tokens=5, ignore_eos=True)
    after = vllm_server.metrics()
    assert after["vllm:generation_tokens_total"] - before["vllm:generation_tokens_total"] == 5
    assert after["vllm:request_success_total"] - before["vllm:request_success_total"] == 1


async def test_an_answer_through_the_client(chat: OpenAIChat) -> None:
    first, second = [await chat.ainvoke(HELLO) for _ in range(2)]
    assert first.text == second.text != ""
    assert first.usage_metadata is not None
    assert first.usage_metadata["output_tokens"] <= 16
    assert -20 < first.response_metadata["mean_logprob"] <= 0


async def test_a_stream_says_the_same_in_pieces(chat: OpenAIChat) -> None:
    whole = await chat.ainvoke(HELLO)
    pieces = [piece async for piece in chat.astream(HELLO)]
    assert len(pieces) > 3
    assert "".join(piece.text for piece in pieces) == whole.text
    usage = [piece.usage_metadata for piece in pieces if piece.usage_metadata]
    assert usage[-1]["output_tokens"] == whole.usage_metadata["output_tokens"]  # type: ignore[index]


def test_log_probabilities_are_those_of_the_tokens(vllm_server: VllmServer) -> None:
    answer = vllm_server.chat(messages=HELLO, max_tokens=3, temperature=0, logprobs=True, top_logprobs=5)
    for token in answer["choices"][0]["logprobs"]["content"]:
        best = token["top_logprobs"][0]
        assert token["logprob"] == best["logprob"] <= 0
        assert [item["logprob"] for item in token["top_logprobs"]] == sorted(
            (item["logprob"] for item in token["top_logprobs"]), reverse=True
        )
        assert sum(math.exp(item["logprob"]) for item in token["top_logprobs"]) <= 1.0001


def test_three_samples_read_the_prompt_once(vllm_server: VllmServer) -> None:
    question = {"max_tokens": 8, "temperature": 1.0, "ignore_eos": True}
    start = vllm_server.metrics()
    one = vllm_server.chat(messages=long_question("first"), n=1, **question)
    middle = vllm_server.metrics()
    three = vllm_server.chat(messages=long_question("other"), n=3, **question)
    end = vllm_server.metrics()
    length = one["usage"]["prompt_tokens"]
    assert length > 20 * BLOCK
    assert abs(three["usage"]["prompt_tokens"] - length) < BLOCK
    assert len({choice["message"]["content"] for choice in three["choices"]}) > 1
    single, several = computed(start, middle), computed(middle, end)
    # each further sample reads at most the prompt's last block anew
    assert several <= single + 2 * (BLOCK + 1) + abs(three["usage"]["prompt_tokens"] - length)
    assert several <= 1.25 * single


async def test_the_client_asks_for_samples_in_one_request(chat: OpenAIChat, vllm_server: VllmServer) -> None:
    before = vllm_server.metrics()
    schema = {
        "type": "object",
        "properties": {"verdict": {"enum": ["right", "wrong"]}},
        "required": ["verdict"],
        "additionalProperties": False,
    }
    answer = await ask_structured(
        chat,
        [HumanMessage(long_question("sampled")[0]["content"])],
        schema,
        n=3,
        temperature=1.0,
        max_tokens=32,
        seed=3,
    )
    after = vllm_server.metrics()
    assert [sample.value["verdict"] in ("right", "wrong") for sample in answer.samples] == [True] * 3
    assert computed(before, after) <= 1.25 * answer.usage.input_tokens


def case() -> tuple[Case, tuple[Evidence, ...]]:
    """What agents would ask the model about."""
    given = submission()
    outcomes = tuple(
        Outcome(test=test.id, status="passed" if test.id == "t1" else "failed", actual="0") for test in TASK.tests
    )
    execution = Execution(submission=given.id, task=TASK.id, outcomes=outcomes, tier="bubblewrap")
    evidence = (
        Evidence(id="test:t2", kind="test", summary="sum_up_to(1) returned 0 instead of 1"),
        Evidence(id="line:3", kind="line", summary="line 3 is `for i in range(n):`", lines=(3,)),
    )
    diagnosis = Diagnosis(submission=given.id, verdict="incorrect", error_category="logical", evidence=evidence)
    return Case.of(TASK, given, execution, diagnosis, evidence), evidence


async def test_opinions_of_the_critic_keep_to_their_schema(chat: OpenAIChat) -> None:
    about, _ = case()
    schema = opinion_schema(about)
    answer = await ask_structured(
        chat, [HumanMessage("Say why.")], schema, n=3, temperature=1.0, max_tokens=600, seed=1
    )
    for sample in answer.samples:
        jsonschema.validate(sample.value, schema)
    assert not any(sample.repaired for sample in answer.samples)


async def test_feedback_keeps_to_its_schema(chat: OpenAIChat) -> None:
    about, evidence = case()
    schema = feedback_schema(about, evidence)
    answer = await ask_structured(
        chat, [HumanMessage("Write feedback.")], schema, temperature=1.0, max_tokens=1900, seed=2
    )
    jsonschema.validate(answer.value, schema)


def test_json_is_written_without_white_space_to_get_lost_in(vllm_server: VllmServer) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    schema["additionalProperties"] = False
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    answer = vllm_server.chat(messages=HELLO, max_tokens=64, temperature=1.0, seed=4, n=4, response_format=form)
    for choice in answer["choices"]:
        text = choice["message"]["content"]
        assert "".join(text.split()) == text
        if choice["finish_reason"] == "stop":
            assert isinstance(json.loads(text)["a"], int)


def test_an_adapter_answers_under_its_name_and_leaves_the_model_alone(vllm_server: VllmServer) -> None:
    question = {"messages": HELLO, "max_tokens": 4, "temperature": 0, "logprobs": True, "top_logprobs": 3}

    def logprobs(model: str | None) -> list[float]:
        content = vllm_server.chat(**question, model=model)["choices"][0]["logprobs"]["content"]
        return [item["logprob"] for item in content[0]["top_logprobs"]]

    bare, adapted, again = (logprobs(name) for name in (vllm_server.model, vllm_server.lora, vllm_server.model))
    assert again == pytest.approx(bare, abs=1e-4)
    assert max(abs(one - other) for one, other in zip(bare, adapted, strict=True)) > 1e-3


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"temperature": -1}, http.HTTPStatus.BAD_REQUEST),
        ({"max_tokens": 0}, http.HTTPStatus.BAD_REQUEST),
        ({"top_p": 3}, http.HTTPStatus.BAD_REQUEST),
        ({"messages": "hello"}, http.HTTPStatus.BAD_REQUEST),
        ({"max_tokens": 100_000}, http.HTTPStatus.BAD_REQUEST),
        ({"model": "another"}, http.HTTPStatus.NOT_FOUND),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "nothing"}}}},
            http.HTTPStatus.BAD_REQUEST,
        ),
    ],
)
def test_what_makes_no_sense_is_refused(vllm_server: VllmServer, wrong: dict[str, Any], status: int) -> None:
    payload = {"model": vllm_server.model, "messages": HELLO, **wrong}
    got, answer = vllm_server.request("/v1/chat/completions", payload)
    assert got == status, answer
    assert answer["error"]["message"]


async def test_a_refusal_reaches_the_caller_as_one(chat: OpenAIChat) -> None:
    with pytest.raises(RequestRefused) as caught:
        await chat.ainvoke(HELLO, temperature=-1)
    assert caught.value.status == http.HTTPStatus.BAD_REQUEST
