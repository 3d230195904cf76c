"""The simulated server as a process of its own, started and ended with a `with`."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, Any

from gradatim.errors import ServiceError

START_SECONDS = 30.0
MODEL = "simulated"


class SimulatedServer:
    """A running server.

    Attributes:
        address: Without a path (`http://127.0.0.1:40123`).
    """

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self._process = process
        self.address = address

    @property
    def spec(self) -> str:
        """The address as the setting `model` takes it."""
        return f"{self.address}/v1#{MODEL}"

    async def report(self) -> dict[str, Any]:
        """What `/records` tells: the server's clock, and each request that is over."""
        return await self._ask("GET", "/records")

    async def clear(self) -> None:
        """Forget the records."""
        await self._ask("POST", "/clear")

    async def die_after(self, chunks: int) -> None:
        """Let the server die, as by `kill -9`, once it has sent so many more pieces of streamed answers."""
        await self._ask("POST", "/kill", {"after_chunks": chunks})

    async def kill(self) -> None:
        """End the process at once."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def _ask(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        import httpx

        try:
            async with httpx.AsyncClient(trust_env=False, timeout=30.0, verify=False) as client:
                response = await client.request(method, self.address + path, json=content)
                return response.raise_for_status().json()
        except httpx.HTTPError as error:
            raise ServiceError(
                f"the simulated server does not answer ({error!r})", place=self.address, remedy="run it again"
            ) from error


@asynccontextmanager
async def simulated_server(
    *,
    rate: float = 2000.0,
    prefill_rate: float | None = None,
    sequence_rate: float = 80.0,
    slots: int = 32,
    chunk: float = 0.1,
    version: str = "0.32.0",
    faults: Mapping[str, float] | None = None,
    seed: int = 0,
) -> AsyncGenerator[SimulatedServer]:
    """A simulated server at a free port of this machine; it ends with the block, or with this process.

    Args:
        rate: Tokens written a second, of all sequences together.
        prefill_rate: Tokens of prompts read a second; 20 times the rate when not given.
        sequence_rate: Tokens that one sequence gets a second at most.
        slots: Sequences that run at once.
        chunk: Seconds between two pieces of a streamed answer.
        version: What `/version` answers.
        faults: Share of the requests by kind of fault.
        seed: Of the faults.

    Raises:
        ServiceError: It does not start; tells what it said.
    """
    arguments = [
        f"--rate={rate}", f"--prefill-rate={prefill_rate or 20 * rate}", f"--sequence-rate={sequence_rate}",
        f"--slots={slots}", f"--chunk={chunk}", f"--version={version}", f"--seed={seed}",
        *(f"--fault={kind}={share}" for kind, share in (faults or {}).items()),
    ]  # fmt: skip
    with TemporaryFile() as complaints:  # a pipe that nobody reads would hold the server up when it is full
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gradatim.app.bench.load.server", "--until-eof", *arguments,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=complaints,
        )  # fmt: skip
        assert process.stdin is not None
        try:
            yield SimulatedServer(process, await _address(process, complaints))
        finally:
            process.stdin.close()
            with suppress(ProcessLookupError):
                process.terminate()
            try:
                await asyncio.wait_for(process.wait(), 5.0)
            except TimeoutError:
                process.kill()
                await process.wait()


async def _address(process: asyncio.subprocess.Process, complaints: IO[bytes]) -> str:
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        return str(json.loads(line)["address"])
    except (TimeoutError, ValueError, KeyError) as error:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        complaints.seek(0)
        said = complaints.read().decode("utf-8", "replace").strip()
        raise ServiceError(
            f"the simulated server does not start: {said[-300:] or 'it says nothing'}",
            place="gradatim.app.bench.load.server",
            remedy="start it by hand to see why",
        ) from error
