"""A check of a converted model notices whatever was changed in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from gradatim.errors import InputError
from gradatim.serving.conversion import Conversion, ConversionRequest, convert_chatglm3, verify_conversion
from tests.serving.conversion.tiny import TinyCheckpoint, make_checkpoint


@pytest.fixture
def checkpoint(tmp_path: Path) -> TinyCheckpoint:
    return make_checkpoint(tmp_path / "source")


@pytest.fixture
def made(checkpoint: TinyCheckpoint, tmp_path: Path) -> Conversion:
    return convert_chatglm3(
        ConversionRequest(checkpoint.folder, tmp_path / "made", shard_bytes=400_000, with_tokenizer=False)
    )


def first(folder: Path) -> Path:
    return min(folder.glob("*.safetensors"))


def cut(folder: Path) -> None:
    with first(folder).open("r+b") as stream:
        stream.truncate(1000)


def flip(folder: Path) -> None:
    data = bytearray(first(folder).read_bytes())
    data[-1] ^= 64
    first(folder).write_bytes(data)


def swap_names(folder: Path) -> None:
    """Two tensors of equal shape change places in the header."""
    data = first(folder).read_bytes()
    norm, other = b"0.input_layernorm", b"0.qnput_layernorm"
    assert data.count(norm) == 1
    first(folder).write_bytes(data.replace(norm, other))


def edit(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    config["rms_norm_eps"] = 1e-6
    (folder / "config.json").write_text(json.dumps(config))


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a file is gone": (lambda folder: first(folder).unlink(), "the file is missing"),
    "a file is cut": (cut, "it has 1,000 bytes of"),
    "a bit is another": (flip, "have changed"),
    "a name is another": (swap_names, "it lacks model.layers.0.input_layernorm.weight"),
    "the configuration is another": (edit, "config.json: the file has changed"),
    "a file is gone beside": (lambda folder: (folder / "generation_config.json").unlink(), "generation_config.json"),
    "a stranger": (lambda folder: (folder / "x.safetensors").write_bytes(b"x"), "no conversion wrote"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_changes_are_noticed(change: str, made: Conversion, checkpoint: TinyCheckpoint) -> None:
    assert verify_conversion(made.folder, checkpoint.folder).differences == ()
    act, message = CHANGES[change]
    act(made.folder)
    for source in (None, checkpoint.folder):
        found = verify_conversion(made.folder, source).differences
        assert any(message in difference for difference in found), found


def test_a_forged_record_does_not_hide_a_change_from_the_comparison_with_the_source(
    made: Conversion, checkpoint: TinyCheckpoint
) -> None:
    path = first(made.folder)
    data = bytearray(path.read_bytes())
    data[-1] ^= 64
    path.write_bytes(data)
    import hashlib

    record = json.loads((made.folder / "conversion.json").read_text())
    from safetensors.numpy import load_file

    weights = load_file(path)
    for name, entry in record["shards"][path.name]["tensors"].items():
        entry["sha256"] = hashlib.sha256(weights[name].tobytes()).hexdigest()
    (made.folder / "conversion.json").write_text(json.dumps(record))
    assert verify_conversion(made.folder).differences == ()
    (difference,) = verify_conversion(made.folder, checkpoint.folder).differences
    assert "other numbers than the source" in difference


def test_folders_that_hold_no_conversion(tmp_path: Path, checkpoint: TinyCheckpoint, made: Conversion) -> None:
    for folder in (tmp_path / "nowhere", checkpoint.folder, checkpoint.folder / "config.json"):
        with pytest.raises(InputError, match="no finished conversion"):
            verify_conversion(folder)
    (made.folder / "conversion.json").write_text('{"format": "gradatim-conversion-9"}')
    with pytest.raises(InputError, match="this version can read"):
        verify_conversion(made.folder)


def test_a_source_that_is_no_checkpoint(made: Conversion, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        verify_conversion(made.folder, tmp_path / "nowhere")
