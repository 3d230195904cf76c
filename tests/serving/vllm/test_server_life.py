"""The life of a server under its supervisor: killed, started again, asked to end in the middle of an answer."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tests.serving.vllm.server import VllmServer, serving, tiny_model

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(600)]

HELLO: list[dict[str, Any]] = [{"role": "user", "content": "check the base case before the recursive call"}]


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def engine_of(server: VllmServer) -> int:
    """The process that holds the model."""
    for process in server.members():
        if b"EngineCore" in Path(f"/proc/{process}/cmdline").read_bytes():
            return process
    raise AssertionError("no engine")


def test_the_native_layout_is_served_started_again_and_drained(workshop: Path) -> None:
    """Also that both layouts load: this one runs through vLLM's Transformers backend."""
    with serving(tiny_model(workshop / "native", "glm")) as server:
        assert server.chat(messages=HELLO, max_tokens=4, ignore_eos=True)["usage"]["completion_tokens"] == 4
        first = server.members()
        os.kill(engine_of(server), signal.SIGKILL)
        server.wait_for("ready", 2)
        assert not any(alive(process) for process in first if process not in server.members())
        assert "failed" in server.states()

        answers: list[tuple[int, Any]] = []
        length = 900

        def ask() -> None:
            payload = {"model": server.model, "messages": HELLO, "max_tokens": length, "ignore_eos": True}
            answers.append(server.request("/v1/chat/completions", payload))

        asking = threading.Thread(target=ask)
        asking.start()
        deadline = time.monotonic() + 30
        while server.metrics().get("vllm:generation_tokens_total", 0) < 10 and time.monotonic() < deadline:
            time.sleep(0.05)
        members = server.members()
        server.process.send_signal(signal.SIGTERM)
        asking.join(90)
        status, answer = answers[0]
        assert status == 200, json.dumps(answer)
        assert answer["usage"]["completion_tokens"] == length
        assert server.process.wait(60) == 0
        assert "draining" in server.states()
        assert not any(map(alive, members))
