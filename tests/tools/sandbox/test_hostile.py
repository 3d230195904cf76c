"""The battery itself: large enough, of every kind, and able to see an escape where there are no walls."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter

import pytest

from gradatim.settings import Settings
from gradatim.tools.sandbox import Job, Probe, ProbeResult, open_sandbox
from tests.tools.sandbox.hostile import CASES, Case
from tests.tools.sandbox.hostile.canaries import TOKEN, canaries
from tests.tools.sandbox.hostile.network import PORT

HARMLESS = {
    "files: read /etc/passwd",
    "files: read a file of the host",
    "files: list all processes",
    "files: read its own environment",
    "files: make memory that no limit counts",
    "network: TCP",
    "network: UDP",
    "network: a UNIX socket",
    "network: an abstract UNIX socket",
    "network: listening",
    "processes: a command",
    "processes: see whether the server lives",
}
"""Attempts that do no harm where they succeed."""


def test_the_battery_is_large_and_of_every_kind() -> None:
    counted = Counter(case.group for case in CASES)
    assert len({case.id for case in CASES}) == len(CASES) >= 75
    assert set(counted) == {"resources", "files", "network", "processes", "signals", "forging", "persistence"}
    assert min(counted.values()) >= 10


async def attempted(case: Case) -> ProbeResult:
    async with open_sandbox(Settings(sandbox="unsafe", workers=1)) as sandbox:
        (probe,) = (await sandbox.run(Job(case.source, (Probe.call("f(1)", timeout=5.0),)))).probes
    return probe


@pytest.mark.parametrize("case", [case for case in CASES if case.id in HARMLESS], ids=lambda case: case.id)
def test_without_walls_the_attempt_succeeds(case: Case) -> None:
    """What the battery sees refused would work where nothing refuses it, and the canaries notice."""
    with canaries() as host:
        assert host.touched() == []
        probe = asyncio.run(attempted(case))
        assert probe.status == "ok", probe
        assert (TOKEN in probe.value) if case.name == "read a file of the host" else (probe.value == "escaped")
        if case.group == "network" and case.name != "listening":
            assert [found for found in host.touched() if "something came in" in found]


def test_the_canaries_notice(tmp_path: object) -> None:
    with canaries() as host:
        subprocess.run(
            [sys.executable, "-c", f"import socket; socket.create_connection(('127.0.0.1', {PORT}))"], check=True
        )
        host.process.kill()
        host.process.wait()
        assert len(host.touched()) == 2


def test_every_harmless_attempt_is_there() -> None:
    assert {case.id for case in CASES} >= HARMLESS
