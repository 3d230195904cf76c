"""Reads logs of inspect_ai: JSON documents and `.eval` archives."""

from __future__ import annotations

import importlib
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import orjson

from gradatim.errors import InputError
from gradatim.evals.traces.formats.evallog.restoring import trace_of
from gradatim.evals.traces.formats.streams import LARGEST, json_of, reading, values_of
from gradatim.evals.traces.trace import Plain, Trace

_REMEDY = "give a log that inspect_ai or `gradatim trace export --to inspect` has written"
_ZSTD = 93
"""How inspect_ai packs its archives; Python unpacks it since 3.14, before that with zipfile-zstd."""


def read(path: Path) -> Iterator[Trace]:
    """The samples of a log as traces; those of an archive one at a time.

    Raises:
        InputError: It cannot be read, or is no log; names the sample.
    """
    with reading(path) as file:
        packed = file.read(4) == b"PK\x03\x04"
    if packed:
        yield from _archive(path)
    else:
        for place, value in values_of(path):
            yield from _log(value, place)


def _log(value: Any, place: str) -> Iterator[Trace]:
    log = cast("Plain", value) if isinstance(value, dict) else {}
    if not isinstance(log.get("eval"), dict):
        raise InputError("is no log of inspect_ai", place=place, remedy=_REMEDY)
    samples: Any = log.get("samples")
    if samples is None:
        raise InputError("holds no samples, only the head of a log", place=place, remedy=_REMEDY)
    if not isinstance(samples, list):
        raise InputError("samples is no list", place=place, remedy=_REMEDY)
    for number, sample in enumerate(cast("list[Any]", samples)):
        yield _sample(sample, cast("Plain", log["eval"]), f"{place}, samples[{number}]")


def _archive(path: Path) -> Iterator[Trace]:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if any(info.compress_type == _ZSTD for info in archive.infolist()):
                _learn_zstd(path)
            head = next((name for name in ("header.json", "_journal/start.json") if name in names), None)
            if head is None:
                raise InputError("is an archive, but no log of inspect_ai", place=str(path), remedy=_REMEDY)
            spec = cast("Mapping[str, Any]", _member(archive, head, path)).get("eval")
            for name in names:
                if name.startswith("samples/") and name.endswith(".json"):
                    made = cast("Plain", spec) if isinstance(spec, dict) else {}
                    yield _sample(_member(archive, name, path), made, f"{path}, {name}")
    except _broken() as error:
        raise InputError(f"cannot be unpacked: {error}", place=str(path), remedy=_REMEDY) from error


def _broken() -> tuple[type[Exception], ...]:
    """What an archive that is cut off, damaged or locked makes its readers raise."""
    zstd: Any = getattr(sys.modules.get("zstandard"), "ZstdError", EOFError)
    return (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, zlib.error, zstd)


def _member(archive: zipfile.ZipFile, name: str, path: Path) -> Plain:
    if archive.getinfo(name).file_size > LARGEST:
        raise InputError(f"is larger than {LARGEST:,} bytes", place=f"{path}, {name}", remedy=_REMEDY)
    try:
        value: Any = json_of(archive.read(name))
    except orjson.JSONDecodeError as error:
        raise InputError(f"is not JSON: {error}", place=f"{path}, {name}", remedy=_REMEDY) from error
    if not isinstance(value, dict):
        raise InputError("is no object", place=f"{path}, {name}", remedy=_REMEDY)
    return cast("Plain", value)


def _learn_zstd(path: Path) -> None:
    if hasattr(zipfile, "ZIP_ZSTANDARD"):
        return
    try:
        importlib.import_module("zipfile_zstd")
    except ImportError as error:
        raise InputError(
            "is packed with zstd, which this Python does not unpack",
            place=str(path),
            remedy="pip install zipfile-zstd, or convert it: inspect log convert --to json",
        ) from error


def _sample(value: Any, spec: Plain, place: str) -> Trace:
    if not isinstance(value, dict):
        raise InputError("is no object", place=place, remedy=_REMEDY)
    try:
        return trace_of(cast("Plain", value), spec)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        what = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise InputError(f"is no sample of a log: {what}", place=place, remedy=_REMEDY) from error
