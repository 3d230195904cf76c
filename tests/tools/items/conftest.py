"""A sandbox, the packaged graph and some items for all tests of items."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gradatim.kg import ConceptGraph, packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.items import Item, ItemKind
from gradatim.tools.items.maker import Maker
from gradatim.tools.items.target import Target
from gradatim.tools.sandbox import ForkServerSandbox, open_sandbox

KINDS: tuple[ItemKind, ...] = ("write", "fix", "predict", "parsons", "choice")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sandbox() -> AsyncIterator[ForkServerSandbox]:
    async with open_sandbox(Settings(workers=1)) as opened:
        yield opened


@pytest.fixture(scope="session")
def graph() -> ConceptGraph:
    return packaged_curriculum()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def made(sandbox: ForkServerSandbox, graph: ConceptGraph) -> dict[ItemKind, Item]:
    """One item of each kind."""
    maker = Maker(sandbox, graph)
    return {kind: (await maker.make(Target(0.3), (kind,), seed=9)).item for kind in KINDS}
