"""Recall in Chroma: in a folder, or on a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gradatim.memory.recall.migration import migrate
from gradatim.memory.recall.vector import VectorRecall
from gradatim.serving.vectors import ChromaFolder, ChromaServer

if TYPE_CHECKING:
    from gradatim.memory.storage.encryption import Cipher
    from gradatim.serving.embeddings import Embedder


class ChromaRecall(VectorRecall):
    """Recollections in a folder of Chroma.

    A folder that does not exist is not made by asking. Each call runs in one thread and, across processes, alone.
    Forgetting leaves no bytes behind.

    Args:
        path: The folder.
        embedder: Gives the embedder; called once, when vectors are first needed.
        cipher: Seals ids and texts.
    """

    def __init__(self, path: Path, embedder: Callable[[], Embedder], *, cipher: Cipher | None = None) -> None:
        super().__init__(ChromaFolder(path), embedder, cipher=cipher)
        self.path = path
        self._migrated = False

    def prepare(self) -> None:
        """Take over what an earlier version of gradatim stored."""
        if not self._migrated:
            migrate(self.place, self.texts)
            self._migrated = True


class ChromaServerRecall(VectorRecall):
    """Recollections on a Chroma server that many processes share.

    What is forgotten cannot be found any more, but stays in the free room of the server's disk until
    `chroma vacuum` is run there.

    Args:
        address: `http(s)://host:port`.
        embedder: Gives the embedder; called once, when vectors are first needed.
        cipher: Seals ids and texts before they leave this process.
        token: Sent as a bearer token, for a proxy in front of the server.

    Raises:
        InputError: The address cannot be used.
    """

    def __init__(
        self,
        address: str,
        embedder: Callable[[], Embedder],
        *,
        cipher: Cipher | None = None,
        token: str | None = None,
    ) -> None:
        super().__init__(ChromaServer(address, token), embedder, cipher=cipher)
        self.address = address
