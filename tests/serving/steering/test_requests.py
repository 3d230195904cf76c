"""How a request's steering reaches each server."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from langchain_core.messages import HumanMessage

from gradatim.errors import ModelError
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.scripted import ScriptedChat
from gradatim.serving.steering import Steering, parse_steering
from gradatim.serving.steering.embedded import NativeTokenizer, native_steering
from gradatim.serving.steering.tokens import token_biases
from gradatim.serving.steering.vllm import ARGUMENT, probe, sampling_arguments, vllm_extras
from gradatim.serving.transport import Chunk, Completion, Payload, RequestRefused
from tests.serving.steering.vocabularies import byte_level

STEERING = Steering(lambda_profile=1.5, temperature=0.7, profile={"loop": 1.0, "recursion": -1.0})


class Recorder:
    """A transport that remembers what it was asked."""

    endpoint = "recorder"

    def __init__(self) -> None:
        self.asked: list[Payload] = []

    async def complete(self, payload: Payload) -> Completion:
        self.asked.append(json.loads(json.dumps(payload)))  # a payload is JSON
        return {"choices": [{"index": 0, "message": {"content": "ok"}, "finish_reason": "stop"}]}

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        self.asked.append(json.loads(json.dumps(payload)))
        yield {"choices": [{"index": 0, "delta": {"content": "ok"}, "finish_reason": "stop"}]}


class TestChat:
    async def test_a_models_steering_goes_with_every_request(self) -> None:
        carrier = Recorder()
        chat = OpenAIChat(model="m", transport=carrier, steering=STEERING)
        await chat.ainvoke([HumanMessage("?")])
        async for _ in chat.astream([HumanMessage("?")]):
            pass
        assert [parse_steering(payload["steering"]) for payload in carrier.asked] == [STEERING, STEERING]

    async def test_a_calls_steering_stands_for_the_models(self) -> None:
        carrier = Recorder()
        chat = OpenAIChat(model="m", transport=carrier, steering=STEERING)
        other = Steering(lambda_curriculum=1.0, curriculum={"list": 1.0})
        await chat.ainvoke([HumanMessage("?")], steering=other)
        await chat.ainvoke([HumanMessage("?")], steering=other.plain())
        await chat.ainvoke([HumanMessage("?")], steering=None)
        assert [payload.get("steering") for payload in carrier.asked] == [other.plain(), other.plain(), None]

    async def test_without_steering_nothing_is_said_of_it(self) -> None:
        carrier = Recorder()
        await OpenAIChat(model="m", transport=carrier).ainvoke([HumanMessage("?")])
        assert "steering" not in carrier.asked[0]

    async def test_a_scripted_model_takes_and_ignores_it(self) -> None:
        answer = await ScriptedChat(script=["fine"]).ainvoke([HumanMessage("?")], steering=STEERING)
        assert answer.text == "fine"


class TestVllm:
    def test_the_terms_are_an_argument_and_the_temperature_is_the_requests(self) -> None:
        payload = {"model": "m", "temperature": 0.2, "steering": STEERING.plain(), "vllm_xargs": {"other": 1}}
        sent = vllm_extras(payload)
        assert sent["temperature"] == 0.7
        assert set(sent) == {"model", "temperature", "vllm_xargs"}
        assert sent["vllm_xargs"]["other"] == 1
        arrived = parse_steering(sent["vllm_xargs"][ARGUMENT])
        assert arrived == STEERING.model_copy(update={"temperature": None})
        assert payload["temperature"] == 0.2, "what was given is left as it was"

    def test_a_payload_without_steering_is_left_as_it_is(self) -> None:
        payload = {"model": "m", "vllm_xargs": {"other": 1}}
        assert vllm_extras(payload) is payload
        assert vllm_extras({"model": "m", "steering": None}) == {"model": "m"}

    def test_what_changes_nothing_is_not_sent(self) -> None:
        assert sampling_arguments(Steering(profile={"loop": 1.0})) == {}
        assert vllm_extras({"steering": {"temperature": 0.5}}) == {"temperature": 0.5, "vllm_xargs": {}}

    def test_a_wrong_steering_is_refused_before_it_is_sent(self) -> None:
        with pytest.raises(RequestRefused, match="lambda_profile") as caught:
            vllm_extras({"steering": {"lambda_profile": 99}})
        assert caught.value.status == 400

    def test_the_probe_is_what_the_plug_in_refuses(self) -> None:
        with pytest.raises(ValueError, match="lambda_profile"):
            parse_steering(probe("m")["vllm_xargs"][ARGUMENT])


class Server:
    """Answers as llama.cpp's `/tokenize` does: texts of a list one by one, numbers handed through."""

    def __init__(self) -> None:
        self.questions = 0

    def ask(self, method: str, path: str, body: Payload) -> dict[str, Any]:
        assert (method, path, body["add_special"], body["parse_special"]) == ("POST", "/tokenize", False, False)
        self.questions += 1
        tokens: list[int] = []
        for part in body["content"]:
            tokens += [part] if isinstance(part, int) else byte_level().tokenize(part)
        return {"tokens": tokens}


class TestEmbedded:
    def test_biases_by_token_of_the_models_own(self) -> None:
        server = Server()
        tokenizer = NativeTokenizer(server.ask)
        payload = {"messages": [], "temperature": 0.1, "steering": STEERING.plain()}
        sent = native_steering(payload, tokenizer)
        assert sent["temperature"] == 0.7
        assert "steering" not in sent
        assert {int(token): bias for token, bias in sent["logit_bias"]} == token_biases(STEERING, byte_level().tokenize)
        assert native_steering(payload, tokenizer) == sent
        assert server.questions == 1, "texts that were asked before are known"

    def test_biases_of_the_request_itself_stay(self) -> None:
        tokenizer = NativeTokenizer(Server().ask)
        for given in ([[5, -1.0]], {"5": -1.0}):
            sent = native_steering({"steering": STEERING.plain(), "logit_bias": given}, tokenizer)
            assert sent["logit_bias"][0] == [5, -1.0]

    def test_without_steering_no_question_is_asked(self) -> None:
        server = Server()
        payload = {"messages": []}
        assert native_steering(payload, NativeTokenizer(server.ask)) is payload
        assert native_steering({"steering": {}, "n": 1}, NativeTokenizer(server.ask)) == {"n": 1}
        assert server.questions == 0

    def test_a_wrong_steering_is_refused(self) -> None:
        with pytest.raises(RequestRefused, match=r"steering\.profile\.loop") as caught:
            native_steering({"steering": {"profile": {"loop": 3}}}, NativeTokenizer(Server().ask))
        assert caught.value.status == 400

    def test_a_server_that_answers_with_something_else(self) -> None:
        tokenizer = NativeTokenizer(lambda *_: {"error": "no such path"})
        with pytest.raises(ModelError, match="no such path"):
            native_steering({"steering": STEERING.plain()}, tokenizer)
