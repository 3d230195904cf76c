"""What stands in front of a Chroma server, or in its place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from gradatim.errors import StorageError
from gradatim.memory.recall import ChromaServerRecall
from tests.memory.material import HashingEmbedder


class Refusing(BaseHTTPRequestHandler):
    """Answers 401 to whoever has not the token, and 404 to whoever has."""

    seen: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Authorization"))
        self.send_response(404 if self.headers.get("Authorization") == "Bearer s3cret" else 401)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    Refusing.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("token", "status"), [(None, 401), ("s3cret", 404)])
async def test_the_token_is_sent_and_a_refusal_is_told(address: str, token: str | None, status: int) -> None:
    recall = ChromaServerRecall(address, HashingEmbedder, token=token)
    with pytest.raises(StorageError, match=f"HTTP {status}") as caught:
        await recall.recall("anna", "text")
    assert caught.value.place == address
    assert "recall_token" in (caught.value.remedy or "")
    assert "s3cret" not in str(caught.value)
    assert Refusing.seen == [token and f"Bearer {token}"]
    await recall.aclose()
