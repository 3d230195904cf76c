"""A Chroma server as a place of vectors: one client, many processes at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from gradatim.errors import GradatimError, InputError, StorageError

if TYPE_CHECKING:
    import httpx
    from chromadb import Collection
    from chromadb.api.client import Client

REQUEST_SECONDS = 30.0
"""How long one request may take."""
CONNECT_SECONDS = 5.0
LOCK_SECONDS = 30.0
"""How long to wait for another process that rewrites a collection, before it counts as dead."""
_LOCK = "-lock"
_POLL_SECONDS = 0.01
_PAGE = 500
_SHOWN = 300
"""Characters of an error of Chroma that are shown: it may hold whole vectors."""
_PORTS = {"http": 8000, "https": 443}


class ChromaServer:
    """Collections on a Chroma server.

    Chroma's client reports nothing to its makers: that is switched off. The server itself asks nobody who they are;
    a proxy in front of it can, and is given the token.

    Args:
        address: `http(s)://host:port`; port 8000 when not given, 443 with `https`.
        token: Sent as a bearer token with each request.

    Raises:
        InputError: The address cannot be used.
    """

    shared = True

    def __init__(self, address: str, token: str | None = None) -> None:
        self.address = address.rstrip("/")
        self._scheme, self._host, self._port = _parts(self.address)
        self._token = token
        self._client: Client | None = None
        self._opening = threading.Lock()

    def exists(self) -> bool:
        """Only asking the server could tell: it may hold something."""
        return True

    @contextmanager
    def opened(self, *, write: bool) -> Generator[Client]:
        """The client, connected at the first use; several threads may work with it.

        Raises:
            StorageError: The server does not answer, or answers with an error.
        """
        with self._errors():
            with self._opening:
                if self._client is None:
                    self._client = self._connected()
            yield self._client

    def changed(self) -> None:
        """Nothing to do: everybody reads from the server."""

    @contextmanager
    def alone(self, client: Client, name: str) -> Generator[None]:
        """Hold the lock of a collection: an empty collection, which only one can make.

        A lock that stays the same for `LOCK_SECONDS` is that of a process that has ended, and is taken over.
        """
        from chromadb.errors import ChromaError, NotFoundError

        lock = name + _LOCK
        seen, since = None, time.monotonic()
        while True:
            try:
                mine = client.create_collection(lock, embedding_function=None)
                break
            except ChromaError:
                try:
                    holder = client.get_collection(lock, embedding_function=None).id
                except NotFoundError:
                    holder = None  # given back in this moment
                if holder is None or holder != seen:
                    seen, since = holder, time.monotonic()
                elif time.monotonic() - since > LOCK_SECONDS:
                    with suppress(NotFoundError):
                        client.delete_collection(lock)
                    continue
                time.sleep(_POLL_SECONDS)
        try:
            yield
        finally:
            with suppress(NotFoundError):
                if client.get_collection(lock, embedding_function=None).id == mine.id:
                    client.delete_collection(lock)

    def vacuum(self) -> None:
        """Nothing: a server's disk cannot be cleaned from afar.

        What was deleted stays in its free room until `chroma vacuum --path FOLDER` is run while it is stopped.
        """

    def traces(self, needles: Sequence[bytes], prefix: str = "") -> list[str]:
        """Items whose id or metadata hold any of these byte strings, as far as the server shows them.

        What lies in the free room of the server's disk cannot be seen from here.
        """
        wanted = [needle for needle in needles if needle]
        found: list[str] = []
        with self.opened(write=False) as client:
            for collection in _collections(client, prefix):
                if _holds([collection.name, collection.metadata], wanted):
                    found.append(f"collection {collection.name}")
                offset = 0
                while True:
                    page = collection.get(limit=_PAGE, offset=offset, include=["metadatas", "documents"])
                    texts = page["documents"] or [None] * len(page["ids"])
                    found += [
                        f"collection {collection.name}, item {item}"
                        for item, metadata, text in zip(page["ids"], page["metadatas"] or [], texts, strict=True)
                        if _holds([item, metadata, text], wanted)
                    ]
                    offset += len(page["ids"])
                    if len(page["ids"]) < _PAGE:
                        break
        return found

    def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
            for session in _sessions(client):
                session.close()  # Chroma leaves them open

    def _connected(self) -> Client:
        """A client whose requests end: Chroma's own would wait for an answer without end."""
        import httpx
        from chromadb import HttpClient
        from chromadb.config import Settings

        patience = httpx.Timeout(REQUEST_SECONDS, connect=CONNECT_SECONDS)
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        # Making the client asks already, without a limit: first see whether anybody answers.
        httpx.get(f"{self.address}/api/v2/heartbeat", headers=headers, timeout=patience).raise_for_status()
        client = cast(
            "Client",
            HttpClient(
                host=self._host,
                port=self._port,
                ssl=self._scheme == "https",
                headers=headers,
                settings=Settings(anonymized_telemetry=False),
            ),
        )
        for session in _sessions(client):
            session.timeout = patience
        return client

    @contextmanager
    def _errors(self) -> Generator[None]:
        """Whatever goes wrong with the server is a `StorageError` that names it."""
        from httpx import HTTPStatusError, RequestError

        try:
            yield
        except GradatimError:
            raise
        except RequestError as error:
            raise self._away(type(error).__name__) from error
        except HTTPStatusError as error:
            raise StorageError(
                f"the Chroma server answers HTTP {error.response.status_code}",
                place=self.address,
                remedy="see whether a Chroma server is there, and what a proxy in front of it asks for "
                "(setting recall_token)",
            ) from error
        except Exception as error:  # Chroma raises its own errors, ValueError and AttributeError alike
            if "Could not connect" in str(error):
                raise self._away("ConnectError") from error
            raise StorageError(
                f"the Chroma server answers with an error: {str(error)[:_SHOWN]}",
                place=self.address,
                remedy="see its log; gradatim was tried with Chroma 1.5",
            ) from error

    def _away(self, reason: str) -> StorageError:
        return StorageError(
            f"the Chroma server does not answer ({reason})",
            place=self.address,
            remedy="start it with `chroma run --path FOLDER`, or set GRADATIM_RECALL to another place",
        )


def _sessions(client: Client) -> list[httpx.Client]:
    """The connections of a client, which Chroma does not hand out: its own, and those it looked up databases with."""
    inside = cast("Any", client)
    return [inside._server._session, inside._admin_client._server._session]


def _parts(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname or parts.path or parts.query or parts.username:
        raise InputError("is no address of a Chroma server", place=repr(address), remedy="write it as http://host:8000")
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def _collections(client: Client, prefix: str) -> Iterator[Collection]:
    offset = 0
    while page := client.list_collections(limit=_PAGE, offset=offset):
        offset += len(page)
        yield from (collection for collection in page if collection.name.startswith(prefix))


def _holds(values: Sequence[object], needles: Sequence[bytes]) -> bool:
    content = json.dumps(values, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return any(needle in content for needle in needles)
