"""What is being forgotten: written down before the first deletion, gone after the last proof.

Forgetting touches many files, and the process may be killed between any two of them. The entry of the journal says
whom it is about and which pieces of their texts are looked for afterwards; whoever runs the command again goes on from
there. It holds nothing else, can be read by its owner alone, and is itself overwritten and removed in the end.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from gradatim.errors import StorageError
from gradatim.settings import Settings


@dataclass(frozen=True, slots=True)
class Forgetting:
    """One learner who is being forgotten.

    Attributes:
        needles: Pieces of the learner's texts, to be looked for afterwards.
    """

    learner_id: str
    needles: tuple[bytes, ...] = ()


class Journal:
    """The folder of unfinished forgettings.

    Args:
        folder: Made when something is begun, removed with the last entry.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of(cls, settings: Settings) -> Journal:
        """The journal in the data folder."""
        return cls(settings.data_dir / "forgetting")

    def begin(self, learner_id: str, needles: Sequence[bytes]) -> Forgetting:
        """Write down what begins; pieces that an earlier try noted stay noted.

        Raises:
            StorageError: It cannot be written; nothing was deleted.
        """
        before = self.find(learner_id)
        known = tuple(dict.fromkeys((*(before.needles if before else ()), *needles)))
        entry = Forgetting(learner_id, known)
        plain = {"learner_id": learner_id, "needles": [needle.hex() for needle in known]}
        path = self._path(learner_id)
        draft = path.with_suffix(".draft")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(json.dumps(plain).encode("ascii"))
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, path)
            _sync(self.folder)
        except OSError as error:
            raise StorageError(
                f"what is to be forgotten cannot be noted: {error.strerror}",
                place=str(self.folder),
                remedy="check permissions and space of the data folder; nothing was deleted",
            ) from error
        return entry

    def find(self, learner_id: str) -> Forgetting | None:
        """The unfinished forgetting of a learner."""
        path = self._path(learner_id)
        return _read(path) if path.exists() else None

    def unfinished(self) -> list[Forgetting]:
        """All that was begun and not proved."""
        if not self.folder.is_dir():
            return []
        return [entry for path in sorted(self.folder.glob("*.json")) if (entry := _read(path)) is not None]

    def end(self, learner_id: str) -> None:
        """Overwrite and remove an entry, and the folder with the last one.

        Raises:
            StorageError: It cannot be removed.
        """
        path = self._path(learner_id)
        try:
            for file in (path, path.with_suffix(".draft")):
                if file.exists():
                    wipe(file)
            with suppress(OSError):  # others are being forgotten
                self.folder.rmdir()
        except OSError as error:
            raise StorageError(
                f"cannot be removed: {error.strerror}", place=str(path), remedy="delete this file by hand"
            ) from error

    def _path(self, learner_id: str) -> Path:
        return self.folder / f"{sha256(learner_id.encode('utf-8')).hexdigest()[:32]}.json"


def wipe(path: Path) -> None:
    """Overwrite a file with zeros, where the file system does so in place, and remove it."""
    with path.open("r+b") as file:
        file.write(b"\0" * os.fstat(file.fileno()).st_size)
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _sync(folder: Path) -> None:
    """Have the folder's entries on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _read(path: Path) -> Forgetting | None:
    """An entry; `None` for one that another process removed meanwhile, or that was being removed when it was killed.

    Raises:
        StorageError: It is damaged.
    """
    try:
        content = path.read_bytes()
        if content and not content.strip(b"\0"):  # overwritten: everything had been proved
            path.unlink(missing_ok=True)
            with suppress(OSError):
                path.parent.rmdir()
            return None
        plain: Any = json.loads(content)
        return Forgetting(str(plain["learner_id"]), tuple(bytes.fromhex(needle) for needle in plain["needles"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StorageError(
            "this note of a forgetting that was cut off is damaged",
            place=str(path),
            remedy="forget the learner once more with `gradatim learner forget`, then delete this file",
        ) from error
