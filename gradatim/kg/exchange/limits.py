"""What is too large to be a concept graph, and files that are read and written with care."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from gradatim.domain import Noun
from gradatim.errors import InputError
from gradatim.kg.schema import ConceptGraph

MAX_FILE = 256 * 1024 * 1024
"""Bytes of a file, and of what a compressed file holds."""
MAX_TEXT = 100_000
"""Characters of one text: a definition, a program."""
MAX_DEPTH = 64
"""How many elements of an XML file, or objects and lists of a JSON file, may stand in one another."""


def too_large(place: str) -> InputError:
    """The error for a file that is larger than any concept graph."""
    return InputError(
        f"holds more than {MAX_FILE // 1024**2} MiB, which no concept graph needs",
        place=place,
        remedy="export a part of it (gradatim kg export --around)",
    )


def too_long(what: str, place: str) -> InputError:
    """The error for a text that is longer than any a concept needs."""
    return InputError(f"{what} is longer than {MAX_TEXT:,} characters", place=place, remedy="shorten it")


def read_file(path: Path) -> bytes:
    """The content of a file.

    Raises:
        InputError: It cannot be read, or is larger than `MAX_FILE`.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE:
                raise too_large(str(path))
            content = file.read(MAX_FILE + 1)  # a device or a pipe tells no size
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror or error}", place=str(path), remedy="name a file that can be read"
        ) from error
    if len(content) > MAX_FILE:
        raise too_large(str(path))
    return content


def write_file(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        InputError: It cannot be written there.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):  # the name itself may be what cannot be
            part.unlink(missing_ok=True)
        raise InputError(
            f"cannot be written: {error.strerror or error}", place=str(path), remedy="name a file in a folder of yours"
        ) from error


def require_portable(graph: ConceptGraph) -> None:
    """See that what is written will be taken when it is read again.

    Raises:
        InputError: A text is too long.
    """
    for kind, nouns in (("topic", graph.topics), ("concept", graph.concepts), ("misconception", graph.misconceptions)):
        for noun in nouns:
            for key in long_texts(noun):
                raise too_long(key, f"{kind} {noun.id}")


def long_texts(noun: Noun) -> Iterator[str]:
    """Names of the fields in which a text is longer than `MAX_TEXT`."""
    pending: list[tuple[str, object]] = list(noun.plain().items())
    while pending:
        key, value = pending.pop()
        if isinstance(value, str) and len(value) > MAX_TEXT:
            yield key
        elif isinstance(value, list):
            pending.extend((key, item) for item in cast("list[object]", value))
        elif isinstance(value, dict):
            pending.extend(cast("dict[str, object]", value).items())
