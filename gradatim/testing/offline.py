"""Services that need nothing but this machine and leave nothing on it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from langchain_core.language_models import BaseChatModel

from gradatim.domain import LearnerEvent
from gradatim.graphs.services import Services, open_services
from gradatim.settings import Settings


def offline_settings(data_dir: Path, **changed: Any) -> Settings:
    """Settings without a model and without servers, whatever the environment says of them.

    Args:
        data_dir: Where everything is kept.
        changed: Settings by name, e.g. `deliver_threshold=0.99`, `repair_seconds=0`.
    """
    chosen: dict[str, Any] = {
        "data_dir": data_dir,
        "database": None,
        "recall": "embedded",
        "graph": "embedded",
        "model": "none",
        "response_cache": None,
        "memory_key": None,
        "pseudonyms": False,
        "traces": None,
        "otlp_endpoint": None,
        "trace_content": "none",
        "assumed_consent": ("personalisation",),
        "language": "en",
        "workers": 1,
        "repair_seconds": 0.5,
    }
    return Settings(**{**chosen, **changed})


@asynccontextmanager
async def offline_services(
    *, model: BaseChatModel | None = None, remember: Iterable[LearnerEvent] = (), **changed: Any
) -> AsyncGenerator[Services]:
    """Services in a folder of their own, which is gone afterwards.

    Args:
        model: A scripted model; the grounded realiser when not given.
        remember: Events that the learner memory holds beforehand.
        changed: Settings by name.

    Raises:
        GradatimError: Programs cannot be run here, or a setting is wrong.
    """
    with TemporaryDirectory(prefix="gradatim-test-") as folder:
        settings = offline_settings(Path(folder), **changed)
        async with open_services(settings, model=model) as services:
            events = list(remember)
            if events:
                await services.memory.append(events)
            yield services
