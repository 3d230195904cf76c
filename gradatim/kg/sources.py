"""The files of a curriculum, as bytes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from gradatim.errors import CurriculumError

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of a curriculum as they lie on disk."""

    name: str
    """Name of the folder, which is also the name of the graph."""
    files: tuple[tuple[str, bytes], ...]
    """File name and content, in the order of the names."""

    @classmethod
    def read(cls, folder: Path | Traversable) -> Sources:
        """The YAML files of a folder.

        Raises:
            CurriculumError: The folder does not exist, holds no YAML file, or cannot be read.
        """
        if not folder.is_dir():
            raise CurriculumError(
                "there is no such folder", place=str(folder), remedy="name a folder of curriculum files"
            )
        found = [item for item in folder.iterdir() if item.name.endswith(_SUFFIXES) and item.is_file()]
        if not found:
            raise CurriculumError(
                "the folder holds no .yaml files", place=str(folder), remedy="put one file a topic there"
            )
        try:
            files = tuple((item.name, item.read_bytes()) for item in sorted(found, key=lambda item: item.name))
        except OSError as error:
            raise CurriculumError(f"cannot be read: {error.strerror or error}", place=str(folder)) from error
        name = folder.resolve().name if isinstance(folder, Path) else folder.name
        return cls(name, files)
