"""Functions that are not async, run beside the loop in threads that hold nobody up."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import Any


async def in_thread(function: Callable[..., Any], **arguments: Any) -> Any:
    """What a function returns that runs in a thread of its own.

    Unlike `asyncio.to_thread`, one that never returns does not keep the process from ending: a node that ran into its
    time-out, or that somebody stopped with Ctrl-C, is left behind.

    Raises:
        BaseException: What the function raised.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()
    context = contextvars.copy_context()

    def tell(result: Any, error: BaseException | None) -> None:
        if not done.done():  # else nobody waits any more
            done.set_result((result, error))

    def work() -> None:
        result, failed = None, None
        try:
            result = context.run(function, **arguments)
        except BaseException as error:  # noqa: BLE001 raised where the result is awaited
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: it was left behind
            loop.call_soon_threadsafe(tell, result, failed)

    threading.Thread(target=work, name=f"node {getattr(function, '__name__', '')}", daemon=True).start()
    result, error = await done
    if error is not None:
        raise error
    return result
