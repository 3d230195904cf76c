"""ChatGLM3's equations in plain numpy, written from the published architecture and from nothing that loads it.

A decoder of `L` layers on a residual stream `h` (tokens × hidden), every product without a bias but that of the fused
query, key and value:

* RMSNorm: `x / sqrt(mean(x²) + ε) · w`;
* `a = h + W_o · attention(norm₁(h))`, `h = a + W_down · (silu(g) ⊙ u)` with `[g; u] = W_up · norm₂(a)`;
* attention of `H` query heads that share `G` key and value heads, query head `i` using group `i // (H/G)`, scores
  divided by `sqrt(d)`, each token seeing itself and what is before it;
* rotation: of the first `d/2` numbers of every query and key, the pair `(2j, 2j+1)` is turned by the angle
  `position · (10,000 · ratio)^(−2j / (d/2))`; the second half is left alone;
* logits `W_out · norm(h)`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Reference:
    """Logits of a checkpoint by the equations above, in double precision.

    Args:
        config: The original `config.json`.
        tensors: Original names → values.
    """

    def __init__(self, config: Mapping[str, Any], tensors: Mapping[str, NDArray[Any]]) -> None:
        self.config = config
        self.tensors = {name: values.astype(np.float64) for name, values in tensors.items()}

    def logits(self, prompts: Sequence[Sequence[int]]) -> list[Floats]:
        """Logits of each prompt alone: tokens × vocabulary."""
        return [
            self._logits(np.array(prompt), np.arange(len(prompt)), np.ones(len(prompt), bool)) for prompt in prompts
        ]

    def padded_logits(self, prompts: Sequence[Sequence[int]], pad: int) -> Floats:
        """Logits of a batch that is padded on the left: prompts × tokens × vocabulary.

        Positions count from the first token that is no padding, and nobody sees the padding.
        """
        ids, visible = pad_left(prompts, pad)
        positions = np.maximum(visible.cumsum(axis=1) - 1, 0)
        return np.stack([self._logits(*row) for row in zip(ids, positions, visible.astype(bool), strict=True)])

    def _logits(self, ids: Integers, positions: Integers, visible: NDArray[np.bool_]) -> Floats:
        stream = self._weight("embedding.word_embeddings.weight")[ids]
        for layer in range(self.config["num_layers"]):
            stream = self._layer(f"encoder.layers.{layer}", stream, positions, visible)
        return self._norm("encoder.final_layernorm.weight", stream) @ self._weight("output_layer.weight").T

    def _weight(self, name: str) -> Floats:
        return self.tensors[f"transformer.{name}"]

    def _norm(self, name: str, stream: Floats) -> Floats:
        size = np.sqrt(np.mean(stream * stream, axis=-1, keepdims=True) + self.config["layernorm_epsilon"])
        return stream / size * self._weight(name)

    def _layer(self, inside: str, stream: Floats, positions: Integers, visible: NDArray[np.bool_]) -> Floats:
        normed = self._norm(f"{inside}.input_layernorm.weight", stream)
        stream = stream + self._attention(inside, normed, positions, visible)
        normed = self._norm(f"{inside}.post_attention_layernorm.weight", stream)
        gate, up = np.split(normed @ self._weight(f"{inside}.mlp.dense_h_to_4h.weight").T, 2, axis=-1)
        return stream + (gate / (1 + np.exp(-gate)) * up) @ self._weight(f"{inside}.mlp.dense_4h_to_h.weight").T

    def _attention(self, inside: str, normed: Floats, positions: Integers, visible: NDArray[np.bool_]) -> Floats:
        heads, groups = self.config["num_attention_heads"], self.config["multi_query_group_num"]
        width, length = self.config["kv_channels"], len(normed)
        fused = normed @ self._weight(f"{inside}.self_attention.query_key_value.weight").T
        if self.config["add_qkv_bias"]:
            fused = fused + self._weight(f"{inside}.self_attention.query_key_value.bias")
        query, key, value = np.split(fused, [heads * width, (heads + groups) * width], axis=-1)
        query = self._rotated(query.reshape(length, heads, width), positions)
        key = self._rotated(key.reshape(length, groups, width), positions)
        value = value.reshape(length, groups, width)
        # who sees whom; a padding token sees itself alone, so that its row has a maximum
        seen = (np.tril(np.ones((length, length), bool)) & visible) | np.eye(length, dtype=bool)
        mixed = np.empty((length, heads, width))
        for head in range(heads):
            group = head // (heads // groups)
            scores = np.where(seen, query[:, head] @ key[:, group].T / np.sqrt(width), -np.inf)
            weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
            mixed[:, head] = weights / weights.sum(axis=-1, keepdims=True) @ value[:, group]
        return mixed.reshape(length, heads * width) @ self._weight(f"{inside}.self_attention.dense.weight").T

    def _rotated(self, vectors: Floats, positions: Integers) -> Floats:
        half = self.config["kv_channels"] // 2
        base = 10_000 * self.config.get("rope_ratio", 1.0)
        angles = positions[:, None] * base ** (-np.arange(0, half, 2) / half)
        # a pair as one complex number: turning it is one multiplication
        turned = (vectors[..., 0:half:2] + 1j * vectors[..., 1:half:2]) * np.exp(1j * angles)[:, None]
        result = vectors.copy()
        result[..., 0:half:2], result[..., 1:half:2] = turned.real, turned.imag
        return result


def pad_left(prompts: Sequence[Sequence[int]], pad: int) -> tuple[Integers, Integers]:
    """Prompts in one array, and where it holds no padding (1) and where it does (0)."""
    longest = max(map(len, prompts))
    ids = np.array([[pad] * (longest - len(prompt)) + list(prompt) for prompt in prompts])
    visible = np.array([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    return ids, visible
