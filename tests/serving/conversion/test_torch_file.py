"""Files of `torch.save` are read as torch reads them, and never run what they contain."""

from __future__ import annotations

import os
import pickle
import random
import zipfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradatim.errors import InputError
from gradatim.serving.conversion import ConversionRequest, convert_chatglm3, verify_conversion
from gradatim.serving.conversion.torch_file import read_description, refuse_damaged
from tests.serving.conversion.tiny import make_checkpoint, stored_bytes


@pytest.fixture
def torch() -> Any:
    pytest.importorskip("torch", reason="torch is not installed: `make test-serving` has it")
    return import_module("torch")


def numbers(path: Path) -> dict[str, bytes]:
    return {name: b"".join(tensor.rows(0, tensor.shape[0])) for name, tensor in read_description(path).items()}


@pytest.mark.torch
def test_every_number_is_where_torch_put_it(torch: Any, tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.manual_seed(3)
    shared = torch.randn(12, 5)
    state = {
        "a": torch.randn(3, 4).half(),
        "b": torch.randn(5),
        "c": torch.randn(2, 2, 2).bfloat16(),
        "rows of another": shared[3:7],
        "whole": shared,
        "parameter": torch.nn.Parameter(torch.randn(4, 4)),
    }
    torch.save(state, path)
    loaded = torch.load(path, weights_only=True)
    found = read_description(path)
    assert set(found) == set(state)
    for name, raw in numbers(path).items():
        tensor = loaded[name].detach()
        assert found[name].shape == tuple(tensor.shape)
        assert raw == tensor.contiguous().view(torch.uint8).numpy().tobytes()
    assert [found[name].code for name in "abc"] == ["F16", "F32", "BF16"]


@pytest.mark.torch
def test_an_ordered_state_dict_of_a_module(torch: Any, tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    module = torch.nn.Linear(3, 2)
    torch.save(module.state_dict(), path)
    assert numbers(path)["weight"] == module.weight.detach().numpy().tobytes()


@pytest.mark.torch
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda torch: {"a": torch.randn(4, 3).T}, "transposed"),
        (lambda torch: {"a": torch.zeros(4, dtype=torch.int8)}, "CharStorage"),
        (lambda torch: {"a": torch.zeros(4, dtype=torch.float64)}, "DoubleStorage"),
        (lambda torch: {"a": 3}, "'a' is no tensor"),
        (lambda torch: [torch.zeros(4)], "no named weights"),
        (lambda torch: torch.nn.Linear(2, 2), "something else than weights"),
    ],
)
def test_what_is_no_plain_collection_of_weights(make: Any, message: str, torch: Any, tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.save(make(torch), path)
    with pytest.raises(InputError, match=message):
        read_description(path)


@pytest.mark.torch
def test_a_file_of_an_old_torch(torch: Any, tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.save({"a": torch.zeros(4)}, path, _use_new_zipfile_serialization=False)
    with pytest.raises(InputError, match=r"before 1\.6"):
        read_description(path)


@pytest.mark.torch
@pytest.mark.parametrize("kept", [0, 3, 100, 2000, -1, -30])
def test_a_file_that_is_cut_off(kept: int, torch: Any, tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.save({"a": torch.zeros(1000)}, path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError) as caught:
        read_description(path)
    assert "fetch it again" in (caught.value.remedy or "")


@pytest.mark.torch
def test_a_flipped_bit_in_the_numbers_is_noticed_by_the_checksum(torch: Any, tmp_path: Path) -> None:
    checkpoint = make_checkpoint(tmp_path / "source", form="bin")
    path = checkpoint.folder / "pytorch_model-00002-of-00003.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"the checksum of .*/data/\d+ is wrong"):
        convert_chatglm3(ConversionRequest(checkpoint.folder, tmp_path / "made", with_tokenizer=False))


@pytest.mark.torch
def test_random_damage_is_always_told_as_what_it_is(torch: Any, tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    torch.save({"a": torch.arange(300.0), "b": torch.zeros(3).half()}, path)
    whole = path.read_bytes()
    expected = numbers(path)
    chance = random.Random(4)
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.choice((1, 1, 3))):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            refuse_damaged(path)
            found = numbers(path)
        except InputError:
            continue
        # what passes has the right numbers: the damage hit a field that says nothing of them
        assert [raw for raw in found.values() if raw not in expected.values()] == []


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_a_checkpoint_of_bin_files_becomes_what_its_safetensors_twin_becomes(
    dtype: Any, torch: Any, tmp_path: Path
) -> None:
    made: list[dict[str, bytes]] = []
    for form in ("bin", "safetensors"):
        checkpoint = make_checkpoint(tmp_path / form, form=form, dtype=dtype)  # type: ignore[arg-type]
        folder = tmp_path / f"from {form}"
        convert_chatglm3(ConversionRequest(checkpoint.folder, folder, shard_bytes=400_000, with_tokenizer=False))
        assert verify_conversion(folder, checkpoint.folder).differences == ()
        made.append({path.name: path.read_bytes() for path in folder.iterdir() if path.name != "conversion.json"})
    assert made[0] == made[1]


@pytest.mark.torch
def test_bfloat16_is_rounded_as_torch_rounds(torch: Any) -> None:
    from gradatim.serving.conversion.dtypes import recode

    chance = np.random.default_rng(5)
    values = (chance.standard_normal(100_000) * 10.0 ** chance.integers(-30, 30, 100_000)).astype(np.float32)
    # ties, and the numbers next to them
    ties = (np.arange(1, 2000, dtype=np.uint32) << 16) + np.uint32(0x8000)
    values = np.concatenate(
        [values, *(bits.view(np.float32) for bits in (ties - np.uint32(1), ties, ties + np.uint32(1)))]
    )
    expected = torch.from_numpy(values.copy()).bfloat16().view(torch.int16).numpy().tobytes()
    assert recode(values.tobytes(), "F32", "BF16") == expected
    wide = torch.from_numpy(np.frombuffer(expected, np.int16).copy()).view(torch.bfloat16).float()
    assert recode(expected, "BF16", "F32") == wide.numpy().tobytes()


class Nasty:
    """Runs a command when it is unpickled by somebody careless."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.mark}",)


def archive(path: Path, description: bytes, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as stream:
        stream.writestr("x/data.pkl", description)
        for name, content in entries.items():
            stream.writestr(f"x/{name.replace('_', '/')}", content)
    return path


def test_nothing_in_a_file_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    path = archive(tmp_path / "pytorch_model.bin", pickle.dumps({"a": Nasty(mark)}))
    with pytest.raises(InputError, match=r"asks for (posix|nt)\.system"):
        read_description(path)
    assert not mark.exists()


@pytest.mark.parametrize("description", [b"", b"\x80\x02.", b"garbage", b"\x80\x02}q\x00.", b"(" * 1000])
def test_descriptions_that_are_none(description: bytes, tmp_path: Path) -> None:
    path = archive(tmp_path / "pytorch_model.bin", description)
    if description == b"\x80\x02}q\x00.":
        assert read_description(path) == {}
    else:
        with pytest.raises(InputError, match="something else than weights"):
            read_description(path)


def test_other_files(tmp_path: Path) -> None:
    path = tmp_path / "pytorch_model.bin"
    for content in (b"", b"PK", b"<html></html>" * 100):
        path.write_bytes(content)
        with pytest.raises(InputError, match="cannot be read"):
            read_description(path)
    with zipfile.ZipFile(path, "w") as stream:
        stream.writestr("notes.txt", "hello")
    with pytest.raises(InputError, match=r"not written by torch\.save"):
        read_description(path)


def rebuilt(first: int, shape: tuple[int, ...], size: int) -> bytes:
    """Opcodes of `{"a": torch._utils._rebuild_tensor_v2(storage, first, shape, strides, …)}`."""
    strides = tuple(int(np.prod(shape[axis + 1 :])) for axis in range(len(shape)))
    arguments = b"".join(pickle.dumps(value, 2)[2:-1] for value in (first, shape, strides))
    storage = b"(" + pickle.dumps("storage", 2)[2:-1] + b"ctorch\nHalfStorage\n"
    storage += b"".join(pickle.dumps(value, 2)[2:-1] for value in ("0", "cpu", size)) + b"tQ"
    name = pickle.dumps("a", 2)[2:-1]
    return b"\x80\x02}" + name + b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + arguments + b"tRs."


def test_a_tensor_that_claims_more_than_there_is(tmp_path: Path) -> None:
    data = stored_bytes(np.arange(12, dtype=np.float32), "float16")
    whole = archive(tmp_path / "whole.bin", rebuilt(0, (4, 3), 12), data_0=data)
    assert numbers(whole) == {"a": data}
    assert numbers(archive(tmp_path / "part.bin", rebuilt(3, (2, 3), 12), data_0=data)) == {"a": data[6:18]}
    for first, shape in ((0, (5, 3)), (3, (4, 3)), (-1, (4, 3))):
        path = archive(tmp_path / "wrong.bin", rebuilt(first, shape, 12), data_0=data)
        with pytest.raises(InputError, match="not all there"):
            read_description(path)
    with pytest.raises(InputError, match="not all there"):
        read_description(archive(tmp_path / "none.bin", rebuilt(0, (4, 3), 12)))
