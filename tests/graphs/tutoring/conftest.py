"""Tutors on real services, without a model or with a scripted one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gradatim.agents.tutoring.planning import TutorPolicy
from gradatim.graphs import open_services
from gradatim.graphs.tutoring import Tutor, open_tutor
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.scripted import ScriptedChat
from gradatim.settings import Settings

Opener = Callable[..., AbstractAsyncContextManager[Tutor]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", workers=1, repair_seconds=0.2, model="none")


@pytest.fixture
def opened(settings: Settings) -> Opener:
    """Opens a tutor: without a model, or with one that answers from a script."""

    @asynccontextmanager
    async def opener(script: Any = None, policy: TutorPolicy | None = None, **changed: Any) -> AsyncGenerator[Tutor]:
        model = GroundedRealiser() if script is None else ScriptedChat(script=script)
        used = settings.model_copy(update=changed)
        async with (
            open_services(used, model=model) as services,
            open_tutor(services=services, policy=policy) as tutor,
        ):
            yield tutor

    return opener


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tutor(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Tutor]:
    """One tutor for the tests of a module, whose sessions know nothing of each other."""
    used = Settings(data_dir=tmp_path_factory.mktemp("tutor"), workers=1, repair_seconds=0.2, model="none")
    async with open_tutor(used) as opened_tutor:
        yield opened_tutor
