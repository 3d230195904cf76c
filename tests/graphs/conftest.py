"""Assessors on real services, with a scripted model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from gradatim.graphs import Assessor, open_assessor, open_services
from gradatim.serving.scripted import ScriptedChat
from gradatim.settings import Settings
from tests.cases import answer, opinion

Opener = Callable[..., AbstractAsyncContextManager[Assessor]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", workers=1)


@pytest.fixture
def assessor_with(settings: Settings) -> Opener:
    """Opens an assessor whose model gives these answers; critic's requests are answered beside the script."""

    @asynccontextmanager
    async def opener(*answers: Any, opinions: Any = None, **changed: Any):
        script = list(answers)
        thoughts = opinions or (lambda: opinion())

        def speak(messages: Any) -> Any:
            if "second look" in messages[-1].text:
                return thoughts()
            return script.pop(0) if script else answer()

        model = ScriptedChat(script=speak)
        used = settings.model_copy(update=changed)
        async with (
            open_services(used, model=model) as services,
            open_assessor(services=services) as assessor,
        ):
            yield assessor

    return opener
