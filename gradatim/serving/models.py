"""From a model's name in the settings to a chat model."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gradatim.errors import SettingsError
from gradatim.serving.download import resolve
from gradatim.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel


def open_chat_model(spec: str, settings: Settings) -> BaseChatModel:
    """The chat model that a name stands for. Nothing is loaded or asked before the first request.

    Args:
        spec: A catalogue name, a path to a GGUF file, `http(s)://host/v1#name`, or `none` (the grounded
            realiser).
        settings: Key, timeout, threads and the models folder.

    Raises:
        ModelError: The model is not on disk; tells how to get it.
        SettingsError: The address of an endpoint is incomplete.
    """
    if spec == "none":
        from gradatim.serving.realiser import GroundedRealiser

        return GroundedRealiser()
    from gradatim.serving.chat import OpenAIChat

    if spec.startswith(("http://", "https://")):
        from gradatim.serving.transport import HttpTransport

        endpoint, _, name = spec.partition("#")
        if not name or not urlsplit(endpoint).hostname:
            raise SettingsError(
                "an endpoint needs an address and a model's name",
                place=f"model {spec}",
                remedy="write it as http(s)://host/v1#name",
            )
        key = settings.api_key.get_secret_value() if settings.api_key else None
        return OpenAIChat(model=name, transport=HttpTransport(endpoint, api_key=key, timeout=settings.model_timeout))
    from gradatim.serving.embedded import EmbeddedTransport

    path = resolve(spec, settings)
    transport = EmbeddedTransport(path, threads=settings.model_threads, timeout=settings.model_timeout)
    return OpenAIChat(
        model=path.stem if path.suffix == ".gguf" and spec.endswith(".gguf") else spec, transport=transport
    )
