"""Word pieces in their context, from the middle of the packaged sentence encoder.

The upper half of all-MiniLM-L6-v2 is trained to make one vector of a whole text; its lower half still knows of each
word what it is and how it stands to others. Those states are a start for a reader that is trained for something else.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from gradatim.serving.embeddings import load_network, load_tokenizer

TOKENS = 448
"""Longer texts are cut after so many word pieces; the network knows 512 places."""
STATE = "layer_norm_6"
"""Name in the network of what its third layer gives."""
LAYERS_BELOW = 3


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """The word pieces of a text, as far as the model reads it."""

    offsets: tuple[tuple[int, int], ...]
    """Start and end of each in the text, `end` exclusive; the model's own marks at both ends are (0, 0)."""
    states: Any
    """Array (pieces, 384), float32."""


class MiniLMPieces:
    """The lower half of all-MiniLM-L6-v2; safe to use from several threads, loads at first use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        return "all-MiniLM-L6-v2-int8/3"

    def pieces(self, text: str) -> Pieces:
        """A text's word pieces with their states.

        Raises:
            ModelError: The model's files are missing.
        """
        import numpy as np

        with self._lock:
            if self._loaded is None:
                self._loaded = load_tokenizer(TOKENS), load_network(_further_output(STATE))
            tokenizer, session = self._loaded
        encoding = tokenizer.encode(text)
        ids = np.asarray([encoding.ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        # Asked for this output alone, the runtime leaves out the upper half.
        return Pieces(tuple(encoding.offsets), session.run([STATE], feed)[0][0])


def _further_output(name: str) -> bytes:
    """A part of an ONNX `ModelProto` that adds an output: graph (7) { output (12) { name (1), type (2): float } }."""
    tensor_of_floats = _field(1, b"\x08\x01")
    return _field(7, _field(12, _field(1, name.encode()) + _field(2, tensor_of_floats)))


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field of a protocol buffer."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
