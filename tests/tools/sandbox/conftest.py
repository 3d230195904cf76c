"""One sandbox for each module of tests: opening one takes longer than most tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gradatim.errors import SandboxError
from gradatim.settings import SandboxChoice, Settings
from gradatim.tools.sandbox import ForkServerSandbox, open_sandbox, start_sandbox


def tier_settings(request: pytest.FixtureRequest, tier: SandboxChoice) -> Settings:
    """Small settings for a tier; docker's name the engine, without which the test is skipped."""
    host = request.getfixturevalue("docker_host") if tier == "docker" else None
    return Settings(sandbox=tier, docker_host=host, workers=1, memory_limit_mb=128, output_limit=100_000)


@pytest.fixture(scope="module", params=["auto", "docker"])
def settings(request: pytest.FixtureRequest) -> Settings:
    """What runs by default, and what runs in production: both have to behave alike."""
    return tier_settings(request, request.param)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(settings: Settings) -> AsyncIterator[ForkServerSandbox]:
    async with open_sandbox(settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def tier(request: pytest.FixtureRequest) -> SandboxChoice:
    """Given by a module that runs its tests in several tiers."""
    return request.param


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tier_sandbox(request: pytest.FixtureRequest, tier: SandboxChoice) -> AsyncIterator[ForkServerSandbox]:
    """A sandbox of this very tier; where it does not work, the test is skipped with the reason."""
    try:
        opened = await start_sandbox(tier_settings(request, tier))
    except SandboxError as error:
        pytest.skip(str(error))
    yield opened
    await opened.aclose()
