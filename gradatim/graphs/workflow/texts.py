"""Long texts of a workflow in files beside it: `file:prompt.md` stands for what the file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from gradatim.errors import InputError
from gradatim.graphs.workflow.places import Findings
from gradatim.graphs.workflow.places import Path as Place
from gradatim.tools.yamltree import Problems, decode_utf8, read_limited

PREFIX = "file:"
LIMIT = 100_000
"""Bytes that such a file may have."""


def read_in(value: Any, folder: Path | None, findings: Findings, path: Place) -> Any:
    """A value with the contents of files in place of their names.

    Args:
        folder: Where the workflow lies; files stand in it or below it.
    """
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return {key: read_in(item, folder, findings, (*path, key)) for key, item in items}
    if isinstance(value, list):
        return [read_in(item, folder, findings, (*path, place)) for place, item in enumerate(cast("list[Any]", value))]
    if not isinstance(value, str) or not value.startswith(PREFIX):
        return value
    name = value.removeprefix(PREFIX).strip()
    try:
        return _text(name, folder)
    except InputError as error:
        findings.add(path, f"{name!r}: {error.message}", error.remedy or "name a text file beside the workflow")
        return "text"


def _text(name: str, folder: Path | None) -> str:
    if folder is None:
        raise InputError("a workflow that is no file cannot name another file", remedy="write the text itself")
    file = folder / name
    if not name or not file.resolve().is_relative_to(folder.resolve()):
        raise InputError("lies outside the workflow's folder", remedy="put the file beside the workflow")
    problems = Problems(name, InputError)
    return decode_utf8(read_limited(file, LIMIT, problems), problems).strip()
