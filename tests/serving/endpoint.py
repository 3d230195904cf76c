"""An OpenAI-like HTTP server for tests. The requested model's name says how it (mis)behaves."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.serving.brain import reply


class Endpoint(ThreadingHTTPServer):
    """The server, with what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.asked = threading.Event()
        self.released = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: Endpoint
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        self.server.asked.set()
        self.server.keys.append(self.headers.get("Authorization"))
        tries = sum(1 for request in self.server.requests if request["model"] == body["model"])
        if self.path != "/v1/chat/completions":
            return self._json(404, {"detail": "Not Found"})
        match body["model"]:
            case "missing":
                return self._json(404, {"error": {"message": "The model `missing` does not exist."}})
            case "locked":
                return self._json(401, {"error": "bad key"})
            case "web-page":
                return self._send(200, b"<html>welcome</html>", "text/html")
            case "other-json":
                return self._json(200, {"hello": 1})
            case "down":
                return self._json(500, {"error": {"message": "out of memory"}})
            case "shaky" if tries < 3:
                return self._json(503, {"error": "loading"})
            case "busy" if tries < 2:
                return self._send(429, b"{}", "application/json", {"Retry-After": "0"})
            case "hangs-up" | "hangs-up-once" if body["model"] == "hangs-up" or tries < 2:
                return self._hang_up()
            case "slow":
                self.server.released.wait(30)
                return self._hang_up()
            case "no-schema" if "response_format" in body:
                return self._json(400, {"error": {"message": "response_format is not supported"}})
            case _:
                return self._stream(body) if body.get("stream") else self._complete(body)

    def _complete(self, body: dict[str, Any]) -> None:
        text = self._text(body)
        finish = "stop"
        if body["model"] == "cut-off":
            text, finish = text[:12], "length"
        tokens = [{"token": word, "logprob": -0.5, "bytes": list(word.encode())} for word in text.split(" ")]
        samples = int(body.get("n") or 1)
        choice: dict[str, Any] = {"message": {"role": "assistant", "content": text}, "finish_reason": finish}
        if body.get("logprobs"):
            choice["logprobs"] = {"content": tokens}
        self._json(
            200,
            {
                "object": "chat.completion",
                "choices": [{"index": index, **choice} for index in range(samples)],
                "usage": {"prompt_tokens": 10, "completion_tokens": 5 * samples, "total_tokens": 10 + 5 * samples},
            },
        )

    def _stream(self, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        words = self._text(body).split(" ")
        for number, word in enumerate(words):
            if body["model"] == "breaks-off" and number == 2:
                self.wfile.write(b'data: {"error": {"message": "lost a worker"}}\n\n')
                return
            if body["model"] == "stalls" and number == 2:
                self.server.released.wait(30)
                return
            piece = {"content": word if number == 0 else f" {word}"}
            self._event({"choices": [{"index": 0, "delta": piece, "finish_reason": None}]})
            time.sleep(0.01)
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._event({"choices": [], "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}})
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _text(self, body: dict[str, Any]) -> str:
        question = "\n".join(str(message["content"]) for message in body["messages"])
        match body["model"]:
            case "babbles":
                return "Well, I would say the verdict is wrong."
            case "needs-a-hint" if "cannot be used" not in question:
                return '{"verdict": "maybe", "line": 0}'
            case "fences":
                return f"Sure!\n```json\n{reply(question)}\n```\nAnything else?"
            case _:
                return reply(question)

    def _event(self, data: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def _json(self, status: int, data: Any) -> None:
        self._send(status, json.dumps(data).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for key, value in (headers or {}).items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()


@contextmanager
def running_endpoint() -> Generator[Endpoint]:
    """The server on a free port, until the block ends."""
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.released.set()
            server.shutdown()
            thread.join()
