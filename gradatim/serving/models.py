"""From a model's name in the settings to a chat model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gradatim.errors import SettingsError
from gradatim.serving.download import resolve
from gradatim.settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from gradatim.serving.client.observer import Observer


def open_chat_model(spec: str, settings: Settings, *, observers: Sequence[Observer] = ()) -> BaseChatModel:
    """The chat model that a name stands for. Nothing is loaded or asked before the first request.

    Args:
        spec: A catalogue name, a path to a GGUF file, `http(s)://host/v1#name` (several addresses of the same model
            with commas between them), or `none` (the grounded realiser).
        settings: Key, timeouts, concurrency, cache, prices, threads and the models folder.
        observers: Told what happens to each request (`gradatim.serving.client.Observer`).

    Raises:
        ModelError: The model is not on disk; tells how to get it.
        SettingsError: The address of an endpoint is incomplete.
        StorageError: The file of the response cache cannot be used.
    """
    if spec == "none":
        from gradatim.serving.realiser import GroundedRealiser

        return GroundedRealiser()
    from gradatim.serving.chat import OpenAIChat

    if spec.startswith(("http://", "https://")):
        from gradatim.serving.client.opening import open_transport

        endpoints, name = _endpoints(spec)
        return OpenAIChat(model=name, transport=open_transport(endpoints, settings, observers=observers))
    if spec.startswith("vllm:"):
        from gradatim.serving.client.opening import open_client
        from gradatim.serving.vllm_engine import EngineTransport, parse_spec

        folder, name, arguments = parse_spec(spec)
        engine = EngineTransport(folder, name=name, timeout=settings.model_timeout, arguments=arguments)
        return OpenAIChat(model=name, transport=open_client(engine, settings, observers=observers))
    from gradatim.serving.embedded import EmbeddedTransport

    path = resolve(spec, settings)
    from gradatim.serving.client.opening import open_client

    embedded = EmbeddedTransport(
        path,
        threads=settings.model_threads,
        timeout=settings.model_timeout,
        gpu_layers=settings.model_gpu_layers,
    )
    return OpenAIChat(
        model=path.stem if path.suffix == ".gguf" and spec.endswith(".gguf") else spec,
        transport=open_client(embedded, settings, observers=observers),
    )


def _endpoints(spec: str) -> tuple[list[str], str]:
    """Addresses and the model's name; each address may repeat the name."""
    endpoints: list[str] = []
    names: set[str] = set()
    for part in spec.split(","):
        endpoint, _, name = part.strip().partition("#")
        try:
            parts = urlsplit(endpoint)
            valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:  # a port that is no number, or a broken IPv6 address
            valid = False
        if not valid:
            names.clear()
            break
        if name:
            names.add(name)
        if endpoint.rstrip("/") not in endpoints:
            endpoints.append(endpoint.rstrip("/"))
    if len(names) != 1:
        raise SettingsError(
            "an endpoint needs an address and a model's name, the same for several endpoints",
            place=f"model {spec}",
            remedy="write it as http(s)://host/v1#name, or http://a/v1,http://b/v1#name",
        )
    return endpoints, names.pop()
