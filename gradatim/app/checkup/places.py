"""Checks of what lies on disk: Python, the data folder, the curriculum."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

from gradatim.app.checkup.finding import Finding, failure
from gradatim.errors import GradatimError
from gradatim.settings import Settings

PYTHON = (3, 11)
FREE_BYTES = 500_000_000
"""Less free space than this in the data folder is worth a word."""


async def check_python(settings: Settings) -> AsyncIterator[Finding]:
    """The interpreter is new enough, and the system is one whose sandboxes are known."""
    version = platform.python_version()
    if sys.version_info < PYTHON:
        yield Finding("python", "missing", f"Python {version}", "install Python 3.11 or newer")
    else:
        yield Finding("python", "ok", f"Python {version} on {platform.system()} {platform.release()}")


async def check_data_dir(settings: Settings) -> AsyncIterator[Finding]:
    """The data folder can be written, and the disk has room."""
    name, folder = "data folder", settings.data_dir
    try:
        free = await asyncio.to_thread(_try_writing, folder)
    except OSError as error:
        yield Finding(
            name,
            "missing",
            f"{folder}: cannot be written ({error.strerror or error})",
            "set GRADATIM_DATA_DIR, or --data-dir, to a folder that can be written",
        )
        return
    text = f"{folder}: can be written, {free / 1e9:,.1f} GB free"
    if free < FREE_BYTES:
        yield Finding(name, "weak", text, "free some space; memory and checkpoints grow with every assessment")
    else:
        yield Finding(name, "ok", text)


def _try_writing(folder: Path) -> int:
    """Make the folder, write a file, take it away; returns the free bytes."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as trial:
        trial.write(b"gradatim")
        trial.flush()
    return shutil.disk_usage(folder).free


async def check_curriculum(settings: Settings) -> AsyncIterator[Finding]:
    """The curriculum can be read and is consistent."""
    from gradatim.kg import Sources, inspect_curriculum

    place = "curriculum"
    folder = settings.curriculum or files("gradatim.kg") / "curricula" / "python"
    try:
        graph, problems = inspect_curriculum(Sources.read(folder))
    except GradatimError as error:
        yield failure(place, error)
        return
    errors = [problem for problem in problems if problem.severity == "error"]
    size = f"{graph.name}: {len(graph.concepts):,} concepts, {len(graph.misconceptions):,} misconceptions"
    if errors:
        more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
        yield Finding(place, "missing", f"{errors[0]}{more}", "run `gradatim kg check` and correct the files")
    else:
        yield Finding(place, "ok", size)
