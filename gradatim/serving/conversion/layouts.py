"""The two forms a converted model can have, as data: which tensor comes from where, and what `config.json` says.

* `glm`: the native class `GlmForCausalLM` of transformers, which vLLM runs through its Transformers backend. It has
  the layers of ChatGLM3 under other names; the fused query, key and value become three tensors.
* `chatglm`: the original names, for vLLM's own `ChatGLMModel`.

Both keep the order inside the tensors: rotation works on neighbouring pairs in both, and the first half of
`dense_h_to_4h` is the gated one. So every converted tensor is a run of whole rows of one original tensor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from gradatim.errors import InputError
from gradatim.serving.conversion.architecture import ChatGLMShape
from gradatim.serving.conversion.dtypes import Dtype

Layout = Literal["glm", "chatglm"]
Form = Literal["numbers", "integers", "scales"]
"""What a converted tensor holds: the source's numbers, or of quantized ones the integers or the scales."""
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

ROTARY_BASE = 10_000
ROTATED_SHARE = 0.5
"""Of each head, from its beginning."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One tensor of the converted checkpoint.

    Attributes:
        name: In the converted checkpoint.
        source: The original tensor it comes from.
        start: First row taken from it.
        stop: One past the last row.
        shape: Lengths of its axes; the first is `stop - start`.
        form: What it holds of those rows.
    """

    name: str
    source: str
    start: int
    stop: int
    shape: tuple[int, ...]
    form: Form = "numbers"


@dataclass(frozen=True, slots=True)
class StopTokens:
    """Ids that config and generation config name.

    Attributes:
        eos: Each ends a generation.
        pad: Fills the left of shorter prompts.
    """

    eos: tuple[int, ...]
    pad: int


def pieces(shape: ChatGLMShape, layout: Layout) -> list[Piece]:
    """All tensors of the converted checkpoint, in the order of computation."""
    result: list[Piece] = []
    for name, lengths in shape.tensors().items():
        if layout == "chatglm":
            result.append(Piece(name, name, 0, lengths[0], lengths))
            continue
        for target, start, stop in _glm_parts(name, lengths[0], shape):
            result.append(Piece(target, name, start, stop, (stop - start, *lengths[1:])))
    return result


_GLM_OUTSIDE = {
    "transformer.embedding.word_embeddings.weight": "model.embed_tokens.weight",
    "transformer.encoder.final_layernorm.weight": "model.norm.weight",
    "transformer.output_layer.weight": "lm_head.weight",
}
_GLM_INSIDE = {
    "self_attention.dense": "self_attn.o_proj",
    "mlp.dense_h_to_4h": "mlp.gate_up_proj",
    "mlp.dense_4h_to_h": "mlp.down_proj",
    "input_layernorm": "input_layernorm",
    "post_attention_layernorm": "post_attention_layernorm",
}


def _glm_parts(name: str, rows: int, shape: ChatGLMShape) -> list[tuple[str, int, int]]:
    """Names in the native class with the rows that each takes."""
    if name in _GLM_OUTSIDE:
        return [(_GLM_OUTSIDE[name], 0, rows)]
    number, _, inside = name.removeprefix("transformer.encoder.layers.").partition(".")
    part, _, kind = inside.rpartition(".")
    if part != "self_attention.query_key_value":
        return [(f"model.layers.{number}.{_GLM_INSIDE[part]}.{kind}", 0, rows)]
    queries, keys = shape.heads * shape.head_dim, shape.groups * shape.head_dim
    bounds = (("q", 0, queries), ("k", queries, queries + keys), ("v", queries + keys, rows))
    return [(f"model.layers.{number}.self_attn.{letter}_proj.{kind}", start, stop) for letter, start, stop in bounds]


def refuse_unfit(shape: ChatGLMShape, layout: Layout) -> None:
    """See that whatever loads a layout can express the shape.

    Raises:
        InputError: It cannot.
    """
    if layout == "chatglm" and shape.heads * shape.head_dim != shape.hidden:
        raise InputError(
            f"vLLM's ChatGLM takes a head to be hidden_size / num_attention_heads = "
            f"{shape.hidden / shape.heads:g} wide; here `kv_channels` is {shape.head_dim}",
            place="layout chatglm",
            remedy="convert to the layout glm, which states the width of a head",
        )


def model_config(shape: ChatGLMShape, layout: Layout, dtype: Dtype, stops: StopTokens) -> dict[str, Any]:
    """What `config.json` of the converted model says."""
    ids = {"eos_token_id": list(stops.eos), "pad_token_id": stops.pad}
    if layout == "chatglm":
        return {**_kept(shape.config), "architectures": ["ChatGLMModel"], "original_rope": True, "dtype": dtype, **ids}
    return {
        "architectures": ["GlmForCausalLM"],
        "model_type": "glm",
        "vocab_size": shape.vocab,
        "hidden_size": shape.hidden,
        "intermediate_size": shape.ffn,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.groups,
        "head_dim": shape.head_dim,
        "hidden_act": "silu",
        "attention_bias": shape.qkv_bias,
        "attention_dropout": 0.0,
        "max_position_embeddings": shape.seq_length,
        "rms_norm_eps": shape.norm_eps,
        "rope_parameters": {
            "rope_type": "default",
            "rope_theta": ROTARY_BASE * shape.rope_ratio,
            "partial_rotary_factor": ROTATED_SHARE,
        },
        "tie_word_embeddings": False,
        "use_cache": True,
        "bos_token_id": None,
        "dtype": dtype,
        **ids,
    }


def generation_config(stops: StopTokens) -> dict[str, Any]:
    """What `generation_config.json` says: ChatGLM3's own sampling defaults, and every token that ends an answer."""
    return {
        "do_sample": True,
        "temperature": 0.8,
        "top_p": 0.8,
        "eos_token_id": list(stops.eos),
        "pad_token_id": stops.pad,
    }


def _kept(config: Mapping[str, Any]) -> dict[str, Any]:
    """The original configuration without what names remote code, the publisher's folder or another version."""
    dropped = {"auto_map", "_name_or_path", "torch_dtype", "transformers_version", "vision_config"}
    return {key: value for key, value in config.items() if key not in dropped}
