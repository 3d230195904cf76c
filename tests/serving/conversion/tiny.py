"""Tiny random checkpoints of ChatGLM3's architecture, with its names, shapes and files.

They are written as the publisher's checkpoints are (shards, index, `config.json`, `tokenizer.model`) and owe nothing
to the converter: names and shapes are spelled here a second time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TinyCheckpoint:
    """What was written: the folder, its `config.json`, and the weights as they were stored."""

    folder: Path
    config: Mapping[str, Any]
    tensors: Mapping[str, Array]
    """Original names → values, rounded to the stored type; without `rotary_pos_emb.inv_freq`."""


def make_checkpoint(
    folder: Path,
    *,
    layers: int = 2,
    hidden: int = 128,
    heads: int = 4,
    groups: int = 2,
    kv_channels: int = 32,
    ffn: int = 192,
    vocab: int = 512,
    form: Literal["bin", "safetensors"] = "safetensors",
    shards: int = 3,
    seed: int = 0,
    dtype: Literal["float32", "float16", "bfloat16"] = "float32",
    tokenizer: Path | None = None,
    rope_ratio: float | None = None,
    seq_length: int = 512,
    qkv_bias: bool = True,
) -> TinyCheckpoint:
    """Write a random checkpoint; the same arguments give the same files.

    Args:
        folder: Is made when it is not there.
        layers: Transformer layers.
        hidden: Width.
        heads: Attention heads.
        groups: Key and value heads.
        kv_channels: Width of a head; vLLM's own class takes it to be `hidden / heads`.
        ffn: Width of the feed-forward network.
        vocab: Rows of the embedding (`padded_vocab_size`).
        form: `bin` needs torch.
        shards: Files the weights are spread over; 1 writes one file without an index.
        seed: Of the random weights.
        dtype: In which the weights are stored.
        tokenizer: SentencePiece model to put there as `tokenizer.model`.
        rope_ratio: As the 32k variant has it; left out of the configuration when not given.
        seq_length: Longest context.
        qkv_bias: Whether query, key and value have a bias, as in the published models.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = _config(layers, hidden, heads, groups, kv_channels, ffn, vocab, dtype, seq_length, qkv_bias)
    if rope_ratio is not None:
        config["rope_ratio"] = rope_ratio
    (folder / "config.json").write_text(json.dumps(config, indent=2), "utf-8")
    if tokenizer is not None:
        shutil.copyfile(tokenizer, folder / "tokenizer.model")
    shapes = _shapes(layers, hidden, heads, groups, kv_channels, ffn, vocab, qkv_bias)
    chance = np.random.default_rng(seed)
    tensors = {name: _rounded(_draw(chance, name, shape), dtype) for name, shape in shapes.items()}
    inv_freq = (1.0 / 10000 ** (np.arange(0, kv_channels // 2, 2) / (kv_channels // 2))).astype(np.float32)
    stored = {"transformer.rotary_pos_emb.inv_freq": _rounded(inv_freq, dtype), **tensors}
    _write(folder, stored, form, shards, dtype)
    return TinyCheckpoint(folder, config, tensors)


def _config(
    layers: int,
    hidden: int,
    heads: int,
    groups: int,
    kv_channels: int,
    ffn: int,
    vocab: int,
    dtype: str,
    seq_length: int,
    qkv_bias: bool,
) -> dict[str, Any]:
    return {
        "_name_or_path": "THUDM/chatglm3-6b",
        "model_type": "chatglm",
        "architectures": ["ChatGLMModel"],
        "auto_map": {
            "AutoConfig": "configuration_chatglm.ChatGLMConfig",
            "AutoModelForCausalLM": "modeling_chatglm.ChatGLMForConditionalGeneration",
        },
        "add_bias_linear": False,
        "add_qkv_bias": qkv_bias,
        "apply_query_key_layer_scaling": True,
        "apply_residual_connection_post_layernorm": False,
        "attention_dropout": 0.0,
        "attention_softmax_in_fp32": True,
        "bias_dropout_fusion": True,
        "ffn_hidden_size": ffn,
        "fp32_residual_connection": False,
        "hidden_dropout": 0.0,
        "hidden_size": hidden,
        "kv_channels": kv_channels,
        "layernorm_epsilon": 1e-05,
        "multi_query_attention": True,
        "multi_query_group_num": groups,
        "num_attention_heads": heads,
        "num_layers": layers,
        "original_rope": True,
        "padded_vocab_size": vocab,
        "post_layer_norm": True,
        "rmsnorm": True,
        "seq_length": seq_length,
        "use_cache": True,
        "torch_dtype": dtype,
        "transformers_version": "4.27.1",
        "tie_word_embeddings": False,
        "eos_token_id": 2,
        "pad_token_id": 0,
    }


def _shapes(
    layers: int, hidden: int, heads: int, groups: int, kv_channels: int, ffn: int, vocab: int, qkv_bias: bool
) -> dict[str, tuple[int, ...]]:
    fused = (heads + 2 * groups) * kv_channels
    shapes: dict[str, tuple[int, ...]] = {"transformer.embedding.word_embeddings.weight": (vocab, hidden)}
    for layer in range(layers):
        inside = f"transformer.encoder.layers.{layer}"
        shapes[f"{inside}.input_layernorm.weight"] = (hidden,)
        shapes[f"{inside}.self_attention.query_key_value.weight"] = (fused, hidden)
        if qkv_bias:
            shapes[f"{inside}.self_attention.query_key_value.bias"] = (fused,)
        shapes[f"{inside}.self_attention.dense.weight"] = (hidden, heads * kv_channels)
        shapes[f"{inside}.post_attention_layernorm.weight"] = (hidden,)
        shapes[f"{inside}.mlp.dense_h_to_4h.weight"] = (2 * ffn, hidden)
        shapes[f"{inside}.mlp.dense_4h_to_h.weight"] = (hidden, ffn)
    shapes["transformer.encoder.final_layernorm.weight"] = (hidden,)
    shapes["transformer.output_layer.weight"] = (vocab, hidden)
    return shapes


def _draw(chance: np.random.Generator, name: str, shape: tuple[int, ...]) -> Array:
    """Values of a size at which every part of the model tells in the logits."""
    noise = chance.standard_normal(shape, dtype=np.float32)
    if "layernorm" in name:
        return (1 + 0.2 * noise).astype(np.float32)
    if name.endswith("bias"):
        return (0.5 * noise).astype(np.float32)
    if "embeddings" in name:
        return noise
    return (noise / np.sqrt(np.float32(shape[-1]))).astype(np.float32)


def _rounded(values: Array, dtype: str) -> Array:
    """Values that the type can hold, as float32."""
    if dtype == "float16":
        return values.astype(np.float16).astype(np.float32)
    if dtype == "bfloat16":
        return (values.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    return values


def stored_bytes(values: Array, dtype: str) -> bytes:
    """Values as they lie in a file, little-endian."""
    if dtype == "float16":
        return values.astype("<f2").tobytes()
    if dtype == "bfloat16":
        return (np.ascontiguousarray(values).view(np.uint32) >> 16).astype("<u2").tobytes()
    return values.astype("<f4").tobytes()


def _write(folder: Path, tensors: Mapping[str, Array], form: str, shards: int, dtype: str) -> None:
    stem, ending = ("pytorch_model", "bin") if form == "bin" else ("model", "safetensors")
    names = list(tensors)
    each = -(-len(names) // shards)
    weight_map: dict[str, str] = {}
    for number in range(shards):
        file = f"{stem}.{ending}" if shards == 1 else f"{stem}-{number + 1:05}-of-{shards:05}.{ending}"
        inside = {name: tensors[name] for name in names[number * each : (number + 1) * each]}
        weight_map |= dict.fromkeys(inside, file)
        (write_bin if form == "bin" else write_safetensors)(folder / file, inside, dtype)
    if shards > 1:
        size = sum(len(stored_bytes(values, dtype)) for values in tensors.values())
        index = {"metadata": {"total_size": size}, "weight_map": weight_map}
        (folder / f"{stem}.{ending}.index.json").write_text(json.dumps(index, indent=2), "utf-8")


def write_bin(path: Path, tensors: Mapping[str, Array], dtype: str) -> None:
    """A file of `torch.save`."""
    torch: Any = import_module("torch")
    kind = getattr(torch, dtype)
    torch.save({name: torch.from_numpy(values.copy()).to(kind) for name, values in tensors.items()}, path)


def write_safetensors(path: Path, tensors: Mapping[str, Array], dtype: str) -> None:
    """A file in the safetensors format: length of the header, header, data."""
    code = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}[dtype]
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, values in tensors.items():
        content = stored_bytes(values, dtype)
        offsets = [len(data), len(data) + len(content)]
        header[name] = {"dtype": code, "shape": list(values.shape), "data_offsets": offsets}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
