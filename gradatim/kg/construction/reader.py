"""The upper half of the reader: three transformer layers that were trained on annotated course text.

Weights are kept as 8-bit numbers with one scale for each output. The layers are those of BERT (Devlin et al. 2019):
self-attention with 12 heads, then a feed-forward part with GELU, each added to its input and normalised.
"""

from __future__ import annotations

import hashlib
import math
import threading
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from gradatim.serving.pieces import MiniLMPieces, Pieces

HEADS = 12
_EPSILON = 1e-12


class CourseReader:
    """Gives each word piece of a passage a vector that says what it is doing there; loads at first use.

    Args:
        weights: File of the upper layers.
        lower: The lower half.
    """

    def __init__(self, weights: Path, lower: MiniLMPieces | None = None) -> None:
        self._path = weights
        self._lower = lower or MiniLMPieces()
        self._lock = threading.Lock()
        self._layers: list[dict[str, Any]] | None = None

    @property
    def name(self) -> str:
        """Changes with the weights."""
        return f"{self._lower.name}+{_digest(self._path)}"

    def pieces(self, text: str) -> Pieces:
        """A text's word pieces with their vectors.

        Raises:
            ModelError: The lower half's files are missing.
        """
        below = self._lower.pieces(text)
        states = below.states
        for layer in self._load():
            states = _layer(states, layer)
        return Pieces(below.offsets, states)

    def _load(self) -> list[dict[str, Any]]:
        import numpy as np

        with self._lock:
            if self._layers is None:
                with np.load(self._path, allow_pickle=False) as archive:
                    arrays = {name: archive[name] for name in archive.files}
                count = 1 + max(int(name.partition(".")[0]) for name in arrays)
                self._layers = [_restored(arrays, str(number)) for number in range(count)]
            return self._layers


def _restored(arrays: dict[str, Any], layer: str) -> dict[str, Any]:
    """The arrays of one layer as float32: 8-bit matrices times their scales."""
    import numpy as np

    own = {name.partition(".")[2]: values for name, values in arrays.items() if name.startswith(f"{layer}.")}
    restored: dict[str, Any] = {}
    for name, values in own.items():
        if name.endswith(".scale"):
            continue
        scale = own.get(f"{name}.scale")
        exact = values.astype(np.float32)
        restored[name] = exact if scale is None else exact * scale.astype(np.float32)
    return restored


def _layer(x: Any, w: dict[str, Any]) -> Any:
    """One layer; `x` is (pieces, dimensions), matrices are (inputs, outputs)."""
    import numpy as np

    pieces, dimensions = x.shape
    mixed = (x @ w["qkv"] + w["qkv_bias"]).reshape(pieces, 3, HEADS, dimensions // HEADS).transpose(1, 2, 0, 3)
    query, key, value = mixed
    scores = query @ key.transpose(0, 2, 1) / math.sqrt(dimensions // HEADS)
    scores -= scores.max(axis=-1, keepdims=True)
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    attended = (weights @ value).transpose(1, 0, 2).reshape(pieces, dimensions)
    x = _normalised(attended @ w["out"] + w["out_bias"] + x, w["norm"], w["norm_bias"])
    hidden = _gelu(x @ w["up"] + w["up_bias"])
    return _normalised(hidden @ w["down"] + w["down_bias"] + x, w["final_norm"], w["final_norm_bias"])


def _normalised(x: Any, scale: Any, shift: Any) -> Any:
    mean = x.mean(axis=-1, keepdims=True)
    deviation = x - mean
    variance = (deviation * deviation).mean(axis=-1, keepdims=True)
    return deviation / (variance + _EPSILON) ** 0.5 * scale + shift


def _gelu(x: Any) -> Any:
    """x·Φ(x), with Φ by the error function as Abramowitz and Stegun 7.1.26 approximate it (error below 2e-7)."""
    import numpy as np

    z = np.abs(x) * np.float32(math.sqrt(0.5))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = ((((1.061405429 * t - 1.453152027) * t) + 1.421413741) * t - 0.284496736) * t + 0.254829592
    erf = 1 - series * t * np.exp(-z * z)
    return (0.5 * x * (1 + np.sign(x) * erf)).astype(np.float32)


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@cache
def default_reader() -> CourseReader:
    """The reader that comes with gradatim; one for the whole process."""
    with as_file(files("gradatim.kg") / "construction" / "weights" / "reader.npz") as path:
        return CourseReader(path)
