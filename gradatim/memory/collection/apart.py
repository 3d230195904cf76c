"""Reads a file in a process of its own, so that one core reads while another stores."""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import AsyncGenerator
from typing import Any

from gradatim.errors import InputError, ServiceError
from gradatim.memory.collection.clocks import Estimate
from gradatim.memory.collection.groups import Group, Job

LENGTH = 8
"""Bytes before a message that tell its length."""
_WORKER = "gradatim.memory.collection.worker"


async def read_apart(job: Job) -> AsyncGenerator[Group | list[Estimate]]:
    """As `groups`, from a process of its own.

    Raises:
        InputError: The file cannot be read, or is not of its format.
        ServiceError: The process ended before the file did.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", _WORKER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**20
    )
    if process.stdin is None or process.stdout is None:
        raise ServiceError("the process that reads has no pipes", place=str(job.path))
    try:
        process.stdin.write(framed(job))
        await process.stdin.drain()
        process.stdin.close()
        while True:
            kind, content = await _received(process.stdout, job)
            match kind:
                case "group":
                    yield Group.unpacked(content)
                case "clocks":
                    yield content
                case "error":
                    raise InputError(content[0], place=content[1], remedy=content[2])
                case _:
                    return
    finally:
        if process.returncode is None:
            try:
                process.kill()
            except ProcessLookupError:
                await asyncio.sleep(0)  # it has just ended by itself
        await process.wait()


async def _received(stream: asyncio.StreamReader, job: Job) -> tuple[str, Any]:
    try:
        length = int.from_bytes(await stream.readexactly(LENGTH), "big")
        return pickle.loads(await stream.readexactly(length))
    except (asyncio.IncompleteReadError, ConnectionError, OSError) as error:
        raise ServiceError(
            "the process that reads ended before the file did",
            place=str(job.path),
            remedy="run again: nothing is stored twice; if it ends again, look for a lack of memory",
        ) from error


def framed(message: Any) -> bytes:
    """A message after its length."""
    raw = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    return len(raw).to_bytes(LENGTH, "big") + raw
