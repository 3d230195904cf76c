"""Eight-bit linear layers: the rule on numbers worked out by hand, the conversion, and what it refuses."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tracemalloc
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from safetensors import safe_open

from gradatim.app.cli import cli
from gradatim.errors import InputError
from gradatim.serving.conversion import ConversionRequest, convert_chatglm3, verify_conversion
from gradatim.serving.conversion.quantization import LEAST_SCALE, integers, scales
from gradatim.serving.launch.architecture import Architecture
from gradatim.serving.launch.checks import check_weights
from gradatim.serving.launch.memory import estimate
from gradatim.serving.launch.profiles import load_profiles
from tests.serving.conversion.reference import Reference
from tests.serving.conversion.test_conversion import interrupted
from tests.serving.conversion.tiny import TinyCheckpoint, make_checkpoint, write_safetensors

UP = "transformer.encoder.layers.1.mlp.dense_h_to_4h.weight"


def rows(*values: list[float]) -> np.ndarray[Any, np.dtype[np.float32]]:
    return np.array(values, np.float32)


def quantized(values: np.ndarray[Any, Any]) -> tuple[list[list[int]], list[float]]:
    scale = scales(values)
    found = integers(values, scale)
    assert (scale.dtype, found.dtype) == (np.float32, np.int8)
    return found.tolist(), scale.tolist()


def test_every_row_has_the_scale_of_its_own_greatest_number() -> None:
    found, scale = quantized(rows([127.0, 1.0, -2.0], [-0.5, 0.3, 0.125], [0.0, -254.0, 254.0]))
    assert scale == [1.0, float(np.float32(0.5) / np.float32(127)), 2.0]
    # the second row in units of 0.5 / 127: −127, 76.2 and 31.75
    assert found == [[127, 1, -2], [-127, 76, 32], [0, -127, 127]]


def test_halves_go_to_the_even_neighbour() -> None:
    found, _ = quantized(rows([127.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.5000001]))
    assert found == [[127, 0, 2, 2, 0, -2, -2, 1]]


def test_zeros_of_both_signs() -> None:
    found, scale = quantized(rows([0.0, -0.0, 0.0], [-0.0, 127.0, 0.0]))
    assert found == [[0, 0, 0], [0, 127, 0]]
    assert scale == [float(LEAST_SCALE), 1.0]


def test_the_greatest_and_the_smallest_numbers() -> None:
    greatest, smallest = float(np.finfo(np.float32).max), float(np.float32(1e-45))
    found, scale = quantized(rows([greatest, -greatest, greatest / 4], [smallest, -smallest, 0.0], [1e-37, -5e-38, 0]))
    assert found[0] == [127, -127, 32]
    assert found[1] == [0, 0, 0]
    assert found[2] == [9, -4, 0]
    assert scale[1:] == [float(LEAST_SCALE), float(LEAST_SCALE)]
    assert all(math.isfinite(value) and value > 0 for value in scale)


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30])
def test_no_weight_is_off_by_more_than_half_a_step(size: float) -> None:
    values = np.random.default_rng(3).standard_t(2, (64, 300)).astype(np.float32) * np.float32(size)
    scale = scales(values)
    found = integers(values, scale)
    steps = scale.astype(np.float64)[:, None]
    # double precision holds products of the two exactly
    assert (np.abs(values - found * steps) <= steps / 2).all()
    assert (np.abs(found).max(axis=1) == 127).all()


@pytest.fixture
def checkpoint(tmp_path: Path) -> TinyCheckpoint:
    return make_checkpoint(tmp_path / "source", dtype="float16")


def request_for(checkpoint: TinyCheckpoint, target: Path, **options: Any) -> ConversionRequest:
    return ConversionRequest(checkpoint.folder, target, **{"with_tokenizer": False, "quantize": "int8", **options})


def tensors(folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    found: dict[str, np.ndarray[Any, Any]] = {}
    for path in folder.glob("*.safetensors"):
        with safe_open(path, "np") as file:
            found |= {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    return found


def by_hand(values: np.ndarray[Any, Any]) -> tuple[list[list[int]], np.ndarray[Any, Any]]:
    """Integers and scales by Python's own arithmetic, number by number."""
    scale = [np.float32(max(abs(float(w)) for w in row)) / np.float32(127) for row in values]
    found = [[round(float(w) / float(s)) for w in row] for row, s in zip(values, scale, strict=True)]
    return found, np.array(scale, np.float32)[:, None]


