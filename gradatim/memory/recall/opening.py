"""The recall that the settings name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gradatim.memory.recall.chroma import ChromaRecall, ChromaServerRecall
from gradatim.memory.recall.protocol import Recall

if TYPE_CHECKING:
    from gradatim.memory.storage.encryption import Cipher
    from gradatim.serving.embeddings import Embedder
    from gradatim.settings import Settings


def open_recall(settings: Settings, embedder: Callable[[], Embedder], cipher: Cipher | None = None) -> Recall:
    """Recall in the data folder, or on the Chroma server of the setting `recall`.

    Nothing is opened before the first use.

    Args:
        settings: Say where.
        embedder: Gives the embedder; called once, when vectors are first needed.
        cipher: Seals ids and texts.
    """
    if settings.recall == "embedded":
        return ChromaRecall(settings.recall_path, embedder, cipher=cipher)
    token = settings.recall_token.get_secret_value() if settings.recall_token else None
    return ChromaServerRecall(settings.recall, embedder, cipher=cipher, token=token)
