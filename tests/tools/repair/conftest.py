"""One sandbox for each module of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from gradatim.settings import Settings
from gradatim.tools.sandbox import ForkServerSandbox, open_sandbox


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[ForkServerSandbox]:
    async with open_sandbox(Settings(workers=1, memory_limit_mb=128, output_limit=100_000)) as opened:
        yield opened