@pytest.mark.parametrize("stored", ["float16", "bfloat16", "float32"])
def test_what_lies_in_the_files(stored: Any, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", dtype=stored)
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", layout="chatglm", dtype="float16"))
    found = tensors(made.folder)
    linear = [name for name, values in checkpoint.tensors.items() if "layers." in name and values.ndim == 2]
    assert len(linear) == 2 * 4
    assert set(found) == {*checkpoint.tensors, *(f"{name}_scale" for name in linear)}
    for name, values in checkpoint.tensors.items():
        if name not in linear:
            np.testing.assert_array_equal(found[name], values.astype(np.float16))
            continue
        numbers, scale = by_hand(values)
        assert found[name].dtype == np.int8
        assert found[f"{name}_scale"].shape == (len(values), 1)
        np.testing.assert_array_equal(found[name], numbers)
        np.testing.assert_array_equal(found[f"{name}_scale"], scale)
    checked = verify_conversion(made.folder, checkpoint.folder)
    assert (checked.differences, checked.quantize) == ((), "int8")


def test_parts_of_a_fused_layer_keep_the_scales_of_their_rows(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    fused = tensors(convert_chatglm3(request_for(checkpoint, tmp_path / "fused", layout="chatglm")).folder)
    apart = tensors(convert_chatglm3(request_for(checkpoint, tmp_path / "apart", layout="glm")).folder)
    for ending in ("weight", "weight_scale"):
        parts = [apart[f"model.layers.0.self_attn.{letter}_proj.{ending}"] for letter in "qkv"]
        whole = fused[f"transformer.encoder.layers.0.self_attention.query_key_value.{ending}"]
        np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert apart["lm_head.weight"].dtype == np.float16


@pytest.mark.parametrize(("layout", "output"), [("glm", "lm_head"), ("chatglm", "transformer.output_layer")])
def test_the_configuration_says_how_they_are_read(
    layout: Any, output: str, checkpoint: TinyCheckpoint, tmp_path: Path
) -> None:
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", layout=layout))
    config = json.loads((made.folder / "config.json").read_text())
    said = config["quantization_config"]
    assert (said["quant_method"], said["format"], said["ignore"]) == ("compressed-tensors", "int-quantized", [output])
    (group,) = said["config_groups"].values()
    assert group["weights"] == {
        "num_bits": 8, "type": "int", "symmetric": True, "strategy": "channel", "dynamic": False,
    }  # fmt: skip
    assert group["input_activations"] == {
        "num_bits": 8, "type": "int", "symmetric": True, "strategy": "token", "dynamic": True,
    }  # fmt: skip
    assert config["dtype"] == "float16"
    index = json.loads((made.folder / "model.safetensors.index.json").read_text())
    assert set(index["weight_map"]) == set(tensors(made.folder))


def test_the_profile_for_eight_bits_takes_it_and_no_other(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", layout="glm"))
    plain = convert_chatglm3(request_for(checkpoint, tmp_path / "plain", quantize="none"))
    profiles = load_profiles()
    check_weights(profiles["a100-80-int8"], Architecture.from_folder(made.folder), made.folder)
    with pytest.raises(InputError, match="quantized") as caught:
        check_weights(profiles["a100-80"], Architecture.from_folder(made.folder), made.folder)
    with pytest.raises(InputError, match="not quantized") as caught:
        check_weights(profiles["a100-80-int8"], Architecture.from_folder(plain.folder), plain.folder)
    assert "gradatim model convert chatglm3 SRC DST --quantize int8" in str(caught.value.remedy)


def test_the_estimate_of_the_weights_is_their_size(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
    scale_bytes = sum(values.nbytes for name, values in tensors(made.folder).items() if name.endswith("_scale"))
    size = sum(values.nbytes for values in tensors(made.folder).values())
    stated = estimate(load_profiles()["a100-80-int8"], Architecture.from_folder(made.folder)).weights
    assert stated == size - scale_bytes
    # 4 bytes for each row of 13,696 or 4,096 numbers in the published model
    assert scale_bytes < 0.05 * size


def test_a_killed_conversion_goes_on_to_the_same_bytes(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    request = {"shard_bytes": 50_000}
    whole = convert_chatglm3(request_for(checkpoint, tmp_path / "whole", **request))
    script = f"""
import os
from pathlib import Path
from gradatim.serving.conversion import ConversionRequest, convert_chatglm3

def show(stage, done, total):
    if stage == "write" and done > total // 2:
        os._exit(9)

convert_chatglm3(ConversionRequest(Path({str(checkpoint.folder)!r}), Path({str(tmp_path / "made")!r}),
    shard_bytes=50_000, with_tokenizer=False, quantize="int8"), show)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 9
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", **request))
    assert 0 < made.resumed_shards < len(made.record.shards)
    assert made.record.shards == whole.record.shards


def test_a_folder_of_the_other_form_is_not_taken_for_this_one(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    convert_chatglm3(request_for(checkpoint, tmp_path / "made", quantize="none"))
    with pytest.raises(InputError, match="the result of another conversion"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
    interrupted(checkpoint, tmp_path / "begun")
    with pytest.raises(InputError, match="begun by another conversion"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "begun", shard_bytes=400_000))


def test_records_from_before_there_were_integers_are_read(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", quantize="none"))
    path = made.folder / "conversion.json"
    record = json.loads(path.read_text())
    del record["job"]["quantize"]
    path.write_text(json.dumps(record))
    assert verify_conversion(made.folder, checkpoint.folder).differences == ()


@pytest.mark.parametrize("ending", ["weight", "weight_scale"])
def test_a_forged_number_is_noticed_by_the_comparison_with_the_source(
    ending: str, checkpoint: TinyCheckpoint, tmp_path: Path
) -> None:
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", layout="chatglm"))
    name = UP.removesuffix("weight") + ending
    (path,) = made.folder.glob("*.safetensors")
    data = bytearray(path.read_bytes())
    length = int.from_bytes(data[:8], "little")
    begin, _ = json.loads(data[8 : 8 + length])[name]["data_offsets"]
    data[8 + length + begin] ^= 1
    path.write_bytes(data)
    assert any(name in line for line in verify_conversion(made.folder).differences)
    found = verify_conversion(made.folder, checkpoint.folder).differences
    assert f"{name} has other numbers than the source gives" in found


@pytest.mark.parametrize("value", [math.nan, -math.inf])
def test_weights_that_are_no_numbers(value: float, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", shards=1)
    changed = {name: values.copy() for name, values in checkpoint.tensors.items()}
    changed[UP][3, 5] = value
    write_safetensors(checkpoint.folder / "model.safetensors", changed, "float32")
    with pytest.raises(InputError, match=f"{UP} holds a NaN or an infinity"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))


def test_what_is_quantized_is_not_quantized_again(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", layout="chatglm"))
    (made.folder / "config.json").write_bytes((checkpoint.folder / "config.json").read_bytes())
    with pytest.raises(InputError, match="holds I8, not floating-point weights"):
        convert_chatglm3(ConversionRequest(made.folder, tmp_path / "again", with_tokenizer=False, quantize="int8"))


def test_from_the_command_line_to_a_launch(pieces_model: Path, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", vocab=2048, seq_length=8192, tokenizer=pieces_model)
    source, target = str(checkpoint.folder), str(tmp_path / "made")
    convert = ["model", "convert", "chatglm3", source, target, "--quantize", "int8", "--dtype", "float16"]
    result = CliRunner().invoke(cli, [*convert, "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert (said["quantize"], said["dtype"], said["tensors"]) == ("int8", "float16", 25 + 12)
    assert "8-bit" in CliRunner().invoke(cli, ["model", "verify", target, "--source", source]).stdout
    result = CliRunner().invoke(cli, ["serve", "a100-80-int8", "--model", target, "--dry-run"])
    assert result.exit_code == 0, result.output
    result = CliRunner().invoke(cli, [*convert[:-4], "--quantize", "int4"])
    assert (result.exit_code, "int4" in result.stderr) == (2, True)
    result = CliRunner().invoke(cli, convert[:-4])
    assert (result.exit_code, "--force" in result.stderr) == (2, True)


def test_memory_does_not_grow_with_the_tensors(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(
        tmp_path / "source", layers=1, hidden=1024, heads=8, kv_channels=128, ffn=12_000, vocab=512, dtype="float16",
        shards=1,
    )  # fmt: skip
    largest = (checkpoint.folder / "model.safetensors").stat().st_size
    assert largest > 70e6
    tracemalloc.start()
    try:
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
        verify_conversion(tmp_path / "made", checkpoint.folder)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 0.3 * largest


@pytest.mark.torch
@pytest.mark.skipif(
    not (find_spec("torch") and find_spec("compressed_tensors")),
    reason="torch or compressed-tensors is not installed: `make test-serving` has both",
)
@pytest.mark.filterwarnings("ignore")  # compressed-tensors' own, while it is imported
def test_transformers_reads_the_native_class_where_compressed_tensors_is_installed(
    checkpoint: TinyCheckpoint, tmp_path: Path
) -> None:
    torch: Any = import_module("torch")
    transformers: Any = import_module("transformers")
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", layout="glm"))
    model = transformers.AutoModelForCausalLM.from_pretrained(made.folder, dtype=torch.float32).eval()
    prompt = np.random.default_rng(2).integers(3, 512, 40).tolist()
    with torch.no_grad():
        found = torch.log_softmax(model(torch.tensor([prompt])).logits[0].double(), -1).numpy()
    (logits,) = Reference(checkpoint.config, checkpoint.tensors).logits([prompt])
    wanted = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    # rounding weights and activations costs 0.02; a wrong order of the scales costs ten times as much
    assert 0 < np.sqrt(np.mean((found - wanted) ** 2)) < 0.05
