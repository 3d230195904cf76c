"""Checkpoints and store items at rest: encrypted where there is a key, and whatever Python text they hold.

What is looked up stays readable: ids of runs, namespaces, keys, and of a store item the fields of `READABLE`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from typing import Any

from langgraph.checkpoint.serde.base import CipherProtocol, SerializerProtocol
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.store.base import BaseStore, GetOp, Item, Op, PutOp, Result, SearchItem, SearchOp

from gradatim.errors import StorageError
from gradatim.memory.storage.encryption import Cipher

CIPHER_NAME = "aesgcm"
"""Stands behind the type of an encrypted value in the tables of checkpoints."""
CONTEXT = "checkpoints"
SEALED, PACKED = "__sealed__", "__packed__"
READABLE = ("status", "learner_id", "task_id")
"""Fields of an item by which it is found."""


class CheckpointCipher(CipherProtocol):
    """A cipher as LangGraph's serializer wants it.

    Args:
        cipher: The cipher of the learner memory.
    """

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def encrypt(self, plaintext: bytes) -> tuple[str, bytes]:
        """Encrypt a value; it is not told where it will stand."""
        return CIPHER_NAME, self._cipher.seal(plaintext, CONTEXT)

    def decrypt(self, ciphername: str, ciphertext: bytes) -> bytes:
        """Decrypt a value."""
        if ciphername != CIPHER_NAME:
            raise StorageError(
                f"a checkpoint is encrypted by {ciphername!r}", place=CONTEXT, remedy="use the program that wrote it"
            )
        return self._cipher.open(ciphertext, CONTEXT)


class KeylessSerializer(SerializerProtocol):
    """A serializer that says so when a value is encrypted and there is no key.

    Args:
        serde: Of values that are not.
    """

    def __init__(self, serde: SerializerProtocol) -> None:
        self._serde = serde

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """As the other one."""
        return self._serde.dumps_typed(obj)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """As the other one, but for encrypted values."""
        if data[0].endswith(f"+{CIPHER_NAME}"):
            raise StorageError(
                "this run is encrypted and no key is set", place=CONTEXT, remedy="set GRADATIM_MEMORY_KEY to its key"
            )
        return self._serde.loads_typed(data)


def serializer(cipher: Cipher | None) -> SerializerProtocol:
    """How values of checkpoints are written: plain data only, encrypted where there is a key."""
    # strict msgpack: a state that is not plain data is refused instead of coming back changed
    serde = JsonPlusSerializer(allowed_msgpack_modules=None)
    return KeylessSerializer(serde) if cipher is None else EncryptedSerializer(CheckpointCipher(cipher), serde)


class SealedStore(BaseStore):
    """A store whose items another store keeps in a form that it can.

    With a cipher, items are encrypted. Without one, only those are packed whose text PostgreSQL's `jsonb` refuses
    (NUL, half surrogate pairs). Items that were stored as they are can be read in any case.

    Args:
        inner: Keeps the items.
        cipher: Seals them; `None` packs where that is necessary.
    """

    def __init__(self, inner: BaseStore, cipher: Cipher | None) -> None:
        self.inner = inner
        self._cipher = cipher

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Not offered: the stores behind are asynchronous."""
        raise NotImplementedError("use the asynchronous methods")

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Carry out operations."""
        asked = [self._closed(op) for op in ops]
        return [self._opened(op, result) for op, result in zip(asked, await self.inner.abatch(asked), strict=True)]

    def _closed(self, op: Op) -> Op:
        if not isinstance(op, PutOp) or op.value is None:
            return op
        return op._replace(value=sealed_item(op.namespace, op.key, op.value, self._cipher))

    def _opened(self, op: Op, result: Result) -> Result:
        if isinstance(op, GetOp) and isinstance(result, Item):
            return Item(
                value=self._value(result),
                key=result.key,
                namespace=result.namespace,
                created_at=result.created_at,
                updated_at=result.updated_at,
            )
        if isinstance(op, SearchOp) and isinstance(result, list):
            return [self._found(item) if isinstance(item, SearchItem) else item for item in result]  # pyright: ignore[reportReturnType]
        return result

    def _found(self, item: SearchItem) -> SearchItem:
        return SearchItem(
            namespace=item.namespace,
            key=item.key,
            value=self._value(item),
            created_at=item.created_at,
            updated_at=item.updated_at,
            score=item.score,
        )

    def _value(self, item: Item) -> dict[str, Any]:
        return opened_item(item.namespace, item.key, item.value, self._cipher)


def sealed_item(
    namespace: tuple[str, ...], key: str, value: Mapping[str, Any], cipher: Cipher | None
) -> dict[str, Any]:
    """A store item as it is kept."""
    text = json.dumps(value)
    if cipher is not None:
        body = cipher.seal(text.encode("ascii"), _context(namespace, key))
        return {SEALED: base64.b64encode(body).decode("ascii")} | _readable(value)
    if "\\u0000" in text or "\\ud" in text:
        return {PACKED: base64.b64encode(text.encode("ascii")).decode("ascii")} | _readable(value)
    return dict(value)


def opened_item(namespace: tuple[str, ...], key: str, value: dict[str, Any], cipher: Cipher | None) -> dict[str, Any]:
    """A store item as it was given.

    Raises:
        StorageError: It is encrypted and there is no key, or another one.
    """
    if PACKED in value:
        return json.loads(base64.b64decode(value[PACKED]))
    if SEALED not in value:
        return value
    if cipher is None:
        raise StorageError(
            "this item is encrypted and no key is set",
            place=_context(namespace, key),
            remedy="set GRADATIM_MEMORY_KEY to its key",
        )
    return json.loads(cipher.open(base64.b64decode(value[SEALED]), _context(namespace, key)))


def _readable(value: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value[name] for name in READABLE if isinstance(value.get(name), str) and value[name].isprintable()}
    submission = value.get("submission")
    learner = submission.get("learner_id") if isinstance(submission, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return {"learner_id": learner} | kept if isinstance(learner, str) and learner.isprintable() else kept


def _context(namespace: tuple[str, ...], key: str) -> str:
    return f"store/{'.'.join(namespace)}/{key}"
