"""Files of `torch.save`, read without torch and without running anything that they contain.

Such a file is a zip archive: `NAME/data.pkl` describes the tensors, `NAME/data/KEY` are their numbers, stored without
compression, so that every tensor is a stretch of bytes of the file. A pickle can call any function it names; the one
here is read with the three functions that a plain collection of weights needs, and every other name is refused.
"""

from __future__ import annotations

import errno
import io
import pickle
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError
from gradatim.serving.conversion.dtypes import ITEM_BYTES, Code
from gradatim.serving.conversion.stored import StoredTensor, bytes_of

_STORAGES: dict[str, Code] = {"FloatStorage": "F32", "HalfStorage": "F16", "BFloat16Storage": "BF16"}
_LONGEST_DESCRIPTION = 100_000_000
"""Bytes of `data.pkl`; that of a 6B model has some 20,000."""
_LOCAL_HEADER = 30
"""Bytes of a zip entry's own header, before its name and its extra field (APPNOTE.TXT, 4.3.7)."""
_DAMAGE = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, zlib.error)
_FULL_PRECISION = "convert the full-precision checkpoint and quantize the result"


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    kind: str
    items: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    first: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_description(path: Path) -> dict[str, StoredTensor]:
    """Which tensors a file holds and where their bytes lie.

    Raises:
        InputError: It is no file of `torch.save`, is cut off, or holds something else than plain weights.
        OSError: The file cannot be read.
    """
    with _opened(path) as archive:
        return _tensors(path, archive)


def refuse_damaged(path: Path) -> None:
    """Read a file of `torch.save` through and compare its checksums.

    Raises:
        InputError: One is wrong, or the file cannot be read as an archive.
        OSError: The file cannot be read.
    """
    with _opened(path) as archive:
        wrong = archive.testzip()
    if wrong is not None:
        raise InputError(
            f"this checkpoint file is damaged: the checksum of {wrong} is wrong",
            place=str(path),
            remedy="fetch it again; if it was saved without checksums, load it with torch and save it with them",
        )


