"""Controlled decoding on a real server, with its plug-in loaded by `gradatim serve`."""

from __future__ import annotations

import http
import json
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gradatim.serving.chat import OpenAIChat
from gradatim.serving.steering import Steering
from gradatim.serving.steering.tokens import token_biases
from gradatim.serving.steering.vllm import probe, vllm_extras
from gradatim.serving.transport import HttpTransport, RequestRefused
from tests.serving.vllm.server import VllmServer

pytestmark = pytest.mark.vllm

HELLO: list[dict[str, Any]] = [{"role": "user", "content": "check the base case before the recursive call"}]
WORDS = ("base", "case", "before", "call")


@pytest.fixture
def tokenize(vllm_server: VllmServer) -> Callable[[str], list[int]]:
    known: dict[str, list[int]] = {}

    def ask(text: str) -> list[int]:
        if text not in known:
            status, answer = vllm_server.request(
                "/tokenize", {"model": vllm_server.model, "prompt": text, "add_special_tokens": False}
            )
            assert status == http.HTTPStatus.OK, answer
            known[text] = answer["tokens"]
        return known[text]

    return ask


def logprobs(server: VllmServer, tokens: list[int], steering: Steering | None, temperature: float) -> list[float]:
    """Log-probabilities of given first tokens as they are sampled (the server shows processed ones)."""
    payload = {"messages": HELLO, "max_tokens": 1, "temperature": temperature, "logprobs": True}
    # all tokens: the model's generation config cuts the tail off
    payload |= {"top_p": 1.0, "top_k": 0}
    payload |= {"logprob_token_ids": tokens, "return_tokens_as_token_ids": True}
    if steering is not None:
        payload["steering"] = steering.plain()
    answer = server.chat(**vllm_extras(payload))
    found = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    by_token = {item["token"]: item["logprob"] for item in found}
    return [by_token[f"token_id:{token}"] for token in tokens]


def greedy(server: VllmServer, steering: Steering | None, tokens: int = 4, **more: Any) -> str:
    payload = {"messages": HELLO, "max_tokens": tokens, "temperature": 0.0, **more}
    if steering is not None:
        payload["steering"] = steering.plain()
    return server.chat(**vllm_extras(payload))["choices"][0]["message"]["content"]


def only(word: str) -> Steering:
    return Steering(lambda_curriculum=20.0, curriculum={word: 1.0})


@pytest.mark.parametrize("temperature", [1.0, 0.6])
def test_log_probabilities_differ_by_lambda_times_weight_up_to_the_normaliser(
    vllm_server: VllmServer, tokenize: Callable[[str], list[int]], temperature: float
) -> None:
    steering = Steering(
        lambda_profile=3.0, lambda_curriculum=1.5, profile={"base": 1.0, "call": -0.5}, curriculum={"case": 1.0}
    )
    biases = token_biases(steering, tokenize)
    assert len({round(bias, 6) for bias in biases.values()}) >= 3
    tokens = [*list(biases)[:8], *(token for token in range(300, 306) if token not in biases)]
    plain = logprobs(vllm_server, tokens, None, temperature)
    steered = logprobs(vllm_server, tokens, steering, temperature)
    shifts = [
        after - before - biases.get(token, 0.0) / temperature
        for token, before, after in zip(tokens, plain, steered, strict=True)
    ]
    assert max(shifts) - min(shifts) < 1e-4
    assert abs(shifts[0]) > 1e-3, "the normaliser has changed"


