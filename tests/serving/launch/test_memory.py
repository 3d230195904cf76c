from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gradatim.errors import InputError
from gradatim.serving.launch.adapters import Adapter
from gradatim.serving.launch.architecture import CHATGLM3_6B, Architecture
from gradatim.serving.launch.memory import GIB, estimate
from gradatim.serving.launch.profiles import load_profiles

PROFILES = load_profiles()
PUBLISHED: dict[str, Any] = {
    "model_type": "chatglm",
    "add_qkv_bias": True,
    "ffn_hidden_size": 13696,
    "hidden_size": 4096,
    "kv_channels": 128,
    "multi_query_attention": True,
    "multi_query_group_num": 2,
    "num_attention_heads": 32,
    "num_layers": 28,
    "padded_vocab_size": 65024,
    "seq_length": 8192,
    "tie_word_embeddings": False,
}
NATIVE: dict[str, Any] = {
    "model_type": "glm",
    "attention_bias": True,
    "intermediate_size": 13696,
    "hidden_size": 4096,
    "head_dim": 128,
    "num_key_value_heads": 2,
    "num_attention_heads": 32,
    "num_hidden_layers": 28,
    "vocab_size": 65024,
    "max_position_embeddings": 8192,
    "tie_word_embeddings": False,
}


@pytest.mark.parametrize("config", [PUBLISHED, NATIVE], ids=["chatglm", "glm"])
def test_both_forms_of_the_configuration_give_the_published_size(config: dict[str, Any]) -> None:
    architecture = Architecture.from_config(config)
    assert replace(architecture, kind="chatglm") == CHATGLM3_6B
    assert architecture.parameters == 6_243_584_000


def test_a_token_of_chatglm3_takes_28_kib_of_cache() -> None:
    # 2 groups × 128 × 2 (keys and values) × 28 layers × 2 bytes
    assert CHATGLM3_6B.kv_token_bytes(2) == 2 * 128 * 2 * 28 * 2 == 28_672


def test_key_value_heads_fewer_than_devices_are_copied() -> None:
    assert [CHATGLM3_6B.kv_heads_on(devices) for devices in (1, 2, 4)] == [2, 1, 1]
    assert CHATGLM3_6B.kv_token_bytes(2, 4) == CHATGLM3_6B.kv_token_bytes(2, 2) == 14_336


def test_weights_of_the_6b_model() -> None:
    full = estimate(PROFILES["a100-80"], CHATGLM3_6B)
    assert full.weights == 2 * 6_243_584_000
    assert estimate(PROFILES["a100-80-x2"], CHATGLM3_6B).weights == full.weights // 2
    quarter = estimate(PROFILES["a100-80-int4-awq"], CHATGLM3_6B).weights
    # the embeddings and the output layer keep 16 bits
    assert quarter / GIB == pytest.approx((5.710e9 * 4.15625 / 8 + 0.5337e9 * 2) / GIB, rel=2e-3)


def test_what_is_left_holds_the_sequences_in_whole_blocks() -> None:
    memory = estimate(PROFILES["a100-80"], CHATGLM3_6B, length=2050)
    parts = memory.weights + memory.adapters + memory.activations + memory.context + memory.kv_cache
    assert parts == memory.total == int(79.1 * GIB * 0.9) or abs(parts - int(79.1 * GIB * 0.9)) <= 1
    assert memory.sequences == memory.kv_tokens // 2064  # 2,050 tokens fill 129 blocks of 16
    assert memory.concurrency == PROFILES["a100-80"].max_sequences


def test_a_cpu_keeps_what_it_was_told_for_the_cache() -> None:
    memory = estimate(PROFILES["cpu"], CHATGLM3_6B)
    assert memory.kv_cache == 4 * GIB


def test_a_model_too_large_does_not_fit() -> None:
    memory = estimate(PROFILES["rtx4090-int4"], replace(CHATGLM3_6B, layers=400))
    assert not memory.fits
    assert memory.sequences == memory.concurrency == 0
    assert memory.kv_cache < 0


def test_adapters_take_slots_of_the_greatest_rank() -> None:
    adapters = [Adapter("a", Path("a"), rank=8), Adapter("b", Path("b"), rank=20)]
    memory = estimate(PROFILES["a100-80"], CHATGLM3_6B, adapters=adapters)
    row = 28 * ((4096 + 4608) + (4096 + 4096) + (4096 + 2 * 13696) + (13696 + 4096))
    assert memory.adapters == 2 * 32 * row * 2
    assert memory.kv_cache == estimate(PROFILES["a100-80"], CHATGLM3_6B).kv_cache - memory.adapters


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"num_layers": None}, "no num_layers or num_hidden_layers"),
        ({"hidden_size": "4096"}, "hidden_size is '4096'"),
        ({"num_attention_heads": 0}, "num_attention_heads is 0"),
        ({"multi_query_group_num": 5}, "cannot share 5"),
        ({"kv_channels": -1}, "head dimension is -1"),
        ({"ffn_hidden_size": True}, "ffn_hidden_size is True"),
    ],
)
def test_a_configuration_that_makes_no_sense(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Architecture.from_config({**PUBLISHED, **change})


@pytest.mark.parametrize("content", ["", "[]", "{", "null"])
def test_a_file_that_is_no_configuration(tmp_path: Path, content: str) -> None:
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(InputError, match="configuration"):
        Architecture.from_folder(tmp_path)


def test_bits_of_quantized_checkpoints(tmp_path: Path) -> None:
    awq = {"quant_method": "awq", "bits": 4}
    tensors = {"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights": {"num_bits": 8}}}}
    for data, expected in ((awq, ("awq", 4)), (tensors, ("compressed-tensors", 8))):
        (tmp_path / "config.json").write_text(json.dumps({**PUBLISHED, "quantization_config": data}))
        found = Architecture.from_folder(tmp_path)
        assert (found.quantization, found.quantization_bits) == expected
