"""Asks for the key everywhere: vLLM's own check covers `/v1`, and `/invocations` runs the model as well.

Loaded into vLLM's web server by `--middleware gradatim.serving.launch.guard.Guard`. It answers 401 as vLLM does; what
tells nothing of anybody's text (health, version, metrics) stays open for probes and scrapers.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

KEY = "VLLM_API_KEY"
OPEN = frozenset({"/health", "/ping", "/version", "/metrics", "/metrics/"})

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_REFUSAL = b'{"error":"Unauthorized"}'
_VIOLATION = 1008
"""WebSocket's code for what goes against a policy."""


class Guard:
    """An ASGI middleware that lets nobody through without the key.

    Args:
        app: What is guarded.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._key = os.environ.get(KEY, "").encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if not self._key or scope["type"] not in ("http", "websocket") or self._may_pass(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _VIOLATION})
        else:
            headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
            await send({"type": "http.response.start", "status": 401, "headers": headers})
            await send({"type": "http.response.body", "body": _REFUSAL})

    def _may_pass(self, scope: Message) -> bool:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        if path in OPEN or scope.get("method") == "OPTIONS":
            return True
        given = next((value for name, value in scope["headers"] if name.lower() == b"authorization"), b"")
        scheme, _, token = given.partition(b" ")
        return scheme.lower() == b"bearer" and hmac.compare_digest(token.strip(), self._key)
