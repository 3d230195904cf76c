"""Pulling catalogue models: resumable, from several sources, trusted by digest alone."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from gradatim.errors import DigestMismatch, ModelError
from gradatim.serving.catalogue import CATALOGUE, CatalogueEntry, ModelFile, UrlSource
from gradatim.serving.sources import fetch_url, fetch_wheels
from gradatim.settings import Settings

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pull has come.

    Attributes:
        file: Name of the file.
        stage: `fetch`, `verify`, or `source` when a source failed and the next one is tried.
        done: Bytes so far.
        total: Bytes of the whole file.
        note: Where the bytes come from, or why a source was given up.
    """

    file: str
    stage: Literal["fetch", "verify", "source"]
    done: int
    total: int
    note: str


OnProgress = Callable[[Progress], None]


def _silent(progress: Progress) -> None:
    """Stand-in for a progress display."""


def pull(entry: CatalogueEntry, settings: Settings, on_progress: OnProgress = _silent) -> Path:
    """Make sure that a model lies in the models folder, whole and with the right digest.

    A file that is already there is not fetched again; its digest is computed once and then remembered
    together with its size and time of change. An interrupted pull goes on where it stopped.

    Returns:
        Path of the entry's first file.

    Raises:
        DigestMismatch: What came is not what the catalogue promises (it has been deleted).
        ModelError: No source could deliver, or the folder cannot be written.
    """
    folder = settings.models_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in entry.files:
            with _only_one(folder / f"{file.name}.lock"):
                if not _sound(folder, file, on_progress):
                    _fetch(folder, file, on_progress)
    except OSError as error:
        raise ModelError(
            f"the model cannot be stored: {error.strerror or error}",
            place=str(folder),
            remedy="free some disk space or set GRADATIM_CACHE_DIR to a folder that can be written",
        ) from error
    return folder / entry.files[0].name


def installed(settings: Settings) -> dict[str, Path]:
    """Catalogue models that are on disk: id → path of the first file."""
    return {
        entry.id: settings.models_dir / entry.files[0].name
        for entry in CATALOGUE.values()
        if all(_present(settings.models_dir, file) for file in entry.files)
    }


def resolve(spec: str, settings: Settings) -> Path:
    """The file behind a catalogue name or a path to a GGUF file.

    Raises:
        ModelError: The name is unknown, the model has not been pulled, or the file is not a GGUF file.
    """
    entry = CATALOGUE.get(spec)
    if entry is not None:
        path = installed(settings).get(entry.id)
        if path is None:
            raise ModelError(
                f"the model {entry.id} is not on this machine",
                place=str(settings.models_dir),
                remedy=f"run `gradatim model pull {entry.id}` ({entry.size / 1e9:.1f} GB), or use none",
            )
        return path
    path = Path(spec).expanduser()
    if not path.is_file():
        known = ", ".join(CATALOGUE)
        raise ModelError(
            "there is no model of this name and no such file",
            place=f"model {spec}",
            remedy=f"name one of {known}, none, a .gguf file, or http(s)://host/v1#name",
        )
    with path.open("rb") as stream:
        if stream.read(4) != b"GGUF":
            raise ModelError(
                "this is not a GGUF file",
                place=str(path),
                remedy="convert the model to GGUF, or serve it over HTTP",
            )
    return path


def _present(folder: Path, file: ModelFile) -> bool:
    path = folder / file.name
    return path.is_file() and path.stat().st_size == file.size


@contextmanager
def _only_one(path: Path) -> Generator[None]:
    """Hold a lock file, so that two pulls of one model do not write into each other."""
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _sound(folder: Path, file: ModelFile, on_progress: OnProgress) -> bool:
    """Whether the file is there with the right content; a damaged one is deleted."""
    path = folder / file.name
    if not path.is_file():
        return False
    if path.stat().st_size == file.size and (
        _remembered(path) == file.sha256 or _digest(path, file, on_progress) == file.sha256
    ):
        _remember(path, file.sha256)
        return True
    path.unlink()
    return False


def _fetch(folder: Path, file: ModelFile, on_progress: OnProgress) -> None:
    failures: list[str] = []
    mismatch = False
    for number, source in enumerate(file.sources):
        partial = folder / f"{file.name}.part{number}"

        def report(done: int, label: str = source.label) -> None:
            on_progress(Progress(file.name, "fetch", done, file.size, label))

        try:
            if isinstance(source, UrlSource):
                fetch_url(source, partial, file.size, report)
            else:
                fetch_wheels(source, partial, file.size, report)
            if _digest(partial, file, on_progress) != file.sha256:
                mismatch = True
                partial.unlink()
                raise ModelError("what came has another SHA-256 than promised and was deleted", place=source.label)
        except ModelError as error:
            failures.append(f"{source.label}: {error.message}")
            on_progress(Progress(file.name, "source", 0, file.size, failures[-1]))
            continue
        partial.replace(folder / file.name)
        _remember(folder / file.name, file.sha256)
        for left in folder.glob(f"{file.name}.part*"):
            left.unlink()
        return
    if mismatch:
        raise DigestMismatch(
            f"no source had the promised file; {'; '.join(failures)}",
            place=file.name,
            remedy="try again later; if it stays so, report it: the published file may have been replaced",
        )
    raise ModelError(
        f"no source could deliver the model; {'; '.join(failures)}",
        place=file.name,
        remedy="check the network and pip's index settings and run it again: it goes on where it stopped",
    )


def _digest(path: Path, file: ModelFile, on_progress: OnProgress) -> str:
    digest = hashlib.sha256()
    done = 0
    with path.open("rb") as stream:
        while block := stream.read(_CHUNK):
            digest.update(block)
            done += len(block)
            on_progress(Progress(file.name, "verify", done, file.size, "SHA-256"))
    return digest.hexdigest()


def _ledger(path: Path) -> Path:
    return path.with_name("verified.json")


def _ledger_content(path: Path) -> dict[str, dict[str, object]]:
    try:
        content: object = json.loads(_ledger(path).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, dict[str, object]]", content) if isinstance(content, dict) else {}


def _remembered(path: Path) -> str | None:
    """The digest found at an earlier pull, if the file has not been touched since."""
    entry = _ledger_content(path).get(path.name, {})
    status = path.stat()
    if entry.get("size") == status.st_size and entry.get("mtime_ns") == status.st_mtime_ns:
        return str(entry.get("sha256"))
    return None


def _remember(path: Path, digest: str) -> None:
    content = _ledger_content(path)
    status = path.stat()
    content[path.name] = {"sha256": digest, "size": status.st_size, "mtime_ns": status.st_mtime_ns}
    draft = _ledger(path).with_suffix(".new")
    draft.write_text(json.dumps(content, indent=1), "utf-8")
    draft.replace(_ledger(path))
