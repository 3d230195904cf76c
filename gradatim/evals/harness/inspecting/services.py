"""What gradatim's agents work with inside inspect_ai: opened for the first sample, closed after the last one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from weakref import WeakKeyDictionary

import anyio
from langchain_core.language_models import BaseChatModel

from gradatim.evals.harness.inspecting.chat import InspectChat
from gradatim.graphs.services import Services, open_services
from gradatim.settings import Settings, load_settings


@dataclass(slots=True)
class _Opened:
    """Services of one event loop."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    stack: AsyncExitStack | None = None
    services: Services | None = None


class SharedServices:
    """Services that the samples of an evaluation use together; their memory is a folder that is gone afterwards.

    Args:
        model: Name of a model of gradatim's own (`none` for the grounded realiser), or a chat model; inspect_ai's when
            not given.
        settings: What else holds; those of the environment when not given. Data and memory of the learners who are
            known there are not touched.
    """

    def __init__(self, model: str | BaseChatModel | None = None, settings: Settings | None = None) -> None:
        self._model = model
        self._settings = settings
        self._opened: WeakKeyDictionary[asyncio.AbstractEventLoop, _Opened] = WeakKeyDictionary()

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[Services]:
        """The services, for one sample.

        Raises:
            GradatimError: Something needed cannot be had.
        """
        held = self._opened.setdefault(asyncio.get_running_loop(), _Opened())
        async with held.lock:
            if held.services is None:
                async with AsyncExitStack() as stack:
                    held.services = await self._open(stack)
                    held.stack = stack.pop_all()
            held.users += 1
            services = held.services
        try:
            yield services
        finally:
            with anyio.CancelScope(shield=True):  # a sample that a limit ends must not leave processes behind
                async with held.lock:
                    held.users -= 1
                    if not held.users and held.stack is not None:
                        stack, held.stack, held.services = held.stack, None, None
                        await stack.aclose()

    async def _open(self, stack: AsyncExitStack) -> Services:
        base = self._settings or await asyncio.to_thread(load_settings)
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="gradatim-inspect-", ignore_cleanup_errors=True)))
        named = self._model if isinstance(self._model, str) else "none"
        settings = base.model_copy(
            update={
                "data_dir": folder,
                "database": None,
                "recall": "embedded",
                "memory_key": None,
                "pseudonyms": False,
                "model": named,
            }
        )
        chat = InspectChat() if self._model is None else self._model
        given = None if isinstance(chat, str) else chat
        return await stack.enter_async_context(open_services(settings, model=given))
