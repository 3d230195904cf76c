"""What a model's `config.json` says about its size: shapes, parameters, bytes a token takes in the KV cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError

_NAMES: Mapping[str, tuple[str, ...]] = {
    "layers": ("num_layers", "num_hidden_layers"),
    "hidden": ("hidden_size",),
    "heads": ("num_attention_heads",),
    "ffn": ("ffn_hidden_size", "intermediate_size"),
    "vocabulary": ("padded_vocab_size", "vocab_size"),
}
"""Field → the key of ChatGLM3's own configuration, then that of the native GLM class and its relatives."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """Shapes of a decoder of GLM's family (grouped-query attention, gated feed-forward).

    Attributes count numbers, not bytes.
    """

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    ffn: int
    vocabulary: int
    positions: int
    """Tokens that the positions were trained for."""
    qkv_bias: bool = True
    tied: bool = False
    """Whether the output layer is the embedding."""
    quantization: str | None = None
    """`quant_method` of a quantized checkpoint."""
    quantization_bits: int | None = None
    """Bits of a weight in a quantized checkpoint, where its configuration says so."""
    kind: str = "chatglm"
    """`model_type`."""

    @property
    def layer_weights(self) -> int:
        """Weights of all linear layers between embedding and output."""
        attention = self.hidden * (self.heads + 2 * self.kv_heads) * self.head_dim
        attention += self.heads * self.head_dim * self.hidden
        return self.layers * (attention + 3 * self.hidden * self.ffn)

    @property
    def small_weights(self) -> int:
        """Biases and norms."""
        bias = (self.heads + 2 * self.kv_heads) * self.head_dim if self.qkv_bias else 0
        return self.layers * (bias + 2 * self.hidden) + self.hidden

    @property
    def embedding_weights(self) -> int:
        """Weights of the embedding and the output layer."""
        return self.vocabulary * self.hidden * (1 if self.tied else 2)

    @property
    def parameters(self) -> int:
        """All weights; 6,243,584,000 for ChatGLM3-6B."""
        return self.layer_weights + self.small_weights + self.embedding_weights

    def kv_heads_on(self, devices: int) -> int:
        """Key-value heads that each of several tensor-parallel devices keeps.

        Fewer heads than devices are copied, not split: four devices keep one of two heads each.
        """
        return max(1, self.kv_heads // devices)

    def kv_token_bytes(self, number_bytes: int, devices: int = 1) -> int:
        """Bytes of one token in the KV cache of each device: keys and values, of every head and layer."""
        return 2 * self.kv_heads_on(devices) * self.head_dim * self.layers * number_bytes

    @classmethod
    def from_config(cls, config: Mapping[str, Any], place: str = "config.json") -> Architecture:
        """Read a configuration in ChatGLM3's own form or that of the native GLM class.

        Raises:
            InputError: A size is missing or is no positive number.
        """
        sizes = {field: _size(config, names, place) for field, names in _NAMES.items()}
        heads = sizes["heads"]
        grouped = bool(config.get("multi_query_attention", True))
        kv_heads = config.get("multi_query_group_num") if grouped else heads
        kv_heads = kv_heads if kv_heads is not None else config.get("num_key_value_heads", heads)
        head_dim = config.get("kv_channels") or config.get("head_dim") or sizes["hidden"] // heads
        for name, value in (("key-value heads", kv_heads), ("head dimension", head_dim)):
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise _broken(place, f"the number of {name} is {value!r}")
        if heads % kv_heads:
            raise _broken(place, f"{heads} attention heads cannot share {kv_heads} key-value heads")
        quantization = config.get("quantization_config")
        method, bits = (
            _quantization(cast("dict[str, Any]", quantization)) if isinstance(quantization, dict) else (None, None)
        )
        positions = config.get("seq_length") or config.get("max_position_embeddings") or 8192
        return cls(
            **sizes,
            kv_heads=kv_heads,
            head_dim=head_dim,
            positions=int(positions),
            qkv_bias=bool(config.get("add_qkv_bias", config.get("attention_bias", False))),
            tied=bool(config.get("tie_word_embeddings", False)),
            quantization=method,
            quantization_bits=bits,
            kind=str(config.get("model_type", "")),
        )

    @classmethod
    def from_folder(cls, folder: Path) -> Architecture:
        """Read `config.json` of a model's folder.

        Raises:
            InputError: The folder or the file is missing, or is no configuration of such a model.
        """
        path = folder / "config.json"
        try:
            config: object = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise InputError(
                f"the model's configuration cannot be read: {error.strerror}",
                place=str(path),
                remedy="name a folder that `gradatim model convert chatglm3 SRC DST` wrote",
            ) from error
        except ValueError as error:
            raise _broken(str(path), f"it is not JSON: {error}") from error
        if not isinstance(config, dict):
            raise _broken(str(path), "it is no JSON object")
        return cls.from_config(cast("dict[str, Any]", config), str(path))


CHATGLM3_6B = Architecture(
    layers=28, hidden=4096, heads=32, kv_heads=2, head_dim=128, ffn=13696, vocabulary=65024, positions=8192
)
"""ChatGLM3-6B as published."""


def _size(config: Mapping[str, Any], names: tuple[str, ...], place: str) -> int:
    for name in names:
        value = config.get(name)
        if value is not None:
            if not isinstance(value, int) or isinstance(value, bool) or value < 1:
                raise _broken(place, f"{name} is {value!r}, not a positive whole number")
            return value
    raise _broken(place, f"it has no {' or '.join(names)}")


def _quantization(config: dict[str, Any]) -> tuple[str | None, int | None]:
    """Method and bits; compressed-tensors says the bits of each group of layers."""
    method, bits = config.get("quant_method"), config.get("bits", config.get("w_bit"))
    groups = config.get("config_groups")
    if bits is None and isinstance(groups, dict):
        for group in cast("dict[str, Any]", groups).values():
            weights = cast("dict[str, Any]", group).get("weights") if isinstance(group, dict) else None
            if isinstance(weights, dict):
                bits = cast("dict[str, Any]", weights).get("num_bits")
                break
    return str(method) if method is not None else None, bits if isinstance(bits, int) else None


def _broken(place: str, what: str) -> InputError:
    return InputError(
        f"this is not the configuration of a model of this family: {what}",
        place=place,
        remedy="name a folder that `gradatim model convert chatglm3 SRC DST` wrote",
    )
