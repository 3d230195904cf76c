"""A checkpoint as it was downloaded: its weight files, and every tensor in them judged against the configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from gradatim.errors import InputError
from gradatim.serving.conversion.architecture import ROTARY_TABLE, ChatGLMShape, read_json_object
from gradatim.serving.conversion.safetensors_file import read_header
from gradatim.serving.conversion.stored import StoredTensor
from gradatim.serving.conversion.torch_file import read_description

_FORMS = (
    ("model.safetensors.index.json", "model*.safetensors"),
    ("pytorch_model.bin.index.json", "pytorch_model*.bin"),
)
"""Index and files of each form, the preferred one first."""
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.(?:safetensors|bin)$")
_POINTER = b"version https://git-lfs"
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The weights of a checkpoint on disk.

    Attributes:
        folder: Where it lies.
        files: The weight files, in the order of their names.
        tensors: Original name → where its bytes lie; exactly those that the shape asks for, in that order.
    """

    folder: Path
    files: tuple[Path, ...]
    tensors: Mapping[str, StoredTensor]


def open_checkpoint(folder: Path, shape: ChatGLMShape) -> Checkpoint:
    """Find the weights of a checkpoint and see that all are there, in the right shape; reads no weights yet.

    Raises:
        InputError: A file is missing, cut off, a Git LFS pointer or no weights; or a tensor is missing, twice there,
            unknown or of another shape.
        OSError: A file cannot be read.
    """
    files, index = _weight_files(folder)
    found: dict[str, StoredTensor] = {}
    for path in files:
        refuse_pointer(path)
        for name, tensor in (read_header if path.suffix == ".safetensors" else read_description)(path).items():
            if name in found:
                raise InputError(
                    f"{name} is also in {found[name].path.name}",
                    place=str(path),
                    remedy="leave one set of weight files in the folder",
                )
            found[name] = tensor
    if index is not None and (strayed := sorted(name for name in index if name not in found)):
        raise InputError(
            f"the index promises {_listed(strayed)}, which no file holds",
            place=str(folder),
            remedy="fetch the checkpoint again, all files of one version",
        )
    found.pop(ROTARY_TABLE, None)
    return Checkpoint(folder, files, _judged(folder, shape, found))


def refuse_pointer(path: Path) -> None:
    """See that a file is not the note that Git LFS leaves in its place.

    Raises:
        InputError: It is.
        OSError: It cannot be read.
    """
    with path.open("rb") as stream:
        if stream.read(len(_POINTER)) == _POINTER:
            raise InputError(
                "this is a Git LFS pointer, not the file itself",
                place=str(path),
                remedy="run `git lfs pull` in the checkpoint's folder, or download the file",
            )


def _weight_files(folder: Path) -> tuple[tuple[Path, ...], Mapping[str, str] | None]:
    """The files of the first form that is complete; with the index, when there is one."""
    incomplete: InputError | None = None
    for index_name, pattern in _FORMS:
        index = _read_index(folder / index_name) if (folder / index_name).is_file() else None
        names = sorted(set(index.values())) if index else sorted(path.name for path in folder.glob(pattern))
        names = _with_all_parts(names)
        if not names:
            continue
        missing = [name for name in names if not (folder / name).is_file()]
        if not missing:
            return tuple(folder / name for name in names), index
        incomplete = incomplete or InputError(
            f"{len(missing)} of {len(names)} weight files are missing: {_listed(missing)}",
            place=str(folder),
            remedy="fetch the files that are missing into this folder",
        )
    raise incomplete or InputError(
        "there are no weights in this folder",
        place=str(folder),
        remedy="it must hold model*.safetensors or pytorch_model*.bin files",
    )


def _read_index(path: Path) -> Mapping[str, str]:
    content = read_json_object(path, remedy="fetch the index again")
    weight_map = content.get("weight_map")
    if not isinstance(weight_map, dict) or not weight_map:
        raise InputError("the index has no `weight_map`", place=str(path), remedy="fetch the index again")
    files = cast("dict[str, object]", weight_map)
    for name, file in files.items():
        if not isinstance(file, str) or Path(file).name != file or not file.endswith((".safetensors", ".bin")):
            raise InputError(
                f"the index puts {name} into {file!r}, which is no weight file of this folder",
                place=str(path),
                remedy="fetch the index again",
            )
    return cast("dict[str, str]", files)


def _with_all_parts(names: list[str]) -> list[str]:
    """The names, and those that parts like `-00002-of-00007` say there must be."""
    every = set(names)
    for name in names:
        part = _PART.search(name)
        if part is not None:
            head, ending, count = name[: part.start()], Path(name).suffix, int(part[2])
            every |= {f"{head}-{number:05}-of-{count:05}{ending}" for number in range(1, count + 1)}
    return sorted(every)


def _judged(folder: Path, shape: ChatGLMShape, found: dict[str, StoredTensor]) -> dict[str, StoredTensor]:
    wanted = shape.tensors()
    unknown = sorted(set(found) - set(wanted))
    # The marks of the two kinds of checkpoints that are taken for plain ones most often.
    if any("weight_scale" in name for name in unknown):
        raise InputError("the weights are quantized", place=str(folder), remedy="convert the full-precision checkpoint")
    if any("prefix_encoder" in name for name in unknown):
        raise InputError(
            "this is a prefix-tuned model; what serves it has no such prefix",
            place=str(folder),
            remedy="convert the model it was tuned from",
        )
    missing = [name for name in wanted if name not in found]
    if missing or unknown:
        parts = [
            f"{what} {_listed(names)}"
            for what, names in (("it lacks", missing), ("it holds the unknown", unknown))
            if names
        ]
        raise InputError(
            f"the weights are not those that config.json describes: {'; '.join(parts)}",
            place=str(folder),
            remedy="take configuration and weights from one checkpoint of ChatGLM3",
        )
    for name, lengths in wanted.items():
        if found[name].shape != lengths:
            raise InputError(
                f"{name} has the shape {_written(found[name].shape)}, config.json asks for {_written(lengths)}",
                place=str(found[name].path),
                remedy="take configuration and weights from one checkpoint of ChatGLM3",
            )
    return {name: found[name] for name in wanted}


def _written(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"
