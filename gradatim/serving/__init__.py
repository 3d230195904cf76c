"""Language and embedding models, behind LangChain's chat model and a protocol for embeddings.

Names are imported from their modules when they are first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.serving.catalogue import CATALOGUE, CatalogueEntry
    from gradatim.serving.chat import OpenAIChat
    from gradatim.serving.download import Progress, installed, pull, resolve
    from gradatim.serving.embedded import EmbeddedTransport
    from gradatim.serving.embeddings import Embedder, MiniLMEmbedder, default_embedder
    from gradatim.serving.models import open_chat_model
    from gradatim.serving.scripted import ScriptedChat, ScriptedRequest, ScriptExhausted
    from gradatim.serving.structured import Sample, StructuredAnswer, Usage, ask_structured
    from gradatim.serving.transport import HttpTransport, RequestRefused, Transport

__all__ = [
    "CATALOGUE",
    "CatalogueEntry",
    "EmbeddedTransport",
    "Embedder",
    "HttpTransport",
    "MiniLMEmbedder",
    "OpenAIChat",
    "Progress",
    "RequestRefused",
    "Sample",
    "ScriptExhausted",
    "ScriptedChat",
    "ScriptedRequest",
    "StructuredAnswer",
    "Transport",
    "Usage",
    "ask_structured",
    "default_embedder",
    "installed",
    "open_chat_model",
    "pull",
    "resolve",
]

_MODULES = {
    "catalogue": ("CATALOGUE", "CatalogueEntry"),
    "chat": ("OpenAIChat",),
    "download": ("Progress", "installed", "pull", "resolve"),
    "embedded": ("EmbeddedTransport",),
    "embeddings": ("Embedder", "MiniLMEmbedder", "default_embedder"),
    "models": ("open_chat_model",),
    "scripted": ("ScriptExhausted", "ScriptedChat", "ScriptedRequest"),
    "structured": ("Sample", "StructuredAnswer", "Usage", "ask_structured"),
    "transport": ("HttpTransport", "RequestRefused", "Transport"),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
