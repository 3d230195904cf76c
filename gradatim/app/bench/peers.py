"""Other people's libraries, each in an environment of its own, for benchmarks that measure beside them.

A peer may need versions of numpy that gradatim does not run on; so it lives in a virtual environment in the cache
folder, made once and kept. Without a network there is no peer, and the benchmark says so and goes on.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.settings import Settings

INSTALL_SECONDS = 900.0
_COMPLETE = ".complete"


def peer_python(settings: Settings, requirements: Sequence[str], name: str, say: Callable[[str], None]) -> Path | None:
    """The interpreter of an environment that holds a peer; made on the first call, which takes minutes.

    Args:
        settings: Names the cache folder.
        requirements: What pip installs, with pinned versions (`pyBKT==1.4.1`).
        name: Of the peer; names the folder.
        say: Is told what is being done, and the reason where it cannot be done.

    Returns:
        The interpreter, or `None` where the environment cannot be made here.
    """
    digest = hashlib.sha256("\n".join((sys.version, *requirements)).encode()).hexdigest()[:8]
    folder = settings.cache_dir / "peers" / f"{name}-{digest}"
    python = folder / "bin" / "python"
    if (folder / _COMPLETE).exists() and python.exists():
        return python
    say(f"installing {', '.join(requirements)} into {folder} (some minutes, once)")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _do([sys.executable, "-m", "venv", "--clear", str(folder)])
        _do([str(python), "-m", "pip", "install", "--quiet", "--no-input", *requirements])
        (folder / _COMPLETE).touch()
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        say(f"{name} cannot be had here: {_reason(error)}")
        return None
    return python


def _do(command: list[str]) -> None:
    subprocess.run(
        command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=INSTALL_SECONDS
    )


def _reason(error: OSError | subprocess.SubprocessError) -> str:
    """The last line of what a failed command said, or the error itself."""
    if isinstance(error, subprocess.CalledProcessError):
        lines = str(error.stderr or "").strip().splitlines()
        if lines:
            return lines[-1][-300:]
    return str(error)
