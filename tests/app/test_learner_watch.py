from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from gradatim.domain import LearnerEvent
from gradatim.memory import open_memory
from gradatim.memory.rights.consent import consent_event
from gradatim.settings import load_settings
from tests.app.conftest import Invoke
from tests.memory.formative.streams import BEGIN, struggle


def store(events: Sequence[LearnerEvent]) -> None:
    async def run() -> None:
        async with open_memory(load_settings()) as memory:
            await memory.append(events)

    asyncio.run(run())


def recent(count: int, *, learner: str = "anna", prefix: str = "n") -> list[LearnerEvent]:
    """The same struggle, an hour ago."""
    shift = datetime.now(UTC) - timedelta(hours=1) - BEGIN
    return [
        event.model_copy(
            update={
                "id": f"{prefix}{event.id}", "learner_id": learner,
                "at": (datetime.fromisoformat(event.at) + shift).isoformat(),
            }
        )
        for event in struggle(count)
    ]  # fmt: skip


def test_what_fired_is_told_with_its_reasons(workspace: Path, invoke: Invoke) -> None:
    assert invoke("learner", "watch").stdout == "nothing has fired\n"
    store([*struggle(6), consent_event("bo", "personalisation", False, at=BEGIN.isoformat())])
    result = invoke("learner", "watch", "--json")
    data = json.loads(result.stdout)
    (request,) = data["requests"]
    assert data["without_consent"] == 1
    assert request["status"] == "lapsed"
    assert {event for reason in request["reasons"] for event in reason["events"]} <= {f"e{n:04}" for n in range(6)}
    text = invoke("learner", "watch").stdout
    assert request["id"] in text
    assert "Time for a closer look at loop." in text
    assert "programs show a misconception more often" in text
    assert "passed over: 1 learner" in text
    assert json.loads(invoke("learner", "watch", "--json").stdout) == data
    assert json.loads(invoke("learner", "watch", "--open", "--json").stdout)["requests"] == []
    assert json.loads(invoke("learner", "watch", "--since", "2026-03-03", "--json").stdout)["requests"] == []
    assert json.loads(invoke("learner", "watch", "bo", "--json").stdout)["requests"] == []


def test_in_chinese(invoke: Invoke, monkeypatch: pytest.MonkeyPatch) -> None:
    store(struggle(6))
    monkeypatch.setenv("GRADATIM_LANGUAGE", "zh")
    assert "是时候仔细看看循环了。" in invoke("learner", "watch").stdout


def test_a_request_is_taken_up(invoke: Invoke) -> None:
    store(recent(6))
    (request,) = json.loads(invoke("learner", "watch", "--open", "--json").stdout)["requests"]
    assert invoke("learner", "watch", "--take", request["id"]).exit_code == 0
    assert invoke("learner", "watch", "--take", request["id"]).exit_code == 0  # nothing happens the second time
    assert json.loads(invoke("learner", "watch", "--open", "--json").stdout)["requests"] == []
    (event,) = [
        item
        for item in json.loads(invoke("learner", "export", "anna", "--json").stdout)["events"]
        if item["kind"] == "interaction"
    ]
    assert event["payload"]["request"] == request["id"]


def test_a_policy_of_ones_own(workspace: Path, invoke: Invoke) -> None:
    store(struggle(6))
    (workspace / "strict.yaml").write_text("threshold: {high: 50}\n", "utf-8")
    assert "nothing has fired" in invoke("learner", "watch", "--policy", "strict.yaml").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--policy", "none.yaml"), "cannot be read"),
        (("--since", "soon"), "ISO 8601"),
        (("--take", "formative:none"), "no such request"),
        (("--take", "x", "--follow"), "goes without --follow"),
        (("\x07",), "control character"),
        (("nobody",), "nothing is remembered"),
    ],
)
def test_what_cannot_be_watched(invoke: Invoke, arguments: tuple[str, ...], told: str) -> None:
    result = invoke("learner", "watch", *arguments)
    assert result.exit_code == 2
    assert told in result.stderr


def test_following_tells_what_fires_from_then_on(workspace: Path) -> None:
    store(struggle(6))
    output = workspace / "out.jsonl"
    call = "from gradatim.app.cli import main; main()"
    command = [sys.executable, "-c", call, "learner", "watch", "--follow", "--json", "--every", "0.05"]
    with output.open("wb") as file, (workspace / "err").open("wb") as errors:
        watch = subprocess.Popen(command, stdout=file, stderr=errors, env={**os.environ})
    try:
        _until(lambda: b"watching" in (workspace / "err").read_bytes(), watch)
        store(recent(6, learner="bo"))
        _until(lambda: output.read_bytes().endswith(b"\n"), watch)
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(20) == 0
    finally:
        if watch.poll() is None:
            watch.kill()
            watch.wait()
    (line,) = output.read_text("utf-8").splitlines()
    assert json.loads(line)["learner_id"] == "bo"


def _until(done: object, process: subprocess.Popen[bytes]) -> None:
    assert callable(done)
    end = monotonic() + 30
    while not done():
        assert process.poll() is None
        assert monotonic() < end
        sleep(0.05)
