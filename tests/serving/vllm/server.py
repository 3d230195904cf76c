"""A real vLLM server on the CPU, started as a person would: `gradatim serve cpu …` with a tiny converted model."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from safetensors.numpy import save_file

from gradatim.serving.conversion import ConversionRequest, convert_chatglm3
from tests.serving.conversion.pieces import train_pieces
from tests.serving.conversion.tiny import make_checkpoint

MODEL = "chatglm3-tiny"
ADAPTER = "tutor"
KEY = "a-key-of-the-tests"
RANK = 4
START_SECONDS = 280.0
END_SECONDS = 60.0
_SIZES = {"layers": 2, "hidden": 128, "heads": 4, "groups": 2, "kv_channels": 32, "ffn": 192}
_SAMPLE = re.compile(r"^(vllm:[a-zA-Z_:]+)(?:\{[^}]*\})? ([0-9.eE+-]+|nan|inf)$")


def tiny_model(folder: Path, layout: Literal["glm", "chatglm"]) -> Path:
    """A tiny random ChatGLM3 with a trained tokenizer, converted by the product; returns the converted folder."""
    pieces = folder / "pieces"
    pieces.mkdir(parents=True, exist_ok=True)
    tokenizer = train_pieces(pieces)
    source, target = folder / "original", folder / layout
    make_checkpoint(source, **_SIZES, vocab=1536, seq_length=8192, tokenizer=tokenizer)  # type: ignore[arg-type]
    convert_chatglm3(ConversionRequest(source=source, target=target, layout=layout))
    return target


def tiny_adapter(folder: Path) -> Path:
    """A LoRA adapter for vLLM's own ChatGLM class, strong enough that every answer shows it."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(5)
    hidden, fused = _SIZES["hidden"], (_SIZES["heads"] + 2 * _SIZES["groups"]) * _SIZES["kv_channels"]
    tensors: dict[str, np.ndarray[Any, Any]] = {}
    for layer in range(_SIZES["layers"]):
        where = f"base_model.model.transformer.encoder.layers.{layer}"
        for name, inputs, outputs in (
            ("self_attention.query_key_value", hidden, fused),
            ("mlp.dense_4h_to_h", _SIZES["ffn"], hidden),
        ):
            tensors[f"{where}.{name}.lora_A.weight"] = chance.normal(0, 0.5, (RANK, inputs)).astype(np.float32)
            tensors[f"{where}.{name}.lora_B.weight"] = chance.normal(0, 0.5, (outputs, RANK)).astype(np.float32)
    save_file(tensors, folder / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA",
        "r": RANK,
        "lora_alpha": 2 * RANK,
        "target_modules": ["query_key_value", "dense_4h_to_h"],
        "bias": "none",
        "task_type": "CAUSAL_LM",
    }
    (folder / "adapter_config.json").write_text(json.dumps(config), "utf-8")
    return folder


@dataclass(slots=True)
class VllmServer:
    """A running server and what tests ask of it."""

    address: str
    """Base address, with `/v1`."""
    api_key: str
    model: str
    lora: str | None
    """Name under which the adapter is served."""
    process: subprocess.Popen[str]
    """The supervisor."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """What the supervisor said."""
    log: deque[str] = field(default_factory=lambda: deque(maxlen=2000))
    """What the server and the supervisor wrote to stderr."""

    @property
    def origin(self) -> str:
        return self.address.removesuffix("/v1")

    def request(
        self, path: str, payload: object = None, *, key: str | None = None, seconds: float = 120.0
    ) -> tuple[int, Any]:
        """Status and body (JSON where it is) of one request; with the key when not told otherwise."""
        host = self.origin.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=seconds)
        headers = {"Authorization": f"Bearer {self.api_key if key is None else key}"}
        try:
            if payload is None:
                connection.request("GET", path, headers=headers)
            else:
                body = json.dumps(payload)
                connection.request("POST", path, body, {**headers, "Content-Type": "application/json"})
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        try:
            return response.status, json.loads(text)
        except ValueError:
            return response.status, text

    def chat(self, **payload: Any) -> dict[str, Any]:
        """A chat completion; the model is the unadapted one when not told otherwise."""
        status, answer = self.request("/v1/chat/completions", {"model": self.model, **payload})
        assert status == http.HTTPStatus.OK, answer
        return answer

    def metrics(self) -> dict[str, float]:
        """vLLM's counters and gauges by name, summed over their labels."""
        status, text = self.request("/metrics")
        assert status == http.HTTPStatus.OK
        sums: dict[str, float] = {}
        for line in text.splitlines():
            if found := _SAMPLE.match(line):
                sums[found[1]] = sums.get(found[1], 0.0) + float(found[2])
        return sums

    def states(self) -> list[str]:
        """What the supervisor has said, in order, without repetitions."""
        return [event.get("state", "error") for event in self.events]

    def wait_for(self, state: str, count: int = 1, seconds: float = START_SECONDS) -> dict[str, Any]:
        """The `count`-th time that the supervisor says it is in `state`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            said = [event for event in self.events if event.get("state") == state]
            if len(said) >= count:
                return said[count - 1]
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        raise AssertionError(f"not {state} within {seconds:g} s; {self.events}\n" + "\n".join(list(self.log)[-60:]))

    def members(self) -> list[int]:
        """Processes that the supervisor started, with all their descendants."""
        parents: dict[int, int] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = path.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in "ZX":
                parents[int(path.parent.name)] = int(fields[1])
        found = [self.process.pid]
        for pid in found:
            found += [each for each, parent in parents.items() if parent == pid]
        return found[1:]


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(
    model: Path, *, adapter: Path | None = None, changes: Sequence[str] = (), options: Sequence[str] = ()
) -> Iterator[VllmServer]:
    """A server that is ready; asked to end when the block is left, and nothing of it stays."""
    port = free_port()
    settings = ("dtype=float32", "kv-cache-memory-bytes=134217728", "max-num-seqs=16", *changes)
    command = [sys.executable, "-c", "from gradatim.app.cli import main; main()", "serve", "cpu", "--json"]
    command += ["--model", str(model), "--name", MODEL, "--port", str(port), "--grace", "30", *options]
    command += [word for change in settings for word in ("--set", change)]
    if adapter is not None:
        command += ["--lora", f"{ADAPTER}={adapter}"]
    process = subprocess.Popen(
        command,
        env={**os.environ, "GRADATIM_API_KEY": KEY, "VLLM_LOGGING_COLOR": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    server = VllmServer(
        address=f"http://127.0.0.1:{port}/v1",
        api_key=KEY,
        model=MODEL,
        lora=ADAPTER if adapter else None,
        process=process,
    )
    readers = [
        threading.Thread(target=_follow, args=(process.stdout, lambda line: server.events.append(json.loads(line)))),
        threading.Thread(target=_follow, args=(process.stderr, server.log.append)),
    ]
    for reader in readers:
        reader.start()
    try:
        server.wait_for("ready")
        yield server
    finally:
        _end(process)
        for reader in readers:
            reader.join(10)


def _follow(stream: Any, take: Any) -> None:
    with stream:
        for line in stream:
            take(line.rstrip())


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()  # the supervisor's watcher ends what it started
        process.wait()
