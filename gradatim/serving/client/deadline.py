"""The time that a request may take, with all that is done for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from gradatim.serving.transport import Chunk, Completion, Payload, Transport, current_call, using_call


class Deadline:
    """Bounds each request to a transport; of this bound and the call's own deadline the earlier holds.

    Args:
        transport: What does the work, and sees the deadline as `current_call()`.
        seconds: Time from when the request gets here.
    """

    def __init__(self, transport: Transport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds

    @property
    def endpoint(self) -> str:
        return self._transport.endpoint

    async def complete(self, payload: Payload) -> Completion:
        call = current_call().within(self._seconds)
        timer = asyncio.timeout(call.remaining)
        try:
            async with timer:
                with using_call(call):
                    return await self._transport.complete(payload)
        except TimeoutError:
            if not timer.expired():
                raise
            raise call.passed(self.endpoint) from None

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        call = current_call().within(self._seconds)
        async with aclosing(self._transport.stream(payload)) as chunks:
            while True:
                # Each step by itself: the steps of a stream may run in different tasks and contexts.
                timer = asyncio.timeout(call.remaining)
                try:
                    async with timer:
                        with using_call(call):
                            chunk = await anext(chunks, None)
                except TimeoutError:
                    if not timer.expired():
                        raise
                    raise call.passed(self.endpoint) from None
                if chunk is None:
                    return
                yield chunk
