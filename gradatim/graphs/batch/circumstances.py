"""What an assessment depends on beside program and task: under other settings a batch would mix its results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from gradatim.domain import stable_id
from gradatim.graphs.batch.items import DIGEST_LENGTH
from gradatim.settings import Settings

_PLAIN = (
    "repair_seconds", "samples", "max_revisions", "deliver_threshold", "memory_limit_mb", "output_limit",
    "submission_limit",
)  # fmt: skip


def circumstances(settings: Settings) -> dict[str, str]:
    """Setting → value or digest, for the settings that change what is said about a program.

    Where a model is served is not among them: an endpoint may move while a batch rests.
    """
    found = {name: str(getattr(settings, name)) for name in _PLAIN}
    found["model"] = model_identity(settings.model)
    found["policy"] = _content(settings.policy)
    found["curriculum"] = _content(settings.curriculum)
    return found


def model_identity(spec: str) -> str:
    """The model's name without the address that it is served at."""
    if spec.startswith(("http://", "https://", "vllm:")):
        return spec.rpartition("#")[2]
    return spec


def digest(values: Mapping[str, str]) -> str:
    """One digest of all of them."""
    return stable_id(json.dumps(dict(values), sort_keys=True), length=DIGEST_LENGTH)


def differences(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """What changed, as a person would say it."""
    names = sorted({*before, *now})
    return [
        f"{name} was {before.get(name, 'not there')}, is {now.get(name, 'not there')}"
        for name in names
        if before.get(name) != now.get(name)
    ]


def _content(path: Path | None) -> str:
    """Digest of a file, or of all files in a folder; what is missing is reported by who needs it."""
    if path is None:
        return "packaged"
    files = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
    parts = [f"{file.name}\x1e{file.read_bytes().hex()}" for file in files if file.is_file()]
    return stable_id(*parts, length=DIGEST_LENGTH)
