"""Services without a model, opened once for all tests here."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from gradatim.graphs import Services
from gradatim.testing import offline_services


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def services() -> AsyncIterator[Services]:
    async with offline_services(repair_seconds=0) as opened:
        yield opened
