"""The folder that a conversion writes: whether it may, what it clears, and whether the disk is large enough."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from gradatim.errors import InputError, StorageError
from gradatim.serving.conversion.record import LEDGER_FILE, RECORD_FILE, read_ledger, read_record

_SLACK = 64 << 20
"""Bytes kept free beside the weights, for tokenizer and records."""
BESIDE = (
    "config.json",
    "generation_config.json",
    "model.safetensors.index.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "chat_template.jinja",
)
"""What a conversion writes beside the weights and its own records."""


def refuse_overlap(source: Path, target: Path) -> None:
    """See that source and target are two folders, neither of them inside the other.

    Raises:
        InputError: They are not, or the source is no folder, or the target is a file.
    """
    if not source.is_dir():
        raise InputError(
            "there is no such folder", place=str(source), remedy="name the folder of the original checkpoint"
        )
    if target.exists() and not target.is_dir():
        raise InputError("this is no folder", place=str(target), remedy="name a folder for the converted model")
    inside, outside = target.resolve(), source.resolve()
    if inside == outside or inside.is_relative_to(outside) or outside.is_relative_to(inside):
        raise InputError(
            "the converted model cannot lie in the checkpoint's folder, nor the other way round",
            place=str(target),
            remedy="name another folder",
        )


@contextmanager
def only_conversion(folder: Path) -> Generator[None]:
    """Hold the folder, so that two conversions do not write into each other.

    Raises:
        InputError: Another conversion holds it.
        OSError: It cannot be opened.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                "another conversion is writing this folder", place=str(folder), remedy="wait for it to end"
            ) from error
        yield
    finally:
        os.close(handle)


def refuse_foreign(folder: Path) -> None:
    """See that a folder is empty or was begun by a conversion.

    Raises:
        InputError: It holds other things.
    """
    if any(folder.iterdir()) and not ((folder / LEDGER_FILE).is_file() or (folder / RECORD_FILE).is_file()):
        raise InputError(
            "this folder is not empty, and no conversion made what is in it",
            place=str(folder),
            remedy="name a new or an empty folder",
        )


def clear(folder: Path) -> None:
    """Delete what a conversion wrote, and nothing else.

    Raises:
        InputError: A record in it is of no known form.
        OSError: Something cannot be deleted.
    """
    record, ledger = read_record(folder), read_ledger(folder)
    names = set(BESIDE) | (set(record.files) | set(record.shards) if record else set[str]())
    names |= set(ledger.shards) if ledger else set[str]()
    unfinished = [*folder.glob("model-*-of-*.safetensors"), *folder.glob("*.part")]
    # The records go last: a folder that is cleared half is still known as one of a conversion.
    for path in (*unfinished, *(folder / Path(name).name for name in sorted(names))):
        path.unlink(missing_ok=True)
    for name in (LEDGER_FILE, RECORD_FILE):
        (folder / name).unlink(missing_ok=True)


def refuse_small_disk(folder: Path, needed: int) -> None:
    """See that so many bytes more fit on the folder's disk.

    Raises:
        StorageError: They do not.
    """
    free = shutil.disk_usage(folder).free
    if free < needed + _SLACK:
        raise StorageError(
            f"the disk has {free / 1e9:.2f} GB free, the conversion needs {(needed + _SLACK) / 1e9:.2f} GB more",
            place=str(folder),
            remedy="free some space, or name a folder on another disk",
        )
