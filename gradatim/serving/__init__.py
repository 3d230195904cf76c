"""Language and embedding models, behind LangChain's chat model and a protocol for embeddings.

Names are imported from their modules when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.serving.catalogue import CATALOGUE, CatalogueEntry
    from gradatim.serving.chat import OpenAIChat
    from gradatim.serving.client import Client, Ledger, Observer, open_client, open_transport
    from gradatim.serving.client.http import HttpTransport
    from gradatim.serving.download import Progress, installed, pull, resolve
    from gradatim.serving.embedded import EmbeddedTransport
    from gradatim.serving.embeddings import Embedder, MiniLMEmbedder, default_embedder
    from gradatim.serving.models import open_chat_model
    from gradatim.serving.scripted import ScriptedChat, ScriptedRequest, ScriptedTransport, ScriptExhausted
    from gradatim.serving.steering import Steering
    from gradatim.serving.structured import Sample, StructuredAnswer, Usage, ask_structured
    from gradatim.serving.transport import Call, RequestRefused, Transport, TransportError, calling, current_call

__all__ = [
    "CATALOGUE",
    "Call",
    "CatalogueEntry",
    "Client",
    "EmbeddedTransport",
    "Embedder",
    "HttpTransport",
    "Ledger",
    "MiniLMEmbedder",
    "Observer",
    "OpenAIChat",
    "Progress",
    "RequestRefused",
    "Sample",
    "ScriptExhausted",
    "ScriptedChat",
    "ScriptedRequest",
    "ScriptedTransport",
    "Steering",
    "StructuredAnswer",
    "Transport",
    "TransportError",
    "Usage",
    "ask_structured",
    "calling",
    "current_call",
    "default_embedder",
    "installed",
    "open_chat_model",
    "open_client",
    "open_transport",
    "pull",
    "resolve",
]

_MODULES = {
    "catalogue": ("CATALOGUE", "CatalogueEntry"),
    "chat": ("OpenAIChat",),
    "client": ("Client", "Ledger", "Observer", "open_client", "open_transport"),
    "client.http": ("HttpTransport",),
    "download": ("Progress", "installed", "pull", "resolve"),
    "embedded": ("EmbeddedTransport",),
    "embeddings": ("Embedder", "MiniLMEmbedder", "default_embedder"),
    "models": ("open_chat_model",),
    "scripted": ("ScriptExhausted", "ScriptedChat", "ScriptedRequest", "ScriptedTransport"),
    "steering": ("Steering",),
    "structured": ("Sample", "StructuredAnswer", "Usage", "ask_structured"),
    "transport": ("Call", "RequestRefused", "Transport", "TransportError", "calling", "current_call"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