@contextmanager
def _opened(path: Path) -> Generator[zipfile.ZipFile]:
    """The archive, with every way in which the library finds it damaged said as one."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _DAMAGE as error:
        raise _unreadable(path, error) from error
    except OSError as error:
        # an offset before the file's beginning, which only a damaged directory names
        if error.errno == errno.EINVAL:
            raise _unreadable(path, error) from error
        raise


def _unreadable(path: Path, error: Exception) -> InputError:
    with path.open("rb") as stream:
        start = stream.read(4)
    if start[:1] == b"\x80":
        return InputError(
            "this file was saved by PyTorch before 1.6, in one piece that cannot be streamed",
            place=str(path),
            remedy="load it with torch and save it again, or take the safetensors files",
        )
    what = f"it is cut off or damaged ({error})" if start == b"PK\x03\x04" else "it is no file of torch.save"
    return InputError(f"this checkpoint file cannot be read: {what}", place=str(path), remedy="fetch it again, whole")


def _tensors(path: Path, archive: zipfile.ZipFile) -> dict[str, StoredTensor]:
    entries = {info.filename: info for info in archive.infolist()}
    described = next((name for name in entries if name.endswith("/data.pkl")), None)
    if described is None or entries[described].file_size > _LONGEST_DESCRIPTION:
        raise InputError("this zip archive was not written by torch.save", place=str(path), remedy="fetch it again")
    root = described.removesuffix("data.pkl")
    order = entries.get(f"{root}byteorder")
    if order is not None and order.file_size < 10 and archive.read(order) != b"little":
        raise InputError("the numbers are big-endian", place=str(path), remedy="save it on a little-endian machine")
    collection = _unpickled(path, archive.read(described))
    located: dict[str, StoredTensor] = {}
    with path.open("rb") as stream:
        for name, tensor in collection.items():
            if not isinstance(name, str) or not isinstance(tensor, _Tensor):
                raise InputError(
                    f"{name!r} is no tensor",
                    place=str(path),
                    remedy="name a checkpoint that holds weights alone, not the state of an optimizer or trainer",
                )
            located[name] = _located(path, stream, entries, root, name, tensor)
    return located


def _located(
    path: Path, stream: io.BufferedReader, entries: dict[str, zipfile.ZipInfo], root: str, name: str, tensor: _Tensor
) -> StoredTensor:
    code = _STORAGES.get(tensor.storage.kind)
    if code is None:
        raise InputError(
            f"{name} is a {tensor.storage.kind}, not floating-point weights of 16 or 32 bits",
            place=str(path),
            remedy=_FULL_PRECISION,
        )
    if tensor.strides != _row_by_row(tensor.shape):
        raise InputError(
            f"{name} is stored transposed or with gaps",
            place=str(path),
            remedy="load it with torch, make every tensor contiguous, and save it again",
        )
    entry = entries.get(f"{root}data/{tensor.storage.key}")
    begin, size = tensor.first * ITEM_BYTES[code], bytes_of(tensor.shape, code)
    if entry is None or entry.compress_type != zipfile.ZIP_STORED or begin < 0 or begin + size > entry.file_size:
        raise InputError(f"the numbers of {name} are not all there", place=str(path), remedy="fetch the file again")
    stream.seek(entry.header_offset)
    local = stream.read(_LOCAL_HEADER)
    if local[:4] != b"PK\x03\x04":
        raise InputError(f"the numbers of {name} are not where they belong", place=str(path), remedy="fetch it again")
    names = int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    return StoredTensor(path, entry.header_offset + _LOCAL_HEADER + names + begin, code, tensor.shape)


def _row_by_row(shape: tuple[int, ...]) -> tuple[int, ...]:
    strides: list[int] = []
    step = 1
    for length in reversed(shape):
        strides.append(step)
        step *= max(length, 1)
    return tuple(reversed(strides))


class _Reader(pickle.Unpickler):
    """Knows tensors, parameters and ordered dictionaries, and nothing that could act."""

    def find_class(self, module_name: str, global_name: str, /) -> Callable[..., object]:
        match module_name, global_name:
            case "torch._utils", "_rebuild_tensor_v2":
                return _rebuilt_tensor
            case "torch._utils", "_rebuild_parameter":
                return _rebuilt_parameter
            case "collections", "OrderedDict":
                return OrderedDict
            case "torch", kind if kind.endswith("Storage"):
                return _StorageKind(kind)
            case _:
                raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}")

    def persistent_load(self, pid: Any, /) -> _Storage:
        word, kind, key, _device, items = pid
        if word != "storage" or not isinstance(kind, _StorageKind):
            raise pickle.UnpicklingError("it refers to something that is no storage")
        return _Storage(str(key), kind.name, int(items))


@dataclass(frozen=True, slots=True)
class _StorageKind:
    """Stands for `torch.HalfStorage` and its like, which a pickle names without calling them."""

    name: str

    def __call__(self, *_: object) -> object:
        raise pickle.UnpicklingError(f"it calls {self.name}")


def _rebuilt_tensor(
    storage: object, first: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> object:
    if not isinstance(storage, _Storage):
        raise pickle.UnpicklingError("a tensor has no storage")
    return _Tensor(storage, int(first), tuple(map(int, shape)), tuple(map(int, strides)))


def _rebuilt_parameter(tensor: object, *_: object) -> object:
    return tensor


def _unpickled(path: Path, description: bytes) -> dict[object, object]:
    try:
        content: object = _Reader(io.BytesIO(description)).load()
    # a damaged or hostile pickle fails in any of the ways that its instructions can fail
    except Exception as error:
        raise InputError(
            f"this file holds something else than weights: {error}",
            place=str(path),
            remedy="name a checkpoint that holds weights alone; nothing in this file has been run",
        ) from error
    if not isinstance(content, dict):
        raise InputError("this file holds no named weights", place=str(path), remedy="name a file of a state dict")
    return cast("dict[object, object]", content)
