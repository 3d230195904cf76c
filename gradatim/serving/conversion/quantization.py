"""Eight-bit weights: which tensors become integers, by which rule, and what `config.json` says about them.

The rule needs no data. Of each linear layer between embedding and output, every row (what one output is made of) is
scaled and rounded for itself, in arithmetic that is exact enough to be the same everywhere:

* scale `s = max(max|w| / 127, 2⁻¹²⁶)`, a 32-bit number; the bound keeps rows of zeros and of the smallest numbers
  from dividing by zero;
* integers `q = w / s` rounded to the nearest, ties to even: from −127 to 127, and `|w − s · q| ≤ s / 2`.

Biases, norms, embedding and output layer keep the number format that the conversion was asked for.

They are stored in the format `int-quantized` of compressed-tensors, as vLLM 0.32 reads it: beside `weight` (8-bit
integers, outputs × inputs) a `weight_scale` (outputs × 1). vLLM multiplies them with activations that it scales and
rounds to 8 bits itself, token by token (W8A8): on NVIDIA processors from Turing on with CUTLASS or Triton, on a CPU
with oneDNN. Weights of 8 bits with activations of 16 (W8A16) its CPU build cannot run.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gradatim.serving.conversion.dtypes import ITEM_BYTES, floats
from gradatim.serving.conversion.layouts import Layout, Piece
from gradatim.serving.conversion.stored import StoredTensor

Quantize = Literal["none", "int8"]

GREATEST = 127
"""Of the integers; −128 is left out, so that both signs have the same range."""
LEAST_SCALE = np.float32(2.0**-126)
"""The smallest number of 32 bits with a whole mantissa: below it, a scale would be too coarse for its row."""
STRETCH = 1 << 20
"""Bytes of the source in memory at a time; the arithmetic takes a few times as much."""
_OUTPUT_LAYERS: dict[Layout, str] = {"glm": "lm_head", "chatglm": "transformer.output_layer"}


def quantized(pieces: Iterable[Piece]) -> list[Piece]:
    """The tensors of the same checkpoint with 8-bit linear layers: their integers, each followed by its scales."""
    result: list[Piece] = []
    for piece in pieces:
        if not _linear(piece):
            result.append(piece)
            continue
        rows = piece.stop - piece.start
        result.append(Piece(piece.name, piece.source, piece.start, piece.stop, piece.shape, "integers"))
        result.append(Piece(f"{piece.name}_scale", piece.source, piece.start, piece.stop, (rows, 1), "scales"))
    return result


def _linear(piece: Piece) -> bool:
    return piece.source.startswith("transformer.encoder.layers.") and len(piece.shape) == 2


def scales(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scale of each row.

    Args:
        values: Weights, outputs × inputs, all of them finite.
    """
    greatest = np.maximum(values.max(axis=1), -values.min(axis=1))
    return np.maximum(greatest / np.float32(GREATEST), LEAST_SCALE)


def integers(values: NDArray[np.float32], scale: NDArray[np.float32]) -> NDArray[np.int8]:
    """Weights in units of their row's scale, rounded to the nearest, ties to even.

    Args:
        values: Weights, outputs × inputs.
        scale: What `scales` says of them.
    """
    # In double precision no quotient of two 32-bit numbers falls on the wrong side of a half.
    quotients = values.astype(np.float64)
    quotients /= scale[:, None]
    return np.rint(quotients, out=quotients).astype(np.int8)


def quantized_bytes(piece: Piece, source: StoredTensor) -> Generator[bytes]:
    """The bytes of a tensor of integers or scales, little-endian, in stretches.

    Args:
        piece: One of those that `quantized` added or changed.
        source: The original tensor.

    Raises:
        NotFinite: The source holds a NaN or an infinity.
        InputError: The file has become shorter than its own description.
        OSError: It cannot be read.
    """
    width = source.size // source.shape[0] // ITEM_BYTES[source.code]
    for raw in source.rows(piece.start, piece.stop, whole=STRETCH):
        values = floats(raw, source.code).reshape(-1, width)
        scale = scales(values)
        yield (scale.astype("<f4") if piece.form == "scales" else integers(values, scale)).tobytes()


def quantization_config(layout: Layout) -> dict[str, Any]:
    """What `config.json` says of 8-bit linear layers, by the names of compressed-tensors."""
    number = {"num_bits": 8, "type": "int", "symmetric": True}
    group = {
        "targets": ["Linear"],
        "weights": {**number, "strategy": "channel", "dynamic": False},
        "input_activations": {**number, "strategy": "token", "dynamic": True},
        "output_activations": None,
        "format": "int-quantized",
    }
    return {
        "quant_method": "compressed-tensors",
        "format": "int-quantized",
        "quantization_status": "compressed",
        "config_groups": {"group_0": group},
        "ignore": [_OUTPUT_LAYERS[layout]],
        "kv_cache_scheme": None,
    }
