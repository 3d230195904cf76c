"""The converted model computes what ChatGLM3's equations say, in transformers' native class."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradatim.serving.conversion import ConversionRequest, convert_chatglm3
from tests.serving.conversion.reference import Reference, pad_left
from tests.serving.conversion.tiny import TinyCheckpoint, make_checkpoint, write_safetensors

pytestmark = pytest.mark.torch

TOLERANCE = 1e-5
"""Largest difference of two logits in single precision."""
PAD = 0
SHAPES: dict[str, dict[str, Any]] = {
    "as published": {},
    "one key head": {"groups": 1},
    "a key head each": {"groups": 4},
    "one layer": {"layers": 1},
    "three layers": {"layers": 3},
    "long context": {"rope_ratio": 50, "seq_length": 2048},
    "wider heads than hidden": {"kv_channels": 64},
    "no bias": {"qkv_bias": False},
    "as .bin": {"form": "bin"},
}


@pytest.fixture(autouse=True)
def torch() -> Any:
    pytest.importorskip("torch", reason="torch is not installed: `make test-serving` has it")
    return import_module("torch")


def prompts(vocab: int = 512) -> list[list[int]]:
    chance = np.random.default_rng(7)
    return [chance.integers(3, vocab, length).tolist() for length in (1, 2, 7, 33, 12, 64)]


def converted(checkpoint: TinyCheckpoint, target: Path) -> Path:
    request = ConversionRequest(checkpoint.folder, target, "glm", shard_bytes=300_000, with_tokenizer=False)
    return convert_chatglm3(request).folder


def load(folder: Path) -> Any:
    model, loading = import_module("transformers").GlmForCausalLM.from_pretrained(
        folder, dtype="float32", attn_implementation="eager", output_loading_info=True
    )
    assert not any(loading[kind] for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    return model.eval()


def padded(model: Any, some: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Logits of a batch that is padded on the left."""
    torch = import_module("torch")
    ids, visible = pad_left(some, PAD)
    positions = np.maximum(visible.cumsum(axis=1) - 1, 0)
    with torch.no_grad():
        return model(
            input_ids=torch.tensor(ids),
            attention_mask=torch.tensor(visible),
            position_ids=torch.tensor(positions),
            use_cache=False,
        ).logits.numpy()


def worst(model: Any, checkpoint: TinyCheckpoint) -> float:
    """Largest difference between the model and the equations: prompts alone, in a batch, and both of one prompt."""
    some = prompts()
    reference = Reference(checkpoint.config, checkpoint.tensors)
    alone = reference.logits(some)
    batch = padded(model, some)
    expected = reference.padded_logits(some, PAD)
    errors: list[float] = []
    for number, prompt in enumerate(some):
        length = len(prompt)
        errors.append(np.abs(padded(model, [prompt])[0] - alone[number]).max())
        errors.append(np.abs(batch[number, -length:] - expected[number, -length:]).max())
        assert np.abs(expected[number, -length:] - alone[number]).max() < 1e-10
    return max(errors)


@pytest.mark.parametrize("shape", SHAPES)
def test_logits_are_those_of_the_equations(shape: str, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", **SHAPES[shape])
    model = load(converted(checkpoint, tmp_path / "made"))
    assert worst(model, checkpoint) <= TOLERANCE


def test_a_reply_made_with_the_cache_is_the_one_made_without(tmp_path: Path, torch: Any) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", layers=3)
    model = load(converted(checkpoint, tmp_path / "made"))
    (prompt,) = prompts()[2:3]
    with torch.no_grad():
        made = model.generate(torch.tensor([prompt]), max_new_tokens=12, do_sample=False, eos_token_id=None)[0].tolist()
    reference = Reference(checkpoint.config, checkpoint.tensors)
    said = list(prompt)
    for _ in range(12):
        said.append(int(reference.logits([said])[0][-1].argmax()))
    assert made == said


@pytest.mark.parametrize("mistake", ["query and key rows swapped", "gate and up swapped", "rows of pairs regrouped"])
def test_a_wrong_order_of_rows_is_noticed(mistake: str, tmp_path: Path) -> None:
    """The same check fails on a model in which one of the orders that conversion relies on is another."""
    checkpoint = make_checkpoint(tmp_path / "source", groups=4)
    wrong = {name: _mistaken(name, values, mistake) for name, values in checkpoint.tensors.items()}
    made = converted(_rewritten(checkpoint, wrong, tmp_path / "wrong"), tmp_path / "made")
    assert worst(load(made), checkpoint) > 100 * TOLERANCE


def _mistaken(name: str, values: NDArray[np.float32], mistake: str) -> NDArray[np.float32]:
    if mistake == "gate and up swapped" and "dense_h_to_4h" in name:
        return np.concatenate(np.split(values, 2)[::-1])
    if "query_key_value" not in name:
        return values
    query, key, value = np.split(values, 3)
    if mistake == "query and key rows swapped":
        return np.concatenate([key, query, value])
    if mistake == "rows of pairs regrouped":
        return np.concatenate([_regrouped(query), _regrouped(key), value])
    return values


def _regrouped(rows: NDArray[np.float32], width: int = 32) -> NDArray[np.float32]:
    """What conversions for rotation by halves do: first all first partners, then all second ones."""
    heads = rows.reshape(-1, width, *rows.shape[1:])
    half = width // 2
    order = [*range(0, half, 2), *range(1, half, 2), *range(half, width)]
    return heads[:, order].reshape(rows.shape)


def _rewritten(checkpoint: TinyCheckpoint, tensors: dict[str, Any], folder: Path) -> TinyCheckpoint:
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(checkpoint.config))
    write_safetensors(folder / "model.safetensors", tensors, "float32")
    return TinyCheckpoint(folder, checkpoint.config, tensors)


@pytest.mark.parametrize(
    ("key", "value"),
    [("rope_theta", 500_000.0), ("partial_rotary_factor", 1.0)],
)
def test_a_wrong_rotation_in_the_configuration_is_noticed(key: str, value: float, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source")
    made = converted(checkpoint, tmp_path / "made")
    config = json.loads((made / "config.json").read_text())
    config["rope_parameters"][key] = value
    (made / "config.json").write_text(json.dumps(config))
    assert worst(load(made), checkpoint) > 100 * TOLERANCE


def test_a_wrong_norm_is_noticed(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source")
    made = converted(checkpoint, tmp_path / "made")
    config = json.loads((made / "config.json").read_text())
    config["rms_norm_eps"] = 1e-2
    (made / "config.json").write_text(json.dumps(config))
    assert worst(load(made), checkpoint) > 100 * TOLERANCE


@pytest.mark.parametrize("stored", ["float16", "bfloat16"])
def test_half_precision_weights_keep_their_values(stored: Any, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", dtype=stored)
    model = load(converted(checkpoint, tmp_path / "made"))
    assert json.loads((tmp_path / "made" / "config.json").read_text())["dtype"] == stored
    assert worst(model, checkpoint) <= TOLERANCE
