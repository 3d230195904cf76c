"""What a place of vectors promises, whether Chroma keeps them in a folder or on a server."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chromadb.api.client import Client


class VectorPlace(Protocol):
    """Where Chroma keeps collections.

    Calls block and belong into a thread. Whatever goes wrong is a `StorageError` that names the place.
    """

    @property
    def shared(self) -> bool:
        """Whether others may write between two requests of one `opened`."""
        ...

    def exists(self) -> bool:
        """Whether anything can have been stored; asking a place that does not exist makes nothing."""
        ...

    def opened(self, *, write: bool) -> AbstractContextManager[Client]:
        """Work with the collections; `write` where something will be written."""
        ...

    def changed(self) -> None:
        """Tell, while it is opened for reading, that something was written after all."""
        ...

    def alone(self, client: Client, name: str) -> AbstractContextManager[None]:
        """Be the only one who rewrites the collection `name`, while the place is opened."""
        ...

    def vacuum(self) -> None:
        """Clean the disk of what was deleted, as far as that can be done from here."""
        ...

    def traces(self, needles: Sequence[bytes], prefix: str) -> list[str]:
        """Where any of these byte strings still occur.

        Args:
            needles: What is looked for; an empty one is passed over.
            prefix: Of the names of the collections that are looked through, where only collections can be.
        """
        ...

    def close(self) -> None:
        """Close what is open; it opens again with the next use."""
        ...
