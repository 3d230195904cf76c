"""What a ChatGLM3 checkpoint looks like: its configuration, and which tensors of which shapes it must hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gradatim.errors import InputError

EMBEDDING = "transformer.embedding.word_embeddings.weight"
ROTARY_TABLE = "transformer.rotary_pos_emb.inv_freq"
"""Stored by the original code and recomputed by everything that loads a converted model."""
_PUBLISHED = "use a checkpoint of ChatGLM3-6B, ChatGLM3-6B-Base or ChatGLM3-6B-32K, or one fine-tuned from them"


class _Config(BaseModel):
    """The keys of `config.json` that decide what is computed."""

    model_config = ConfigDict(extra="allow")

    model_type: str
    num_layers: int = Field(gt=0)
    padded_vocab_size: int = Field(gt=0)
    hidden_size: int = Field(gt=0)
    ffn_hidden_size: int = Field(gt=0)
    kv_channels: int = Field(gt=0)
    num_attention_heads: int = Field(gt=0)
    seq_length: int = Field(gt=0)
    layernorm_epsilon: float = Field(gt=0, allow_inf_nan=False)
    multi_query_attention: bool
    multi_query_group_num: int = Field(gt=0)
    add_qkv_bias: bool
    add_bias_linear: bool
    rmsnorm: bool
    post_layer_norm: bool
    apply_residual_connection_post_layernorm: bool
    fp32_residual_connection: bool = False
    interleaved_qkv: bool = False
    original_rope: bool = True
    rope_ratio: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    tie_word_embeddings: bool = False
    quantization_bit: int | None = None
    pre_seq_len: int | None = None
    eos_token_id: int | list[int] = 2


@dataclass(frozen=True, slots=True)
class ChatGLMShape:
    """The sizes of one ChatGLM3 model.

    Attributes:
        layers: Transformer layers.
        hidden: Width of the residual stream.
        heads: Attention (query) heads.
        groups: Key and value heads, each shared by `heads / groups` query heads.
        head_dim: Width of a head; its first half is rotated by position.
        ffn: Width of the feed-forward network.
        vocab: Rows of the embedding and of the output layer, padding included.
        seq_length: Longest context in tokens.
        norm_eps: Added to the mean square in RMSNorm.
        rope_ratio: Factor on the rotary base of 10,000 (more than 1 in the 32k variant).
        qkv_bias: Whether query, key and value have a bias.
        config: The whole `config.json`.
    """

    layers: int
    hidden: int
    heads: int
    groups: int
    head_dim: int
    ffn: int
    vocab: int
    seq_length: int
    norm_eps: float
    rope_ratio: float
    qkv_bias: bool
    config: Mapping[str, Any]

    def tensors(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of every tensor that the checkpoint must hold, in the order of computation."""
        fused = (self.heads + 2 * self.groups) * self.head_dim
        shapes: dict[str, tuple[int, ...]] = {EMBEDDING: (self.vocab, self.hidden)}
        for layer in range(self.layers):
            inside = f"transformer.encoder.layers.{layer}"
            shapes[f"{inside}.input_layernorm.weight"] = (self.hidden,)
            shapes[f"{inside}.self_attention.query_key_value.weight"] = (fused, self.hidden)
            if self.qkv_bias:
                shapes[f"{inside}.self_attention.query_key_value.bias"] = (fused,)
            shapes[f"{inside}.self_attention.dense.weight"] = (self.hidden, self.heads * self.head_dim)
            shapes[f"{inside}.post_attention_layernorm.weight"] = (self.hidden,)
            shapes[f"{inside}.mlp.dense_h_to_4h.weight"] = (2 * self.ffn, self.hidden)
            shapes[f"{inside}.mlp.dense_4h_to_h.weight"] = (self.hidden, self.ffn)
        shapes["transformer.encoder.final_layernorm.weight"] = (self.hidden,)
        shapes["transformer.output_layer.weight"] = (self.vocab, self.hidden)
        return shapes


