"""How a chat request reaches a model: the protocol, and HTTP.

Payloads and answers are those of OpenAI's chat completions; streams give its `chat.completion.chunk` objects.
"""

from __future__ import annotations

import asyncio
import json
import random
import ssl
from collections.abc import AsyncGenerator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from gradatim.errors import ModelError

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")
Payload = dict[str, Any]
Completion = dict[str, Any]
Chunk = dict[str, Any]

ATTEMPTS = 3
"""Times a request is sent at most."""
PAUSE_SECONDS = 0.5
"""Mean pause before the second attempt; doubled before each further one."""
LONGEST_PAUSE_SECONDS = 10.0


class RequestRefused(ModelError):
    """The model's server is there and will not do what was asked.

    Args:
        status: HTTP status, or what the embedded server gives as such.
    """

    def __init__(self, message: str, *, status: int, place: str | None = None, remedy: str | None = None) -> None:
        super().__init__(message, place=place, remedy=remedy)
        self.status = status


class Transport(Protocol):
    """Carries requests to one model.

    Both methods raise `ModelError` when there is no answer; cancelling stops the work as soon as the model
    can.
    """

    @property
    def endpoint(self) -> str:
        """Where the model is, for error messages and traces."""
        ...

    async def complete(self, payload: Payload) -> Completion:
        """The whole answer, with all its choices."""
        ...

    def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        """The answer in pieces, as they come."""
        ...


class HttpTransport:
    """An OpenAI-compatible endpoint (vLLM, llama.cpp's own server, hosted services).

    Connection errors, 429 and 5xx are tried again, at most `ATTEMPTS` times in all; the timeout holds for all
    attempts together. Each request has a connection of its own, so that no event loop owns the transport.

    Args:
        endpoint: Base address, with its version (`http://host:8000/v1`).
        api_key: Sent as a bearer token.
        timeout: Seconds one request may take.
    """

    def __init__(self, endpoint: str, *, api_key: str | None = None, timeout: float = 300.0) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._timeout = timeout
        self._headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}

    @property
    def endpoint(self) -> str:
        return self._endpoint

    async def complete(self, payload: Payload) -> Completion:
        deadline = self._deadline()
        async with AsyncExitStack() as stack:
            response = await self._until(deadline, stack.enter_async_context(self._open(payload)))
            body = await self._until(deadline, response.aread())
        try:
            answer: Any = json.loads(body)
        except ValueError as error:
            raise self._nonsense(body) from error
        if not isinstance(answer, dict) or not isinstance(cast("Completion", answer).get("choices"), list):
            raise self._nonsense(body)
        return cast("Completion", answer)

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        payload = {**payload, "stream": True, "stream_options": {"include_usage": True}}
        deadline = self._deadline()
        async with AsyncExitStack() as stack:
            response = await self._until(deadline, stack.enter_async_context(self._open(payload)))
            lines = response.aiter_lines()
            while (line := await self._until(deadline, anext(lines, None))) is not None:
                if not line.startswith("data:"):
                    continue
                data = line.removeprefix("data:").strip()
                if data == "[DONE]":
                    return
                try:
                    chunk: Any = json.loads(data)
                except ValueError as error:
                    raise self._nonsense(data.encode()) from error
                if not isinstance(chunk, dict):
                    raise self._nonsense(data.encode())
                if "error" in chunk:
                    raise ModelError(f"the model failed: {_told(data)}", place=self._endpoint)
                yield cast("Chunk", chunk)

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._timeout

    async def _until(self, deadline: float, step: Awaitable[T]) -> T:
        """The result of one step of a request.

        Each step is bounded by itself: the steps of a stream may run in different tasks.
        """
        import httpx

        try:
            async with asyncio.timeout_at(deadline):
                return await step
        except TimeoutError as error:
            raise ModelError(
                f"no complete answer within {self._timeout:g} seconds",
                place=self._endpoint,
                remedy="raise GRADATIM_MODEL_TIMEOUT, or use a faster model",
            ) from error
        except httpx.HTTPError as error:  # the answer broke off
            raise self._unreachable(error) from error

    @asynccontextmanager
    async def _open(self, payload: Payload) -> AsyncGenerator[httpx.Response]:
        """The response to a request, its status already judged."""
        import httpx

        async with self._client() as client:
            request = client.build_request("POST", f"{self._endpoint}/chat/completions", json=payload)
            attempt = 1
            while True:
                try:
                    response = await client.send(request, stream=True)
                    if response.status_code == 200:
                        if "text/event-stream" not in response.headers.get("content-type", ""):
                            await response.aread()  # a body that breaks off is worth another attempt
                        break
                    refusal = self._refusal(response.status_code, (await response.aread()).decode("utf-8", "replace"))
                    wait = response.headers.get("retry-after")
                    if response.status_code != 429 and response.status_code < 500:
                        raise refusal
                except httpx.HTTPError as error:
                    refusal, wait = self._unreachable(error), None
                if attempt == ATTEMPTS:
                    raise refusal
                await asyncio.sleep(_pause(attempt, wait))
                attempt += 1
            try:
                yield response
            finally:
                await response.aclose()

    def _client(self) -> httpx.AsyncClient:
        import httpx

        parts = urlsplit(self._endpoint)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        return httpx.AsyncClient(
            headers=self._headers,
            timeout=httpx.Timeout(None, connect=10.0),
            trust_env=not local,  # a proxy cannot reach this machine's own addresses
            verify=_tls() if parts.scheme == "https" else False,
        )

    def _refusal(self, status: int, body: str) -> ModelError:
        remedy = {
            401: "set GRADATIM_API_KEY to a key this endpoint takes",
            403: "set GRADATIM_API_KEY to a key this endpoint takes",
            404: "check the address and the model's name after # (the endpoint's /models lists the names)",
            429: "wait, or ask the endpoint's operator for a higher rate",
        }.get(status, "see the endpoint's log" if status >= 500 else None)
        return RequestRefused(
            f"the endpoint answered HTTP {status}: {_told(body)}",
            status=status,
            place=self._endpoint,
            remedy=remedy,
        )

    def _unreachable(self, error: Exception) -> ModelError:
        return ModelError(
            f"the model cannot be reached ({str(error) or type(error).__name__})",
            place=self._endpoint,
            remedy="start the model's server, or correct the address in GRADATIM_MODEL",
        )

    def _nonsense(self, body: bytes) -> ModelError:
        return ModelError(
            f"the endpoint did not answer with a chat completion but with {body[:120]!r}",
            place=self._endpoint,
            remedy="check that the address is that of an OpenAI-compatible server, with its version (/v1)",
        )


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _pause(attempt: int, retry_after: str | None) -> float:
    """Seconds to wait before the next attempt; with jitter, so that clients do not come back all at once."""
    if retry_after is not None and retry_after.isdigit():
        return min(float(retry_after), LONGEST_PAUSE_SECONDS)
    return min(PAUSE_SECONDS * 2 ** (attempt - 1) * random.uniform(0.5, 1.5), LONGEST_PAUSE_SECONDS)


def _told(body: str) -> str:
    """What a server said was wrong, in its own words."""
    try:
        content: Any = json.loads(body)
    except ValueError:
        content = None
    for key in ("error", "message", "detail"):
        if isinstance(content, dict) and key in content:
            content = cast("dict[str, Any]", content)[key]
    text = content if isinstance(content, str) else json.dumps(content) if content else body
    return " ".join(text.split())[:300] or "no reason given"
