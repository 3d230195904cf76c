from __future__ import annotations

from typing import Any

import pytest

from gradatim.serving.launch.guard import Guard

KEY = "secret-of-ours"


async def ask(path: str, *, key: str | None = None, root: str = "", kind: str = "http", method: str = "POST") -> Any:
    """What a guarded application answers: `passed`, a status, or the code of a closed socket."""
    sent: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        sent.append("passed")

    async def send(message: Any) -> None:
        sent.append(message.get("status") or message.get("code"))

    async def receive() -> Any:
        raise AssertionError("nothing is read of who may not pass")

    headers = [(b"Authorization", key.encode())] if key is not None else []
    scope = {"type": kind, "path": root + path, "root_path": root, "headers": headers, "method": method}
    await Guard(application)(scope, receive, send)
    return sent[0]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_API_KEY", KEY)


@pytest.mark.parametrize(
    "path", ["/invocations", "/v1/chat/completions", "/tokenize", "/load", "/", "//health", "/healthy"]
)
async def test_nobody_passes_without_the_key(path: str) -> None:
    assert await ask(path) == 401
    for wrong in ("Bearer another", "Basic " + KEY, KEY, "Bearer ", "Bearer", "Bearer " + KEY + "x"):
        assert await ask(path, key=wrong) == 401
    assert await ask(path, key=f"Bearer {KEY}") == await ask(path, key=f"bearer  {KEY}") == "passed"


@pytest.mark.parametrize("path", ["/health", "/ping", "/version", "/metrics"])
async def test_probes_pass(path: str) -> None:
    assert await ask(path, method="GET") == "passed"
    assert await ask(path, root="/model", method="GET") == "passed"


async def test_a_browsers_question_before_the_request_passes() -> None:
    assert await ask("/v1/models", method="OPTIONS") == "passed"


async def test_a_socket_is_closed() -> None:
    assert await ask("/v1/realtime", kind="websocket") == 1008


async def test_what_is_no_request_passes() -> None:
    assert await ask("/", kind="lifespan") == "passed"


async def test_without_a_key_there_is_nothing_to_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VLLM_API_KEY")
    assert await ask("/invocations") == "passed"
