"""Converting, going on after an interruption, and what is refused."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open

from gradatim.errors import DigestMismatch, InputError, StorageError
from gradatim.serving.conversion import ConversionRequest, convert_chatglm3, verify_conversion
from gradatim.serving.conversion import target as target_module
from tests.serving.conversion.tiny import TinyCheckpoint, make_checkpoint, write_safetensors

Edit = Callable[[Path], object]


@pytest.fixture
def checkpoint(tmp_path: Path) -> TinyCheckpoint:
    return make_checkpoint(tmp_path / "source")


def request_for(checkpoint: TinyCheckpoint, target: Path, **options: Any) -> ConversionRequest:
    given: dict[str, Any] = {"shard_bytes": 400_000, "with_tokenizer": False, **options}
    return ConversionRequest(checkpoint.folder, target, **given)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def tensors(folder: Path) -> dict[str, np.ndarray[Any, Any]]:
    """All tensors, by the format's own library, with the files that the index names."""
    index = json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"]
    result: dict[str, np.ndarray[Any, Any]] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "np") as file:
            for name in file.keys():  # noqa: SIM118 the object has no other way to be looped over
                assert index[name] == path.name
                result[name] = file.get_tensor(name)
    assert set(index) == set(result)
    return result


def test_the_original_names_and_numbers_stay_in_the_layout_chatglm(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", layout="chatglm"))
    found = tensors(made.folder)
    assert set(found) == set(checkpoint.tensors)
    for name, values in checkpoint.tensors.items():
        np.testing.assert_array_equal(found[name], values)
    config = json.loads((made.folder / "config.json").read_text())
    assert (config["architectures"], config["original_rope"], config["dtype"]) == (["ChatGLMModel"], True, "float32")
    assert "auto_map" not in config
    assert {key: config[key] for key in ("num_layers", "kv_channels", "seq_length")} == {
        "num_layers": 2,
        "kv_channels": 32,
        "seq_length": 512,
    }


def test_query_key_and_value_are_taken_apart_in_the_layout_glm(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    found = tensors(convert_chatglm3(request_for(checkpoint, tmp_path / "made")).folder)
    fused = checkpoint.tensors["transformer.encoder.layers.1.self_attention.query_key_value.weight"]
    parts = [found[f"model.layers.1.self_attn.{letter}_proj.weight"] for letter in "qkv"]
    assert [len(part) for part in parts] == [128, 64, 64]
    np.testing.assert_array_equal(np.concatenate(parts), fused)
    assert len(found) == 3 + 2 * 11
    assert sum(values.size for values in found.values()) == sum(v.size for v in checkpoint.tensors.values())


def test_the_long_context_variant_turns_by_another_base(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", rope_ratio=50, seq_length=32768)
    config = json.loads(
        (convert_chatglm3(request_for(checkpoint, tmp_path / "made")).folder / "config.json").read_text()
    )
    assert config["rope_parameters"]["rope_theta"] == 500_000
    assert config["max_position_embeddings"] == 32768


def test_stop_tokens_come_from_the_tokenizer(pieces_model: Path, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", vocab=4096, tokenizer=pieces_model)
    folder = convert_chatglm3(request_for(checkpoint, tmp_path / "made", with_tokenizer=True)).folder
    special = {
        token["content"]: token["id"] for token in json.loads((folder / "tokenizer.json").read_text())["added_tokens"]
    }
    stops = [special["</s>"], special["<|user|>"], special["<|observation|>"]]
    for name in ("config.json", "generation_config.json"):
        assert json.loads((folder / name).read_text())["eos_token_id"] == stops
    generation = json.loads((folder / "generation_config.json").read_text())
    assert (generation["do_sample"], generation["temperature"], generation["top_p"]) == (True, 0.8, 0.8)
    assert (folder / "chat_template.jinja").is_file()
    assert verify_conversion(folder, checkpoint.folder).differences == ()


@pytest.mark.parametrize("stored", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("wanted", ["float16", "bfloat16", "float32"])
def test_number_formats(stored: Any, wanted: Any, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", layers=1, dtype=stored)
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", dtype=wanted))
    assert json.loads((made.folder / "config.json").read_text())["dtype"] == wanted
    checked = verify_conversion(made.folder, checkpoint.folder)
    assert (checked.differences, checked.against_source) == ((), True)
    if wanted != "bfloat16":
        found = tensors(made.folder)["lm_head.weight"]
        expected = checkpoint.tensors["transformer.output_layer.weight"].astype(wanted)
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("shards", [1, 4])
@pytest.mark.parametrize("indexed", [True, False])
def test_weight_files_are_found_with_and_without_an_index(shards: int, indexed: bool, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", shards=shards)
    if not indexed:
        (checkpoint.folder / "model.safetensors.index.json").unlink(missing_ok=True)
    assert convert_chatglm3(request_for(checkpoint, tmp_path / "made")).record.tensors == 25


def test_files_are_as_large_as_asked_for(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made", shard_bytes=100_000))
    for name, shard in made.record.shards.items():
        assert (made.folder / name).stat().st_size == shard.bytes
        assert shard.bytes < 105_000 or len(shard.tensors) == 1


def test_the_record_names_what_was_converted(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    import hashlib

    made = convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
    assert set(made.record.sources) == {f"model-{number:05}-of-00003.safetensors" for number in (1, 2, 3)}
    for folder, files in ((checkpoint.folder, made.record.sources), (made.folder, made.record.shards)):
        for name, entry in files.items():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == entry.sha256
    assert made.record.tool.startswith("gradatim ")
    assert str(tmp_path) not in (made.folder / "conversion.json").read_text()


KILLED = """
import os, signal, sys
from pathlib import Path
from gradatim.serving.conversion import ConversionRequest, convert_chatglm3

def show(stage, done, total):
    if stage == "write" and done > total * 0.6:
        os.kill(os.getpid(), signal.SIGKILL)

source, target = map(Path, sys.argv[1:])
convert_chatglm3(ConversionRequest(source, target, shard_bytes=400_000, with_tokenizer=False), show)
"""


def test_a_killed_conversion_goes_on_to_the_same_bytes(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    target = tmp_path / "killed"
    command = [sys.executable, "-c", KILLED, str(checkpoint.folder), str(target)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -signal.SIGKILL
    whole = sorted(target.glob("model-*.safetensors"))
    assert whole
    assert list(target.glob("*.part"))
    with pytest.raises(InputError, match="no finished conversion"):
        verify_conversion(target)
    before = {path.name: path.stat().st_mtime_ns for path in whole}
    made = convert_chatglm3(request_for(checkpoint, target))
    assert made.resumed_shards == len(whole) < len(made.record.shards)
    assert {name: (target / name).stat().st_mtime_ns for name in before} == before
    convert_chatglm3(request_for(checkpoint, tmp_path / "straight"))
    assert content(target) == content(tmp_path / "straight")


def interrupted(checkpoint: TinyCheckpoint, target: Path) -> None:
    """A conversion that ended, by an error, after its first weight files."""

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "write" and done > total * 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert_chatglm3(request_for(checkpoint, target), stop)


def test_a_weight_file_that_was_damaged_meanwhile_is_noticed_and_written_anew(
    checkpoint: TinyCheckpoint, tmp_path: Path
) -> None:
    target = tmp_path / "made"
    interrupted(checkpoint, target)
    victim = sorted(target.glob("model-*.safetensors"))[0]
    flip(victim, -5)
    with pytest.raises(DigestMismatch, match="have changed"):
        convert_chatglm3(request_for(checkpoint, target))
    convert_chatglm3(request_for(checkpoint, target))
    assert verify_conversion(target, checkpoint.folder).differences == ()


def flip(path: Path, at: int) -> None:
    """Change one bit of a file, without a trace in its size."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def test_a_source_that_changed_since_the_interruption(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    target = tmp_path / "made"
    interrupted(checkpoint, target)
    flip(checkpoint.folder / "model-00002-of-00003.safetensors", -5)
    with pytest.raises(InputError, match="earlier state of this checkpoint"):
        convert_chatglm3(request_for(checkpoint, target))
    convert_chatglm3(request_for(checkpoint, target, force=True))
    assert verify_conversion(target, checkpoint.folder).differences == ()


def test_converting_again_changes_nothing(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    first = convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
    before = {path.name: path.stat().st_mtime_ns for path in first.folder.iterdir()}
    again = convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
    assert {path.name: path.stat().st_mtime_ns for path in first.folder.iterdir()} == before
    assert (again.record, again.resumed_shards) == (first.record, len(first.record.shards))


def test_another_checkpoint_of_the_same_size_is_not_taken_for_the_converted_one(tmp_path: Path) -> None:
    one = make_checkpoint(tmp_path / "one")
    other = make_checkpoint(tmp_path / "other", seed=1)
    convert_chatglm3(request_for(one, tmp_path / "made"))
    with pytest.raises(InputError, match="another conversion"):
        convert_chatglm3(request_for(other, tmp_path / "made"))
    assert len(verify_conversion(tmp_path / "made", other.folder).differences) == 25
    convert_chatglm3(request_for(other, tmp_path / "made", force=True))
    assert verify_conversion(tmp_path / "made", other.folder).differences == ()


def test_force_deletes_only_what_a_conversion_wrote(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    target = tmp_path / "made"
    convert_chatglm3(request_for(checkpoint, target, shard_bytes=100_000))
    (target / "NOTES.txt").write_text("ours")
    with pytest.raises(InputError, match="another conversion"):
        convert_chatglm3(request_for(checkpoint, target))
    made = convert_chatglm3(request_for(checkpoint, target, force=True))
    assert {path.name for path in target.glob("*.safetensors")} == set(made.record.shards)
    assert (target / "NOTES.txt").read_text() == "ours"


@pytest.mark.parametrize("force", [True, False])
def test_a_folder_of_other_things_is_left_alone(force: bool, checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    target = tmp_path / "thesis"
    target.mkdir()
    (target / "config.json").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        convert_chatglm3(request_for(checkpoint, target, force=force))
    assert content(target) == {"config.json": b"mine"}


def test_source_and_target_must_be_apart(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(checkpoint.folder)
    for target in (checkpoint.folder, checkpoint.folder / "made", tmp_path, tmp_path / "link" / "made"):
        with pytest.raises(InputError, match="cannot lie in"):
            convert_chatglm3(request_for(checkpoint, target))
    assert not (checkpoint.folder / "made").exists()
    with pytest.raises(InputError, match="no folder"):
        convert_chatglm3(request_for(checkpoint, checkpoint.folder / "config.json"))
    with pytest.raises(InputError, match="no such folder"):
        convert_chatglm3(ConversionRequest(tmp_path / "nowhere", tmp_path / "made"))


def test_two_conversions_do_not_write_one_folder(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    target = tmp_path / "made"
    target.mkdir()
    handle = os.open(target, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="another conversion is writing"):
            convert_chatglm3(request_for(checkpoint, target))
    finally:
        os.close(handle)
    assert convert_chatglm3(request_for(checkpoint, target)).record.tensors == 25


def test_a_small_disk_is_noticed_before_anything_is_written(
    checkpoint: TinyCheckpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(target_module.shutil, "disk_usage", lambda _: used._replace(free=60 << 20))
    with pytest.raises(StorageError, match=r"the disk has 0\.06 GB free"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
    assert content(tmp_path / "made") == {}


def test_a_disk_that_fills_up(checkpoint: TinyCheckpoint) -> None:
    with pytest.raises(StorageError, match="cannot go on"):
        convert_chatglm3(request_for(checkpoint, Path("/proc/gradatim")))


CONFIGS: dict[str, tuple[dict[str, Any], str]] = {
    "quantized": ({"quantization_bit": 4}, "quantized"),
    "prefix tuned": ({"pre_seq_len": 128}, "prefix-tuned"),
    "first ChatGLM": ({"inner_hidden_size": 16384, "position_encoding_2d": True}, "first ChatGLM"),
    "ChatGLM2": ({"_name_or_path": "THUDM/chatglm2-6b"}, "ChatGLM2"),
    "GLM-4": ({"eos_token_id": [151329, 151336, 151338]}, "GLM-4"),
    "pictures": ({"vision_config": {}}, "pictures"),
    "another family": ({"model_type": "llama"}, "model_type is 'llama'"),
    "rotation by halves": ({"original_rope": False}, "original_rope"),
    "no query groups": ({"multi_query_attention": False}, "multi_query_attention"),
    "layer norm": ({"rmsnorm": False}, "rmsnorm"),
    "a bias everywhere": ({"add_bias_linear": True}, "add_bias_linear"),
    "other residuals": ({"apply_residual_connection_post_layernorm": True}, "apply_residual"),
    "tied": ({"tie_word_embeddings": True}, "tie_word_embeddings"),
    "uneven groups": ({"multi_query_group_num": 3}, "cannot share 3"),
    "no layers": ({"num_layers": 0}, "num_layers"),
    "no number": ({"hidden_size": "wide"}, "hidden_size"),
    "no end token": ({"eos_token_id": 7}, "eos_token_id"),
    "NaN": ({"layernorm_epsilon": float("nan")}, "layernorm_epsilon"),
}


@pytest.mark.parametrize("kind", CONFIGS)
def test_configurations_of_other_models(kind: str, checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    change, message = CONFIGS[kind]
    (checkpoint.folder / "config.json").write_text(json.dumps({**checkpoint.config, **change}))
    with pytest.raises(InputError, match=message) as caught:
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
    assert caught.value.place == str(checkpoint.folder / "config.json")
    assert caught.value.remedy
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000])
def test_configurations_that_are_none(text: bytes, checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    (checkpoint.folder / "config.json").write_bytes(text)
    with pytest.raises(InputError, match="JSON"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))


def test_a_missing_key(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    config = {key: value for key, value in checkpoint.config.items() if key != "kv_channels"}
    (checkpoint.folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(InputError, match="`kv_channels` is missing"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))


def test_heads_that_vllms_class_cannot_express(tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", kv_channels=64)
    with pytest.raises(InputError, match="takes a head to be"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made", layout="chatglm"))


PART = "model-00002-of-00003.safetensors"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:12\nsize 1827781090\n"


def truncate(folder: Path) -> None:
    with (folder / PART).open("r+b") as stream:
        stream.truncate((folder / PART).stat().st_size - 100)


def lose_a_part_and_the_index(folder: Path) -> None:
    (folder / PART).unlink()
    (folder / "model.safetensors.index.json").unlink()


def point_outside(folder: Path) -> None:
    index = folder / "model.safetensors.index.json"
    index.write_text(index.read_text().replace(PART, f"../{PART}"))


FILES: dict[str, tuple[Edit, str]] = {
    "a part is missing": (lambda folder: (folder / PART).unlink(), "1 of 3 weight files are missing: model-00002"),
    "a part and the index are missing": (lose_a_part_and_the_index, "1 of 3 weight files are missing: model-00002"),
    "a part is cut off": (truncate, "cut off"),
    "a part is empty": (lambda folder: (folder / PART).write_bytes(b""), "cut off"),
    "a part is a pointer": (lambda folder: (folder / PART).write_bytes(POINTER), "Git LFS pointer"),
    "a part is a page": (lambda folder: (folder / PART).write_bytes(b"<html>" * 100), "no header"),
    "the index is no JSON": (lambda folder: (folder / "model.safetensors.index.json").write_text("{"), "not JSON"),
    "the index is empty": (lambda folder: (folder / "model.safetensors.index.json").write_text("{}"), "weight_map"),
    "the index points outside": (point_outside, "no weight file of this folder"),
    "there are no weights": (lambda folder: [path.unlink() for path in folder.glob("model*")], "no weights"),
}


@pytest.mark.parametrize("kind", FILES)
def test_weight_files_that_cannot_be_used(kind: str, checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    edit, message = FILES[kind]
    edit(checkpoint.folder)
    with pytest.raises(InputError, match=message):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))
    assert not (tmp_path / "made").exists()


DENSE = "transformer.encoder.layers.0.self_attention.dense.weight"


def rewrite(checkpoint: TinyCheckpoint, **changed: np.ndarray[Any, Any] | None) -> None:
    """One file with all weights, some of them others (or left out)."""
    for path in checkpoint.folder.glob("model*"):
        path.unlink()
    weights = {name: values for name, values in {**checkpoint.tensors, **changed}.items() if values is not None}
    write_safetensors(checkpoint.folder / "model.safetensors", weights, "float32")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({DENSE: None}, f"it lacks {DENSE}"),
        ({DENSE: np.zeros((128, 64), np.float32)}, "has the shape 128 × 64, config.json asks for 128 × 128"),
        ({"transformer.vision.x": np.zeros(3, np.float32)}, "it holds the unknown transformer.vision.x"),
        ({f"{DENSE}_scale": np.zeros(3, np.float32)}, "quantized"),
        ({"transformer.prefix_encoder.embedding.weight": np.zeros(3, np.float32)}, "prefix-tuned"),
    ],
)
def test_weights_that_the_configuration_does_not_describe(
    changed: dict[str, Any], message: str, checkpoint: TinyCheckpoint, tmp_path: Path
) -> None:
    rewrite(checkpoint, **changed)
    with pytest.raises(InputError, match=message):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))


def test_integers_are_no_weights(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    rewrite(checkpoint)
    path = checkpoint.folder / "model.safetensors"
    path.write_bytes(path.read_bytes().replace(b'"F32"', b'"I32"'))
    with pytest.raises(InputError, match="I32, not floating-point"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))


def test_a_tensor_that_is_there_twice(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    (checkpoint.folder / "model.safetensors.index.json").unlink()
    write_safetensors(checkpoint.folder / "model-extra.safetensors", {DENSE: checkpoint.tensors[DENSE]}, "float32")
    with pytest.raises(InputError, match="is also in"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made"))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_no_numbers(value: float, checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    spoilt = checkpoint.tensors[DENSE].copy()
    spoilt[77, 3] = value
    rewrite(checkpoint, **{DENSE: spoilt})
    for wanted in ("keep", "float16", "bfloat16"):
        with pytest.raises(InputError, match=f"{DENSE} holds a NaN or an infinity"):
            convert_chatglm3(request_for(checkpoint, tmp_path / wanted, dtype=wanted))


@pytest.mark.parametrize(("value", "wanted"), [(7e4, "float16"), (3.4e38, "bfloat16")])
def test_weights_that_the_wanted_format_cannot_hold(
    value: float, wanted: Any, checkpoint: TinyCheckpoint, tmp_path: Path
) -> None:
    spoilt = checkpoint.tensors[DENSE].copy()
    spoilt[77, 3] = value
    rewrite(checkpoint, **{DENSE: spoilt})
    with pytest.raises(InputError, match=f"too large for {wanted}"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made", dtype=wanted))
    convert_chatglm3(request_for(checkpoint, tmp_path / "kept"))


def test_the_tokenizer_is_looked_at_before_the_weights(checkpoint: TinyCheckpoint, tmp_path: Path) -> None:
    for options in ({}, {"tokenizer": tmp_path / "nowhere.model"}, {"tokenizer": tmp_path}):
        with pytest.raises(InputError, match="SentencePiece model is missing"):
            convert_chatglm3(request_for(checkpoint, tmp_path / "made", with_tokenizer=True, **options))
    (checkpoint.folder / "tokenizer.model").write_bytes(POINTER)
    with pytest.raises(InputError, match="Git LFS pointer"):
        convert_chatglm3(request_for(checkpoint, tmp_path / "made", with_tokenizer=True))
    assert not (tmp_path / "made").exists()
