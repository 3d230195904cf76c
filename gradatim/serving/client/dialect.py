"""What the server at an endpoint understands, by its kind and version."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, cast

from gradatim.serving.transport import Payload, RequestRefused

Server = Literal["vllm", "llama.cpp", "generic"]
Get = Callable[[str], Awaitable[tuple[int, bytes]]]
"""Asks for a path below the server's root; gives status and body."""

_NUMBERS = re.compile(r"(\d+)\.(\d+)(?:\.(\d+))?")


@dataclass(frozen=True, slots=True)
class Dialect:
    """A server's kind, and what follows for requests to it.

    Attributes:
        server: Kind of server; `generic` for anything that speaks OpenAI's protocol and says no more of itself.
        version: Major, minor and patch; empty when unknown.
    """

    server: Server = "generic"
    version: tuple[int, ...] = ()

    @property
    def streams(self) -> bool:
        """Whether whole answers are read as streams too, so that a server's silence is noticed."""
        return self.server != "generic"

    @property
    def continues(self) -> bool:
        """Whether an answer that was begun elsewhere can be continued (`continue_final_message`)."""
        return self.server == "vllm" and (not self.version or self.version >= (0, 6))

    @property
    def guided(self) -> bool:
        """Whether schemas go into `guided_json`, which vLLM took until 0.11 and silently ignores since 0.12."""
        return self.server == "vllm" and bool(self.version) and self.version < (0, 12)

    @property
    def tries_formats(self) -> bool:
        """Whether which `response_format` it takes is found out by asking."""
        return self.server == "generic"

    def translate(self, payload: Payload, place: str) -> Payload:
        """A request as this server wants it.

        Raises:
            RequestRefused: The server cannot do what is asked (status 400).
        """
        if "steering" in payload:
            payload = self._steered(payload, place)
        form = payload.get("response_format")
        if self.guided and isinstance(form, dict) and (schema := schema_of(cast("dict[str, Any]", form))) is not None:
            payload = {key: value for key, value in payload.items() if key != "response_format"}
            payload["guided_json"] = schema
        return payload

    def _steered(self, payload: Payload, place: str) -> Payload:
        if not payload["steering"]:
            return {key: value for key, value in payload.items() if key != "steering"}
        if self.server != "vllm":
            raise RequestRefused(
                "the endpoint has no controlled decoding",
                status=400,
                place=place,
                remedy="leave the steering out, or serve the model with `gradatim serve` or embedded",
            )
        from gradatim.serving.steering.vllm import vllm_extras

        return vllm_extras(payload)


def schema_of(form: dict[str, Any]) -> dict[str, Any] | None:
    """The JSON schema in a `response_format`."""
    if form.get("type") != "json_schema":
        return None
    described = form.get("json_schema")
    schema = cast("dict[str, Any]", described).get("schema") if isinstance(described, dict) else None
    return cast("dict[str, Any]", schema) if isinstance(schema, dict) else None


async def detect(get: Get) -> Dialect:
    """Ask a server what it is: vLLM tells its `/version`, llama.cpp its `/props`.

    Raises:
        ModelError: What `get` raises when nobody answers.
    """
    found = await _json(get, "/version")
    version = found.get("version")
    if isinstance(version, str) and (numbers := _NUMBERS.match(version)):
        return Dialect("vllm", tuple(int(number or 0) for number in numbers.groups()))
    if "default_generation_settings" in await _json(get, "/props"):
        return Dialect("llama.cpp")
    return Dialect()


async def _json(get: Get, path: str) -> dict[str, Any]:
    status, body = await get(path)
    if status != 200:
        return {}
    try:
        found: Any = json.loads(body)
    except ValueError:
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def weaker_formats(payload: Payload) -> list[Payload]:
    """A request for JSON of a schema in all the ways there are, the strictest first.

    A server without JSON schemas may know JSON; one without that reads the schema in the prompt.
    """
    form = payload.get("response_format")
    schema = schema_of(cast("dict[str, Any]", form)) if isinstance(form, dict) else None
    if schema is None:
        return [payload]
    told = {**payload, "messages": _with_schema(payload["messages"], schema)}
    plain = {key: value for key, value in told.items() if key != "response_format"}
    return [payload, {**told, "response_format": {"type": "json_object"}}, plain]


def about_format(error: RequestRefused) -> bool:
    """Whether a server refused a request for the form of answer it asks for."""
    return error.status in (400, 422) and bool(
        re.search(r"response_format|json|schema|grammar|structured|guided", error.message, re.IGNORECASE)
    )


def _with_schema(messages: list[dict[str, Any]], schema: dict[str, Any]) -> list[dict[str, Any]]:
    told = f"Answer with one JSON object of this schema and nothing else: {json.dumps(schema)}"
    last = messages[-1] if messages else {}
    # Some chat templates refuse two messages of the same role after one another.
    if last.get("role") == "user" and isinstance(last.get("content"), str):
        return [*messages[:-1], {**last, "content": f"{last['content']}\n\n{told}"}]
    return [*messages, {"role": "user", "content": told}]
