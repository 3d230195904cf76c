from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from gradatim.serving.catalogue import QWEN_CODER_1_5B
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.chat_base import SchemaChatModel
from gradatim.serving.client import open_transport, retry
from gradatim.serving.scripted import ScriptedChat
from gradatim.settings import Settings
from tests.serving.brain import scripted_reply
from tests.serving.endpoint import Endpoint, running_endpoint


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Generator[Endpoint]:
    monkeypatch.setattr(retry, "PAUSE_SECONDS", 0.01)
    with running_endpoint() as server:
        yield server


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", data_dir=tmp_path / "data")


@pytest.fixture
def embedded() -> SchemaChatModel:
    """The real model; the tests that ask for it are skipped where it has not been pulled."""
    from gradatim.serving.models import open_chat_model

    path = Settings().models_dir / QWEN_CODER_1_5B.files[0].name
    if not path.is_file():
        pytest.skip(f"the embedded model is not on disk ({path}); `gradatim model pull` fetches it")
    # Two threads on two busy cores wait for each other at every layer: one is slower at best and far faster at worst.
    model = open_chat_model(QWEN_CODER_1_5B.id, Settings(model_threads=max(1, (os.cpu_count() or 1) // 2)))
    assert isinstance(model, OpenAIChat)
    return model.model_copy(update={"temperature": 0.0, "max_tokens": 30})


@pytest.fixture(params=["scripted", "http", pytest.param("embedded", marks=pytest.mark.model)])
def chat(request: pytest.FixtureRequest) -> SchemaChatModel:
    """Each of the chat models in turn."""
    match request.param:
        case "scripted":
            return ScriptedChat(script=scripted_reply)
        case "http":
            server: Endpoint = request.getfixturevalue("endpoint")
            return OpenAIChat(model="good", transport=open_transport([server.address], Settings(model_timeout=10)))
        case _:
            return request.getfixturevalue("embedded")
