"""The docker tier: its walls as the engine sees them, its image, its leftovers, and what it says when it cannot run."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import SandboxError
from gradatim.settings import Settings
from gradatim.tools.sandbox import Job, Probe, open_sandbox
from gradatim.tools.sandbox.channel import ServerDied
from gradatim.tools.sandbox.docker import engine, engine_version, image, leftovers, profile, stream
from gradatim.tools.sandbox.inner import syscalls
from tests.tools.sandbox.processes import alive

DOUBLE = Job("def double(n):\n    return 2 * n\n", (Probe.call("double(21)"),))


@pytest.fixture
def settings(docker_host: str) -> Settings:
    return Settings(sandbox="docker", docker_host=docker_host, workers=1, memory_limit_mb=128)


@pytest.fixture
def client(settings: Settings) -> Iterator[Any]:
    with engine.connected(settings) as connected:
        yield connected


def containers(client: Any) -> list[dict[str, Any]]:
    """Containers of this process; those that the engine is about to remove are as good as gone."""
    found = client.containers(all=True, filters={"label": f"{leftovers.OWNER}={leftovers.owner()}"})
    return [container for container in found if container["State"] not in ("removing", "exited", "dead")]


def proc(pid: int, name: str) -> list[str]:
    return Path(f"/proc/{pid}/{name}").read_text().splitlines()


def wait_while(condition: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while condition() and time.monotonic() < until:
        time.sleep(0.1)


async def use(settings: Settings) -> None:
    async with open_sandbox(settings) as sandbox:
        assert (await sandbox.run(DOUBLE)).probes[0].value == 42


async def test_the_engine_is_told_every_wall(settings: Settings, client: Any) -> None:
    async with open_sandbox(settings) as sandbox:
        assert sandbox.facts["uid"] == 65534
        assert sandbox.facts["runtime"] == "runc"
        assert sandbox.facts["engine"] == engine_version(settings)
        (listed,) = containers(client)
        state = client.inspect_container(listed["Id"])
        assert (await sandbox.run(DOUBLE)).probes[0].value == 42
    walls = state["HostConfig"]
    assert walls["ReadonlyRootfs"]
    assert walls["AutoRemove"]
    assert walls["Init"]
    assert walls["NetworkMode"] == "none"
    assert walls["IpcMode"] == "none"
    assert walls["CapDrop"] == ["ALL"]
    assert not walls["CapAdd"]
    assert not walls["Binds"]
    assert not walls["Privileged"]
    assert walls["PidsLimit"] == 128
    assert walls["Memory"] == walls["MemorySwap"] == (128 + 64 + 128) << 20
    assert walls["NanoCpus"] == 10**9
    assert walls["LogConfig"]["Type"] == "none"
    assert "no-new-privileges:true" in walls["SecurityOpt"]
    (filtered,) = (option for option in walls["SecurityOpt"] if option.startswith("seccomp="))
    assert json.loads(filtered.partition("=")[2]) == json.loads(profile.profile())
    assert state["Config"]["User"] == "65534:65534"
    await asyncio.to_thread(wait_while, lambda: containers(client))
    assert containers(client) == []


async def test_the_kernel_keeps_the_walls(settings: Settings) -> None:
    """What the kernel says of the server's process, rather than what the engine was told."""
    async with open_sandbox(settings) as sandbox:
        (server,) = sandbox._running
        assert server.pid is not None
        told = dict(line.split(":\t", 1) for line in proc(server.pid, "status") if ":\t" in line)
        assert told["Uid"].split() == ["65534"] * 4
        assert {int(told[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb", "CapInh")} == {0}
        assert told["NoNewPrivs"] == "1"
        assert told["Seccomp"] == "2"
        for line in proc(server.pid, "mounts"):
            _, place, kind, options = line.split()[:4]
            status = os.stat(f"/proc/{server.pid}/root{place}")
            closed = "ro" in options.split(",") or not stat.S_ISDIR(status.st_mode) or not status.st_mode & 0o002
            assert closed or kind == "mqueue", line
        links = proc(server.pid, "net/dev")[2:]
        assert [line.split(":")[0].strip() for line in links] == ["lo"]


async def test_without_filters_of_its_own_the_containers_walls_stand(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine whose profile lets the server neither filter calls nor use Landlock: what is missing is said."""
    kept = tuple(name for name in syscalls.names() if name not in ("prctl", "seccomp") and "landlock" not in name)
    monkeypatch.setattr(syscalls, "names", lambda: kept)
    async with open_sandbox(settings) as sandbox:
        assert (sandbox.facts["seccomp"], sandbox.facts["landlock"]) == (False, 0)
        source = "import os, socket\ndef f(what):\n    return eval(what)\n"
        for what in ("open('/tmp/x', 'w')", "socket.socket()", "open('/etc/shadow')", "os.setuid(0)"):
            (probe,) = (await sandbox.run(Job(source, (Probe.call(f"f({what!r})"),)))).probes
            assert probe.raised is not None, what
            assert probe.raised.is_a("OSError"), what
        (ended,) = (await sandbox.run(Job("def f():\n    while True: pass\n", (Probe.call("f()", 0.2),)))).probes
        assert ended.status == "timeout"
        assert (await sandbox.run(DOUBLE)).probes[0].value == 42


async def test_the_image_is_made_once(settings: Settings, client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    name = image.ensure_image(client)
    (made,) = client.images(name=name)
    assert name == image.image_name()
    assert made["Labels"] == {"gradatim.sandbox": "image"}

    def never(file: object) -> None:
        raise AssertionError("it was made again")

    monkeypatch.setattr(image, "_write_archive", never)
    assert image.ensure_image(client) == name


def test_the_image_holds_the_interpreter_and_nothing_of_its_owner(tmp_path: Path) -> None:
    with tempfile.TemporaryFile(dir=tmp_path) as file:
        image._write_archive(file)
        file.seek(0)
        with tarfile.open(fileobj=file) as archive:
            members = {f"/{member.name}": member for member in archive}
    assert {member.uid for member in members.values()} == {0}
    assert all(member.mode in (0o755, 0o644, 0o777) for member in members.values())
    assert all(member.isreg() or member.isdir() or member.issym() for member in members.values())
    program = members[image.interpreter()]
    assert program.isreg()
    assert program.mode == 0o755
    assert members["/gradatim/inner/serve.py"].size == (image.INNER / "serve.py").stat().st_size
    standard = os.path.dirname(os.__file__)
    assert f"{standard}/json/decoder.py" in members
    assert not [name for name in members if "site-packages" in name or name.startswith(("/etc/passwd", "/home"))]
    assert {name for name in members if name.startswith("/etc/")} <= {"/etc/ld.so.cache", "/etc/localtime"}


def test_old_images_go_but_the_youngest_and_those_in_use_stay() -> None:
    removed: list[str] = []

    class Refusal(Exception):
        class response:
            status_code = 409

    class Engine:
        def images(self, filters: dict[str, str]) -> list[dict[str, Any]]:
            assert filters == {"label": "gradatim.sandbox=image"}
            tags: list[list[str] | None] = [
                ["gradatim-sandbox:now"],
                *([[f"gradatim-sandbox:{n}"] for n in range(5)]),
                None,
            ]
            return [{"Id": str(n), "RepoTags": tag, "Created": -n} for n, tag in enumerate(tags)]

        def remove_image(self, name: str, noprune: bool) -> None:
            if name == "4":
                raise Refusal
            removed.append(name)

    image._drop_old_images(Engine(), "gradatim-sandbox:now")
    assert removed == ["5", "6"]


def test_containers_of_ended_owners_are_removed_and_no_others(settings: Settings, client: Any) -> None:
    name = image.ensure_image(client)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    home = leftovers.owner().rsplit("/", 2)[0]
    owners = {
        "left": f"{home}/{ended.pid}/1", "mine": leftovers.owner(), "reused": f"{home}/{os.getpid()}/1",
        "elsewhere": f"other-boot/1/{ended.pid}/1", "strange": "x",
    }  # fmt: skip
    made = {
        key: client.create_container(
            name, ["true"], labels={"gradatim.sandbox": "server", leftovers.OWNER: owner}, network_disabled=True
        )["Id"]
        for key, owner in owners.items()
    }
    try:
        assert set(leftovers.remove_leftovers(client)) == {made["left"], made["reused"]}
        left = {container["Id"] for container in client.containers(all=True)}
        assert left >= {made["mine"], made["elsewhere"], made["strange"]}
    finally:
        for key in ("mine", "elsewhere", "strange"):
            client.remove_container(made[key], force=True)


def test_a_container_that_the_host_paused_and_left_is_found(settings: Settings, client: Any, tmp_path: Path) -> None:
    """Closing its input cannot end a container that is paused; the next start does."""
    given = settings.model_dump(include={"sandbox", "docker_host", "workers"})
    script = tmp_path / "host.py"
    script.write_text(
        "import asyncio, time\n"
        "from gradatim.settings import Settings\n"
        "from gradatim.tools.sandbox import start_sandbox\n"
        "async def main():\n"
        f"    sandbox = await start_sandbox(Settings(**{given!r}))\n"
        "    (server,) = sandbox._running\n"
        "    print(server._channel._started.id, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    host = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    left = host.stdout.readline().strip()
    client.pause(left)
    host.kill()
    host.wait()
    host.stdout.close()
    assert left in {container["Id"] for container in client.containers(all=True)}
    asyncio.run(use(settings))
    assert left not in {container["Id"] for container in client.containers(all=True)}


async def test_cancelled_while_it_starts(settings: Settings, client: Any) -> None:
    async def opened() -> None:
        async with open_sandbox(settings):
            pass

    cancelled = 0
    for seconds in (0.01, 0.03, 0.1, 0.3):  # a warm engine may have started one in less
        try:
            await asyncio.wait_for(opened(), seconds)
        except TimeoutError:
            cancelled += 1
    assert cancelled
    await asyncio.to_thread(wait_while, lambda: containers(client))
    assert containers(client) == []


async def test_a_container_removed_by_others_is_replaced(settings: Settings, client: Any) -> None:
    async with open_sandbox(settings) as sandbox:
        (listed,) = containers(client)
        client.remove_container(listed["Id"], force=True)
        assert (await sandbox.run(DOUBLE)).probes[0].value == 42


async def test_no_engine(tmp_path: Path) -> None:
    address = f"unix://{tmp_path}/nothing.sock"
    with pytest.raises(SandboxError, match="no Docker Engine answers at") as refusal:
        async with open_sandbox(Settings(sandbox="docker", docker_host=address)):
            pytest.fail("it opened")
    assert address in str(refusal.value)
    assert "GRADATIM_DOCKER_HOST" in (refusal.value.remedy or "")


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "unix:///"])
async def test_an_engine_that_cannot_be_reached(address: str) -> None:
    with pytest.raises(SandboxError, match="Docker Engine") as refusal:
        async with open_sandbox(Settings(sandbox="docker", docker_host=address)):
            pytest.fail("it opened")
    assert "GRADATIM_DOCKER_HOST" in (refusal.value.remedy or "")


def test_a_socket_that_may_not_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(address: str) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(engine, "_knock", refused)
    with pytest.raises(ServerDied, match=r"docker\.sock may not be used") as refusal:
        engine_version(Settings(docker_host="unix:///run/docker.sock"))
    assert "usermod -aG docker" in (refusal.value.remedy or "")


async def test_no_client_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docker", None)
    with pytest.raises(SandboxError, match="client library is missing") as refusal:
        async with open_sandbox(Settings(sandbox="docker")):
            pytest.fail("it opened")
    assert "gradatim[docker]" in (refusal.value.remedy or "")


async def test_an_unknown_runtime(settings: Settings, client: Any) -> None:
    with pytest.raises(SandboxError, match="runtime") as refusal:
        async with open_sandbox(settings.model_copy(update={"docker_runtime": "no-such-runtime"})):
            pytest.fail("it opened")
    assert "GRADATIM_DOCKER_RUNTIME" in (refusal.value.remedy or "")
    await asyncio.to_thread(wait_while, lambda: containers(client))
    assert containers(client) == []


async def test_a_server_that_does_not_come_up_says_why(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from gradatim.tools.sandbox.docker import container

    command = (image.interpreter(), "-c", "import sys; sys.exit('no room for a server')")
    monkeypatch.setattr(container, "server_command", lambda _: command)
    with pytest.raises(SandboxError, match="no room for a server"):
        async with open_sandbox(settings):
            pytest.fail("it opened")


async def test_an_engine_that_goes_away_is_told_of(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_sandbox(settings) as sandbox:
        (server,) = sandbox._running
        pid = server.pid
        assert pid is not None
        sandbox._settings = settings.model_copy(update={"docker_host": "unix:///nowhere/docker.sock"})
        monkeypatch.setattr(server._channel, "_settings", sandbox._settings)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(SandboxError, match="no Docker Engine answers") as refusal:
            await sandbox.run(DOUBLE)
        assert "GRADATIM_DOCKER_HOST" in (refusal.value.remedy or "")
    await asyncio.to_thread(wait_while, lambda: alive(pid))
    assert not alive(pid)


async def test_a_container_that_cannot_be_removed_is_logged(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        async with open_sandbox(settings) as sandbox:
            (server,) = sandbox._running
            gone = settings.model_copy(update={"docker_host": "unix:///nowhere/docker.sock"})
            monkeypatch.setattr(server._channel, "_settings", gone)
    assert "could not be removed: no Docker Engine answers" in caplog.text


def test_a_stream_that_is_no_plain_socket_is_carried_both_ways() -> None:
    """An encrypted connection is known by its methods alone."""
    near, far = socket.socketpair()

    class Encrypted:
        def __getattr__(self, name: str) -> Any:
            return getattr(near, name)

    plain = stream.independent(Encrypted())
    try:
        assert not plain.getblocking()
        plain.setblocking(True)
        plain.settimeout(5)
        far.settimeout(5)
        sent = bytes(range(256)) * 2000
        sender = threading.Thread(target=plain.sendall, args=(sent,))
        sender.start()
        received = b""
        while len(received) < len(sent):
            received += far.recv(1 << 16)
        sender.join()
        assert received == sent
        far.sendall(b"back")
        assert plain.recv(9) == b"back"
        far.close()
        assert plain.recv(9) == b""
    finally:
        plain.close()
        far.close()