def read_shape(folder: Path) -> ChatGLMShape:
    """Read and judge the `config.json` of a checkpoint.

    Raises:
        InputError: There is none, it cannot be read, or it describes a model that computes something else.
    """
    path = folder / "config.json"
    raw = read_json_object(path, remedy="name the folder of the original checkpoint, with its config.json")
    _refuse_other_families(raw, path)
    try:
        config = _Config.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        what = "is missing" if first["type"] == "missing" else f"cannot be used: {first['msg']}"
        raise InputError(f"`{key}` {what}", place=str(path), remedy=_PUBLISHED) from error
    _refuse_other_mathematics(config, path)
    return ChatGLMShape(
        layers=config.num_layers,
        hidden=config.hidden_size,
        heads=config.num_attention_heads,
        groups=config.multi_query_group_num,
        head_dim=config.kv_channels,
        ffn=config.ffn_hidden_size,
        vocab=config.padded_vocab_size,
        seq_length=config.seq_length,
        norm_eps=config.layernorm_epsilon,
        rope_ratio=config.rope_ratio,
        qkv_bias=config.add_qkv_bias,
        config=raw,
    )


def read_json_object(path: Path, *, remedy: str) -> dict[str, Any]:
    """A JSON object from a file.

    Raises:
        InputError: The file is missing, is not text, or does not hold one JSON object.
    """
    try:
        content: object = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"this cannot be read: {error.strerror or error}", place=str(path), remedy=remedy) from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is not JSON: {error}", place=str(path), remedy=remedy) from error
    if not isinstance(content, dict):
        raise InputError("this is not a JSON object", place=str(path), remedy=remedy)
    return cast("dict[str, Any]", content)


def _refuse_other_families(raw: Mapping[str, Any], path: Path) -> None:
    """Models that come with the same or a similar `model_type` but another tokenizer or other layers."""
    kind = raw.get("model_type")
    if kind != "chatglm":
        raise InputError(f"model_type is {kind!r}, ChatGLM3 has 'chatglm'", place=str(path), remedy=_PUBLISHED)
    if "inner_hidden_size" in raw or "position_encoding_2d" in raw:
        raise InputError("this is the first ChatGLM, which has other layers", place=str(path), remedy=_PUBLISHED)
    origin = PurePosixPath(str(raw.get("_name_or_path", "")).lower()).name
    if origin.startswith("chatglm2"):
        raise InputError(
            "this is a ChatGLM2, which has no role tokens and another prompt", place=str(path), remedy=_PUBLISHED
        )
    if "vision_config" in raw:
        raise InputError("this model also takes pictures", place=str(path), remedy=_PUBLISHED)
    # GLM-4 keeps the layers and changes the tokenizer; its list of end tokens tells it apart at any size.
    if origin.startswith("glm-4") or isinstance(raw.get("eos_token_id"), list):
        raise InputError(
            "this is a GLM-4, which has another tokenizer",
            place=str(path),
            remedy="GLM-4 is published in the form that transformers and vLLM load: use that; this converts ChatGLM3",
        )


def _refuse_other_mathematics(config: _Config, path: Path) -> None:
    if config.quantization_bit:
        raise InputError(
            f"the weights are quantized (quantization_bit is {config.quantization_bit})",
            place=str(path),
            remedy="convert the full-precision checkpoint and quantize the result",
        )
    if config.pre_seq_len:
        raise InputError(
            f"this is a prefix-tuned model (pre_seq_len is {config.pre_seq_len}); what serves it has no such prefix",
            place=str(path),
            remedy="convert the model it was tuned from, or fine-tune with LoRA and merge",
        )
    wanted = {
        "multi_query_attention": True,
        "rmsnorm": True,
        "post_layer_norm": True,
        "original_rope": True,
        "add_bias_linear": False,
        "apply_residual_connection_post_layernorm": False,
        "fp32_residual_connection": False,
        "interleaved_qkv": False,
        "tie_word_embeddings": False,
    }
    for key, value in wanted.items():
        if getattr(config, key) is not value:
            raise InputError(
                f"`{key}` is {str(not value).lower()}; in ChatGLM3 it is {str(value).lower()}",
                place=str(path),
                remedy=_PUBLISHED,
            )
    if config.eos_token_id != 2:
        raise InputError(
            f"`eos_token_id` is {config.eos_token_id}; in ChatGLM3 it is 2", place=str(path), remedy=_PUBLISHED
        )
    if config.num_attention_heads % config.multi_query_group_num:
        raise InputError(
            f"{config.num_attention_heads} attention heads cannot share {config.multi_query_group_num} key heads",
            place=str(path),
            remedy="correct `num_attention_heads` or `multi_query_group_num`",
        )
    if config.kv_channels % 4:
        raise InputError(
            f"`kv_channels` is {config.kv_channels}; half a head is rotated in pairs, so it must be a multiple of 4",
            place=str(path),
            remedy="correct `kv_channels`",
        )
