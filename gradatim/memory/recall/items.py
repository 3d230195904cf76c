"""How items of recall are kept in Chroma: what can be asked for, and the rest in one body that can be sealed.

Chroma filters by metadata. Learners and concepts stand there as digests, kinds and instants as they are; ids, texts
and everything else are in the body. With a cipher the body is sealed. Digests of guessable names can be guessed, and
a vector tells roughly what its text was about: neither is encrypted.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from gradatim.domain import Recollection, stable_id
from gradatim.errors import StorageError
from gradatim.memory.inputs import microseconds
from gradatim.memory.recall.protocol import LearnerFeatures

if TYPE_CHECKING:
    from gradatim.memory.storage.encryption import Cipher

LEARNER = "learner"
AT = "at"
KIND = "kind"
BODY = "body"
_CONCEPT = "concept-"
_KEY_LENGTH = 32


def learner_key(learner_id: str) -> str:
    """The digest under which recall keeps what belongs to a learner (32 hexadecimal digits)."""
    return stable_id(learner_id, length=_KEY_LENGTH)


def item_key(learner_id: str, item_id: str) -> str:
    """The id of an item in Chroma."""
    return stable_id(learner_id, item_id, length=_KEY_LENGTH)


def recollection_metadata(item: Recollection, cipher: Cipher | None) -> dict[str, Any]:
    """What is kept of a recollection beside its vector."""
    body = item.model_dump(mode="json", exclude={"kind", "similarity"}, exclude_defaults=True)
    return {
        LEARNER: learner_key(item.learner_id),
        KIND: item.kind,
        AT: microseconds(item.at),
        BODY: _sealed(body, item_key(item.learner_id, item.id), cipher),
    } | {_concept_key(concept): True for concept in item.concepts}


def recollection(
    key: str, metadata: Mapping[str, Any], similarity: float | None, cipher: Cipher | None
) -> Recollection:
    """The recollection that was kept so."""
    return Recollection(kind=metadata[KIND], similarity=similarity, **opened(key, metadata, cipher))


def features_metadata(features: LearnerFeatures, cipher: Cipher | None) -> dict[str, Any]:
    """What is kept of a learner's features beside the numbers."""
    key = learner_key(features.learner_id)
    body = {"learner_id": features.learner_id, "at": features.at}
    return {LEARNER: key, AT: microseconds(features.at), BODY: _sealed(body, key, cipher)}


def opened(key: str, metadata: Mapping[str, Any], cipher: Cipher | None) -> dict[str, Any]:
    """The body of an item, whether or not it is sealed.

    Raises:
        StorageError: It is sealed and cannot be opened with this cipher.
    """
    body: str = metadata[BODY]
    if not body.startswith("{"):
        if cipher is None:
            raise StorageError(
                "what recall holds is encrypted, and no key is set",
                place=f"recall, item {key}",
                remedy="set GRADATIM_MEMORY_KEY to the key that it was encrypted with",
            )
        body = cipher.open(base64.b64decode(body), _context(key)).decode("utf-8")
    return json.loads(body)


def resealed(keys: list[str], metadatas: list[dict[str, Any]], cipher: Cipher | None) -> list[dict[str, Any]]:
    """The metadata of items with bodies as they would be written now."""
    return [
        {**metadata, BODY: _sealed(opened(key, metadata, cipher), key, cipher)}
        for key, metadata in zip(keys, metadatas, strict=True)
    ]


def sealing(cipher: Cipher | None) -> dict[str, Any]:
    """What the signature of a collection says of its bodies."""
    return {"sealed": True} if cipher is not None else {}


def where(learner_id: str, concepts: Collection[str], kinds: Collection[str], since: str | None) -> dict[str, Any]:
    """The filter for a learner's items."""
    conditions: list[dict[str, Any]] = [{LEARNER: learner_key(learner_id)}]
    if kinds:
        conditions.append({KIND: {"$in": sorted(kinds)}})
    if since is not None:
        conditions.append({AT: {"$gte": microseconds(since)}})
    if len(concepts) == 1:
        conditions += [{_concept_key(concept): True} for concept in concepts]
    elif concepts:
        conditions.append({"$or": [{_concept_key(concept): True} for concept in sorted(concepts)]})
    return conditions[0] if len(conditions) == 1 else {"$and": conditions}


def _sealed(body: Mapping[str, Any], key: str, cipher: Cipher | None) -> str:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    if cipher is None:
        return text
    return base64.b64encode(cipher.seal(text.encode("utf-8", "surrogatepass"), _context(key))).decode("ascii")


def _context(key: str) -> str:
    return f"recall/{key}"


def _concept_key(concept: str) -> str:
    return _CONCEPT + stable_id(concept, length=_KEY_LENGTH)
