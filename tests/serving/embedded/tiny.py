"""A GGUF file of a few hundred kilobytes with random weights: everything of the engine but sense.

Format: github.com/ggml-org/ggml, docs/gguf.md (version 3).
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

WIDTH, LAYERS, HEADS, INNER = 64, 2, 2, 128
MARKS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
_UINT32, _INT32, _FLOAT32, _STRING, _ARRAY = 4, 5, 6, 8, 9
_ALIGNMENT = 32


def write_tiny_model(path: Path, *, context: int = 32768, seed: int = 3) -> Path:
    """A model whose tokens are single bytes: a text has as many tokens as bytes."""
    tokens = [*_byte_tokens(), *MARKS]
    fields: list[tuple[str, int, Any]] = [
        ("general.architecture", _STRING, "llama"),
        ("general.name", _STRING, "tiny"),
        ("llama.context_length", _UINT32, context),
        ("llama.embedding_length", _UINT32, WIDTH),
        ("llama.block_count", _UINT32, LAYERS),
        ("llama.feed_forward_length", _UINT32, INNER),
        ("llama.attention.head_count", _UINT32, HEADS),
        ("llama.attention.layer_norm_rms_epsilon", _FLOAT32, 1e-5),
        ("tokenizer.ggml.model", _STRING, "gpt2"),
        ("tokenizer.ggml.pre", _STRING, "gpt-2"),
        ("tokenizer.ggml.tokens", _ARRAY, (_STRING, tokens)),
        ("tokenizer.ggml.token_type", _ARRAY, (_INT32, [1] * 256 + [3] * len(MARKS))),
        ("tokenizer.ggml.merges", _ARRAY, (_STRING, ["Ġ Ġ"])),
        ("tokenizer.ggml.eos_token_id", _UINT32, tokens.index("<|im_end|>")),
        ("tokenizer.ggml.padding_token_id", _UINT32, 256),
        ("tokenizer.chat_template", _STRING, TEMPLATE),
    ]
    tensors = _tensors(len(tokens), np.random.default_rng(seed))
    head = bytearray(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(fields)))
    for key, kind, value in fields:
        head += _text(key) + struct.pack("<I", kind) + _value(kind, value)
    place = 0
    for name, weights in tensors.items():
        head += _text(name) + struct.pack("<I", weights.ndim)
        head += struct.pack(f"<{weights.ndim}Q", *reversed(weights.shape)) + struct.pack("<IQ", 0, place)
        place += len(_padded(weights.tobytes()))
    path.write_bytes(_padded(bytes(head)) + b"".join(_padded(weights.tobytes()) for weights in tensors.values()))
    return path


def _tensors(vocabulary: int, chance: np.random.Generator) -> dict[str, np.ndarray]:
    def random(*shape: int) -> np.ndarray:
        return chance.normal(0, 0.2, shape).astype(np.float32)

    ones = np.ones(WIDTH, np.float32)
    found = {"token_embd.weight": random(vocabulary, WIDTH), "output_norm.weight": ones}
    found["output.weight"] = random(vocabulary, WIDTH)
    found["output.weight"][256:] = 0  # marks are unlikely: answers go on until they are stopped
    for layer in range(LAYERS):
        found |= {
            f"blk.{layer}.{name}.weight": weights
            for name, weights in {
                "attn_norm": ones,
                "attn_q": random(WIDTH, WIDTH),
                "attn_k": random(WIDTH, WIDTH),
                "attn_v": random(WIDTH, WIDTH),
                "attn_output": random(WIDTH, WIDTH),
                "ffn_norm": ones,
                "ffn_gate": random(INNER, WIDTH),
                "ffn_up": random(INNER, WIDTH),
                "ffn_down": random(WIDTH, INNER),
            }.items()
        }
    return found


def _byte_tokens() -> list[str]:
    """GPT-2's printable stand-ins for the 256 bytes."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    spare = iter(range(256, 512))
    return [chr(byte) if byte in printable else chr(next(spare)) for byte in range(256)]


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def _value(kind: int, value: Any) -> bytes:
    if kind == _STRING:
        return _text(value)
    if kind == _ARRAY:
        of, items = value
        return struct.pack("<IQ", of, len(items)) + b"".join(_value(of, item) for item in items)
    return struct.pack({_UINT32: "<I", _INT32: "<i", _FLOAT32: "<f"}[kind], value)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % _ALIGNMENT)
