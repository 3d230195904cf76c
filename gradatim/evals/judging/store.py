"""Judgements that were made before: in memory, and in a file where one is named."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

from gradatim.errors import StorageError
from gradatim.evals.scorers.tutoring.reading import LABELS, Label
from gradatim.settings import Settings

MOST = 200_000
"""Judgements that are kept in memory."""


def usual_store(settings: Settings) -> Path:
    """The file in which judgements are kept where none is named."""
    return settings.cache_dir / "judging" / "judgements.jsonl"


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a judgement: labels and reasons of the asks, and how many sentences were left out."""

    asks: tuple[Label, ...]
    reasons: tuple[str, ...]
    screened: int = 0


class JudgementStore:
    """Judgements by digests, from which nothing of what was judged can be read; the model's reasons stand beside them.

    Args:
        path: JSON Lines, added to as judgements are made; a half line, from a run that was killed, is passed over.

    Raises:
        StorageError: The file is there and cannot be read.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        if path is not None and path.exists():
            self._read(path)

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: str) -> Kept | None:
        """The judgement under a key."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: str, kept: Kept) -> None:
        """Keep a judgement.

        Raises:
            StorageError: The file cannot be written.
        """
        with self._lock:
            self._add(key, kept)
            if self._path is None:
                return
            line = orjson.dumps({"key": key, "asks": kept.asks, "reasons": kept.reasons, "screened": kept.screened})
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("ab") as file:
                    file.write(line + b"\n")
            except OSError as error:
                raise StorageError(
                    f"cannot be written: {error.strerror}", place=str(self._path), remedy="choose another place"
                ) from error

    def _read(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                for line in file:
                    found = _kept(line)
                    if found is not None:
                        self._add(*found)
            # a half line at the end must not swallow the next judgement
            if path.stat().st_size and not path.read_bytes().endswith(b"\n"):
                with path.open("ab") as file:
                    file.write(b"\n")
        except OSError as error:
            raise StorageError(
                f"cannot be read: {error.strerror}", place=str(path), remedy="name another file"
            ) from error

    def _add(self, key: str, kept: Kept) -> None:
        self._kept[key] = kept
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)


def _kept(line: bytes) -> tuple[str, Kept] | None:
    try:
        value: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(value, dict):
        return None
    item = cast("dict[str, Any]", value)
    key, asks, reasons = item.get("key"), item.get("asks"), item.get("reasons")
    if not isinstance(key, str) or not isinstance(asks, list) or not isinstance(reasons, list):
        return None
    labels: tuple[Label, ...] = tuple(label for label in cast("list[Any]", asks) if label in LABELS)
    screened = item.get("screened", 0)
    return key, Kept(
        labels,
        tuple(str(reason) for reason in cast("list[Any]", reasons)),
        screened if isinstance(screened, int) else 0,
    )
