"""What a server is told, by its kind and version."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gradatim.serving.client.dialect import Dialect
from gradatim.serving.client.http import HttpTransport
from gradatim.serving.transport import RequestRefused
from tests.serving.client.server import TEXT, Exchange, Server, question, running, text
from tests.serving.client.test_http import streamed

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
FORM = {"type": "json_schema", "json_schema": {"name": "x", "schema": SCHEMA}}


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.32.0", (0, 32, 0)),
        ("0.12.1rc2.dev7+gabc", (0, 12, 1)),
        ("0.9", (0, 9, 0)),
    ],
)
async def test_versions_of_vllm(version: str, expected: tuple[int, ...]) -> None:
    server = Server(version=version)
    with running(server):
        assert await HttpTransport(server.address).dialect() == Dialect("vllm", expected)


async def test_llama_cpp_tells_its_properties() -> None:
    class Llama(Server):
        async def _get(self, path: str, exchange: Exchange) -> None:
            found = path == "/props"
            await exchange.send(200 if found else 404, json.dumps({"default_generation_settings": {}}).encode())

    server = Llama()
    with running(server):
        transport = HttpTransport(server.address)
        assert await transport.dialect() == Dialect("llama.cpp")
        assert text(await transport.complete(question(n=2)), 1) == TEXT
    assert server.requests[-1]["stream"] is True


@pytest.mark.parametrize(("version", "guided"), [("0.32.0", False), ("0.12.0", False), ("0.11.2", True)])
async def test_schemas_by_version(version: str, guided: bool) -> None:
    server = Server(version=version)
    with running(server):
        await HttpTransport(server.address).complete(question(response_format=FORM))
    sent = server.requests[-1]
    assert sent.get("guided_json") == (SCHEMA if guided else None)
    assert ("response_format" in sent) is not guided


async def test_a_generic_endpoint_gets_the_strictest_form_it_takes() -> None:
    async def json_mode_only(exchange: Exchange) -> None:
        form = exchange.body.get("response_format") or {}
        if form.get("type") == "json_schema":
            return await exchange.send(422, b'{"detail": "response_format: json_schema is not known"}')
        await exchange.good()

    server = Server(version=None, otherwise=json_mode_only)
    with running(server):
        transport = HttpTransport(server.address)
        for _ in range(2):
            assert text(await transport.complete(question(response_format=FORM))) == TEXT
    forms = [request["response_format"]["type"] for request in server.requests]
    assert forms == ["json_schema", "json_object", "json_object"]
    assert '"integer"' in server.requests[-1]["messages"][-1]["content"]


async def test_other_refusals_are_not_taken_for_a_question_of_form() -> None:
    async def refuses(exchange: Exchange) -> None:
        await exchange.send(400, b'{"error": {"message": "the prompt is too long"}}')

    server = Server(version=None, otherwise=refuses)
    with running(server), pytest.raises(RequestRefused, match="too long"):
        await HttpTransport(server.address).complete(question(response_format=FORM))
    assert len(server.requests) == 1


async def test_stream_options_are_left_out_where_they_are_refused() -> None:
    async def strict(exchange: Exchange) -> None:
        if "stream_options" in exchange.body:
            return await exchange.send(400, b'{"error": "unknown field stream_options"}')
        await exchange.good()

    server = Server(version=None, otherwise=strict)
    with running(server):
        transport = HttpTransport(server.address)
        for _ in range(2):
            assert await streamed(transport, question()) == TEXT
    assert len(server.requests) == 3


async def test_steering_goes_to_servers_that_steer() -> None:
    steering: dict[str, Any] = {"lambda_profile": 1.0, "profile": {"loop": 1.0}}

    async def with_plug_in(exchange: Exchange) -> None:
        given = json.loads(exchange.body.get("vllm_xargs", {}).get("steering", "{}"))
        if given.get("lambda_profile", 0) < 0:
            return await exchange.send(400, b'{"error": "lambda_profile"}')
        await exchange.good()

    vllm, plain, generic = Server(otherwise=with_plug_in), Server(), Server(version=None)
    with running(vllm, plain, generic):
        for _ in range(2):
            with pytest.raises(RequestRefused, match="without controlled decoding"):
                await HttpTransport(plain.address).complete(question(steering=steering))
        await HttpTransport(vllm.address).complete(question(steering=steering))
        assert "loop" in json.dumps(vllm.requests[-1]["vllm_xargs"])
        assert "steering" not in vllm.requests[-1]
        transport = HttpTransport(generic.address)
        with pytest.raises(RequestRefused, match="controlled decoding") as caught:
            await transport.complete(question(steering=steering))
        assert caught.value.status == 400
        assert not generic.requests
        await transport.complete(question(steering=None))
    assert "steering" not in generic.requests[-1]
