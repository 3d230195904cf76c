"""Every tier that this machine has keeps a program in, and none is taken that does not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gradatim.errors import SandboxError
from gradatim.settings import SandboxChoice, Settings
from gradatim.tools.sandbox import Job, Probe, open_sandbox, pool
from gradatim.tools.sandbox.launch import Launch, launches
from gradatim.tools.sandbox.process import ServerDied, ServerProcess
from tests.tools.sandbox.conftest import tier_settings
from tests.tools.sandbox.processes import alive, descendants

PROGRAM = "import sys\ndef double(n):\n    print('called')\n    return 2 * n\n"
WAYS = [way for choice in ("auto", "docker", "unsafe") for way in launches(choice)]


@pytest.fixture(params=["auto", "docker"])
def either(request: pytest.FixtureRequest) -> Settings:
    """Settings of what runs by default, and of what runs in production."""
    return tier_settings(request, request.param)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
async def test_a_tier_runs_programs_and_stops_endless_ones(
    way: Launch, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    settings = tier_settings(request, way.tier)
    try:
        server = await ServerProcess.start(way, settings)
    except ServerDied as error:
        pytest.skip(f"{way.name} does not work on this machine: {error}")
    await server.stop()
    monkeypatch.setattr(pool, "launches", lambda _: (way,))
    async with open_sandbox(settings) as sandbox:
        assert sandbox.tier == way.tier
        assert sandbox.facts["seccomp"] is (way.tier != "unsafe")
        assert way.tier == "unsafe" or sandbox.facts["uid"] == 65534
        source = PROGRAM + "def spin():\n    while True:\n        pass\n"
        probes = (Probe.call("double(4)"), Probe.call("spin()", 0.1), Probe.call("double(5)"))
        result = await sandbox.run(Job(source, probes))
        assert [probe.status for probe in result.probes] == ["ok", "timeout", "ok"]
        assert result.probes[1].where in {(6,), (7,)}
        assert (result.probes[0].value, result.probes[2].value) == (8, 10)
        assert result.probes[0].stdout == "called\n"


def test_auto_never_means_unsafe_and_docker_has_to_be_asked_for() -> None:
    assert {way.tier for way in launches("auto")} <= {"bubblewrap", "landlock"}
    assert [way.tier for way in launches("unsafe")] == ["unsafe"]
    assert [way.tier for way in launches("landlock")] == ["landlock"]
    assert [way.tier for way in launches("docker")] == ["docker"]


@pytest.mark.parametrize("choice", ["auto", "bubblewrap", "landlock"])
async def test_where_nothing_works_it_refuses_with_a_remedy(
    choice: SandboxChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(launch: Launch, settings: Settings) -> ServerProcess:
        raise ServerDied("not allowed to create namespaces")

    monkeypatch.setattr(ServerProcess, "start", never)
    with pytest.raises(SandboxError) as refusal:
        async with open_sandbox(Settings(sandbox=choice)):
            pytest.fail("it opened")
    assert "not allowed to create namespaces" in str(refusal.value)
    assert "bubblewrap" in (refusal.value.remedy or "")


async def test_a_tier_with_a_hole_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A launch that calls itself bubblewrap but confines nothing must be found out."""
    (open_air,) = launches("unsafe")

    class Pretender(ServerProcess):
        pass

    original = ServerProcess.start.__func__  # type: ignore[attr-defined]

    async def start(launch: Launch, settings: Settings) -> ServerProcess:
        return await original(Pretender, open_air, settings)

    monkeypatch.setattr(ServerProcess, "start", start)
    try:
        with pytest.raises(SandboxError, match="a program could read /etc/passwd"):
            async with open_sandbox(Settings(sandbox="auto")):
                pytest.fail("it opened")
    finally:
        for written in ("/tmp/gradatim-probe", "/gradatim-probe"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(written)


async def test_a_server_that_was_killed_is_replaced(either: Settings) -> None:
    async with open_sandbox(either) as sandbox:
        (server,) = sandbox._running
        assert server.pid is not None
        os.kill([server.pid, *descendants(server.pid)][-1], 9)
        result = await sandbox.run(Job(PROGRAM, (Probe.call("double(21)"),)))
        assert result.probes[0].value == 42


async def test_a_cancelled_job_leaves_the_sandbox_usable(either: Settings) -> None:
    async with open_sandbox(either) as sandbox:
        endless = Job("import time\ntime.sleep(9)", (Probe.call("1", timeout=9.0),))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(sandbox.run(endless), 0.2)
        began = time.monotonic()
        result = await sandbox.run(Job(PROGRAM, (Probe.call("double(3)"),)))
        assert result.probes[0].value == 6
        assert time.monotonic() - began < 5


async def test_jobs_side_by_side_do_not_mix(either: Settings) -> None:
    async with open_sandbox(either.model_copy(update={"workers": 2})) as sandbox:
        jobs = [Job(f"def f():\n    print({n})\n    return {n}", (Probe.call("f()"),) * 3) for n in range(20)]
        results = await asyncio.gather(*map(sandbox.run, jobs))
        for number, result in enumerate(results):
            assert [(probe.value, probe.stdout) for probe in result.probes] == [(number, f"{number}\n")] * 3


async def test_a_closed_sandbox_says_so(either: Settings) -> None:
    async with open_sandbox(either) as sandbox:
        pass
    with pytest.raises(SandboxError, match="closed"):
        await sandbox.run(Job("", (Probe.call("1"),)))


@pytest.mark.parametrize("choice", ["auto", "docker", "unsafe"])
def test_nothing_is_left_when_the_host_is_killed(
    choice: SandboxChoice, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    given = tier_settings(request, choice).model_dump(include={"sandbox", "docker_host", "workers"})
    script = tmp_path / "host.py"
    script.write_text(
        "import asyncio, sys\n"
        "from gradatim.settings import Settings\n"
        "from gradatim.tools.sandbox import Job, Probe, open_sandbox\n"
        "async def main():\n"
        f"    async with open_sandbox(Settings(**{given!r})) as sandbox:\n"
        "        (server,) = sandbox._running\n"
        "        print(server.pid, flush=True)\n"
        "        await sandbox.run(Job('import time\\ntime.sleep(50)', (Probe.call('1', timeout=50.0),)))\n"
        "asyncio.run(main())\n"
    )
    host = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    pid = int(host.stdout.readline())
    time.sleep(0.2)
    below = descendants(pid)
    host.kill()
    host.wait()
    host.stdout.close()
    until = time.monotonic() + 20
    while time.monotonic() < until and any(map(alive, [pid, *below])):
        time.sleep(0.05)
    assert not [process for process in [pid, *below] if alive(process)]
    assert below
