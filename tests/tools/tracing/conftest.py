"""One sandbox for each test, and short ways to make a task and a run."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest_asyncio

from gradatim.settings import Settings
from gradatim.tools.sandbox import ForkServerSandbox, open_sandbox


@pytest_asyncio.fixture
async def sandbox() -> AsyncGenerator[ForkServerSandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened
