"""Analysed documents kept on disk: a build that was cut off goes on, and only what changed is read again."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from gradatim.kg.construction.encoding import Encoded
from gradatim.kg.construction.material import Analysed, stacked
from gradatim.kg.construction.sentences import Sentence, Token

FORMAT = 2
"""Raised whenever the same document would be analysed differently."""
_log = logging.getLogger(__name__)


class Keeper:
    """A folder with one file for each document that was analysed.

    A file belongs to a document's content and to the parser and encoder; what cannot be read is analysed anew.

    Args:
        folder: Made when first written to.
        readers: Names of the parser and the encoder.
    """

    def __init__(self, folder: Path, *readers: str) -> None:
        self.folder = folder
        self._readers = readers

    def get(self, name: str, digest: str) -> Analysed | None:
        """The analysis of a document with this content, under the name it has now."""
        import numpy as np

        path = self._path(name, digest)
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
                plain = json.loads(str(archive["plain"]))
                vectors = archive["vectors"].astype(np.float32)
            return Analysed(
                name,
                digest,
                tuple(_sentence(item) for item in plain["sentences"]),
                tuple(_cut(vectors, [len(item["tokens"]) for item in plain["sentences"]])),
                frozenset(plain["example_names"]),
            )
        except FileNotFoundError:
            return None
        except Exception as error:  # noqa: BLE001 numpy and zlib raise many kinds, and the document is still there
            _log.warning("%s cannot be used and is made anew: %s", path, error)
            return None

    def put(self, document: Analysed) -> None:
        """Keep an analysis, whole or not at all; where that cannot be done, a build goes on without."""
        import numpy as np

        path = self._path(document.name, document.digest)
        plain = {
            "sentences": [asdict(item) for item in document.sentences],
            "example_names": sorted(document.example_names),
        }
        part = path.with_suffix(".part.npz")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            np.savez_compressed(part, plain=np.array(json.dumps(plain)), vectors=stacked(document.encoded))
            part.replace(path)
        except OSError as error:
            _log.warning("the analysis of %s cannot be kept: %s", document.name, error)
            with suppress(OSError):
                part.unlink()

    def _path(self, name: str, digest: str) -> Path:
        # Places in the sentences carry the document's name, so it is a part of the key.
        key = hashlib.sha256("\0".join((str(FORMAT), *self._readers, name, digest)).encode()).hexdigest()
        return self.folder / f"{key[:32]}.npz"


def _sentence(plain: dict[str, Any]) -> Sentence:
    return Sentence(
        text=plain["text"],
        tokens=tuple(Token(**token) for token in plain["tokens"]),
        kind=plain["kind"],
        section=tuple(plain["section"]),
        place=plain["place"],
        block=plain["block"],
        leads=plain["leads"],
    )


def _cut(vectors: Any, lengths: list[int]) -> Iterator[Encoded]:
    if len(vectors) != sum(lengths):
        raise ValueError("vectors and words do not match")
    at = 0
    for length in lengths:
        yield Encoded(vectors[at : at + length])
        at += length