def test_samples_come_as_often_as_the_formula_says(
    vllm_server: VllmServer, tokenize: Callable[[str], list[int]]
) -> None:
    steering = Steering(lambda_profile=5.0, profile={"base": 1.0})
    biases = token_biases(steering, tokenize)
    expected = sum(math.exp(value) for value in logprobs(vllm_server, list(biases), steering, 1.0))
    payload = {"messages": HELLO, "max_tokens": 1, "temperature": 1.0, "n": 200, "seed": 3, "logprobs": True}
    payload |= {"top_p": 1.0, "top_k": 0}
    payload |= {"steering": steering.plain(), "return_tokens_as_token_ids": True}
    answer = vllm_server.chat(**vllm_extras(payload))
    names = {f"token_id:{token}" for token in biases}
    drawn = [choice["logprobs"]["content"][0]["token"] in names for choice in answer["choices"]]
    assert 0.02 < expected < 0.98
    assert abs(sum(drawn) / 200 - expected) < 4 * math.sqrt(expected * (1 - expected) / 200)


def test_requests_side_by_side_have_their_own_words(vllm_server: VllmServer) -> None:
    wanted = [None, *WORDS] * 5
    plain = greedy(vllm_server, None, 1)
    alone = {word: greedy(vllm_server, only(word), 1) for word in WORDS}
    assert len({plain, *alone.values()}) == 5

    def ask(number: int, word: str | None) -> str:
        return greedy(vllm_server, only(word) if word else None, 2 + number % 6)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(ask, range(len(wanted)), wanted))
    for word, answer in zip(wanted, answers, strict=True):
        assert answer.startswith(plain if word is None else alone[word])
        if word is not None:
            assert not answer.replace(word, "").replace(word.capitalize(), "").strip(), answer


def test_a_schema_holds_whatever_is_preferred(vllm_server: VllmServer) -> None:
    schema = {"type": "object", "properties": {"a": {"enum": ["base", "call"]}}, "required": ["a"]}
    schema["additionalProperties"] = False
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}
    for word in ("base", "call"):
        text = greedy(vllm_server, only(word), 40, response_format=form)
        assert json.loads(text) == {"a": word}


@pytest.mark.parametrize(
    ("steering", "problem"),
    [
        ('{"lambda": 1}', "steering.lambda"),
        ('{"lambda_profile": "2"}', "steering.lambda_profile"),
        ('{"lambda_profile": 21}', "steering.lambda_profile"),
        ('{"profile": {"base": NaN}}', "steering.profile.base"),
        ('{"profile": {"base": 1.5}}', "steering.profile.base"),
        (json.dumps({"profile": {f"w{n}": 0.5 for n in range(257)}}), "at most 256"),
        ('{"temperature": 0.5}', "steering.temperature"),
        ("no JSON", "Invalid JSON"),
        (1, "vllm_xargs.steering"),
    ],
)
def test_bad_parameters_are_answered_with_400_and_a_reason(
    vllm_server: VllmServer, steering: object, problem: str
) -> None:
    payload = {"model": vllm_server.model, "messages": HELLO, "max_tokens": 1, "temperature": 1.0}
    status, answer = vllm_server.request("/v1/chat/completions", {**payload, "vllm_xargs": {"steering": steering}})
    assert status == http.HTTPStatus.BAD_REQUEST
    assert problem in answer["error"]["message"]


def test_the_probe_finds_the_plug_in(vllm_server: VllmServer) -> None:
    assert vllm_server.request("/v1/chat/completions", probe(vllm_server.model))[0] == http.HTTPStatus.BAD_REQUEST


async def test_through_the_client(vllm_server: VllmServer) -> None:
    transport = HttpTransport(vllm_server.address, api_key=vllm_server.api_key)
    chat = OpenAIChat(model=vllm_server.model, transport=transport, temperature=0.0, max_tokens=2)
    question = HELLO[0]["content"]
    plain = await chat.ainvoke(question)
    steered = await chat.ainvoke(question, steering=only("base"))
    assert plain.text != steered.text
    assert steered.text.strip().lower().startswith("base")
    pieces = [piece.text async for piece in chat.astream(question, steering=only("base"))]
    assert "".join(pieces) == steered.text
    with pytest.raises(RequestRefused, match="lambda_profile"):
        await chat.ainvoke(question, steering={"lambda_profile": 99})
