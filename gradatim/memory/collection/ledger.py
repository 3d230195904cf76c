"""The record of clocks: which estimates were applied to which times, kept beside the learner memory."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

import orjson

from gradatim.errors import StorageError
from gradatim.memory.collection.clocks import Estimate


class ClockLedger:
    """Estimates in a JSON file, only ever added to.

    Args:
        path: The file; it is made with the first estimate.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def estimates(self) -> list[Estimate]:
        """All that is recorded, oldest first.

        Raises:
            StorageError: The file cannot be read or is damaged.
        """
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._error(f"cannot be read: {error.strerror}") from error
        try:
            return [Estimate(**given) for given in orjson.loads(raw)["clocks"]]
        except (ValueError, TypeError, KeyError) as error:
            raise self._error("is damaged") from error

    def add(self, estimates: Iterable[Estimate]) -> None:
        """Record estimates for good.

        Raises:
            StorageError: They cannot be written.
        """
        added = list(estimates)
        if not added:
            return
        content = {"clocks": [asdict(estimate) for estimate in [*self.estimates(), *added]]}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=".clocks-")
            with os.fdopen(handle, "wb") as file:
                file.write(orjson.dumps(content, option=orjson.OPT_INDENT_2))
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.path)
        except OSError as error:
            raise self._error(f"cannot be written: {error.strerror}") from error

    def _error(self, message: str) -> StorageError:
        remedy = "restore it from a backup, or move it away: instants collected from now on are estimated anew"
        return StorageError(f"the record of clocks {message}", place=str(self.path), remedy=remedy)
