"""One vLLM server for all tests that need one; skipped visibly where vLLM is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

MISSING = "vLLM is not installed in this environment: `make test-serving` makes one that has it"


@pytest.fixture(scope="session")
def vllm_installed() -> None:
    """Skips what needs vLLM where there is none."""
    if find_spec("vllm") is None:
        pytest.skip(MISSING)


@pytest.fixture(scope="session")
def workshop(vllm_installed: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where models are made."""
    return tmp_path_factory.mktemp("vllm")


@pytest.fixture(scope="session")
def tiny_chatglm(workshop: Path) -> Path:
    """A tiny ChatGLM3, converted for vLLM's own class."""
    from tests.serving.vllm.server import tiny_model

    return tiny_model(workshop, "chatglm")


@pytest.fixture(scope="session")
def vllm_server(workshop: Path, tiny_chatglm: Path) -> Iterator["VllmServer"]:  # noqa: F821, UP037
    """The server: key, LoRA adapter, controlled decoding, prefix cache in blocks of 32, processed log-probabilities."""
    from tests.serving.vllm.server import serving, tiny_adapter

    with serving(
        tiny_chatglm, adapter=tiny_adapter(workshop / "adapter"), changes=("logprobs-mode=processed_logprobs",)
    ) as server:
        yield server
