"""A peer's part of a benchmark: a script that another interpreter runs, arrays in and arrays out."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Matrix products of a peer keep to one thread, as ours do: on a busy machine more of them wait for each other."""
SECONDS = 3600.0
"""Longer than any peer takes."""


def run_peer(
    python: Path, script: Path, arrays: Mapping[str, NDArray[np.generic]], say: Callable[[str], None]
) -> Mapping[str, NDArray[np.generic]] | None:
    """Let a peer work on arrays.

    Args:
        python: The interpreter of the peer's environment.
        script: Reads an `.npz` file, named by its first argument, and writes another, named by its second.
        arrays: What is handed to it.
        say: Is told the reason where it fails.

    Returns:
        What it wrote, or `None` where it failed.
    """
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        given, answered = Path(folder) / "given.npz", Path(folder) / "answered.npz"
        np.savez(given, allow_pickle=False, **dict(arrays))
        try:
            subprocess.run(
                [str(python), str(script), str(given), str(answered)],
                check=True,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                env={**os.environ, **dict.fromkeys(_THREADS, "1")},
            )
            with np.load(answered) as found:
                return {name: found[name] for name in found.files}
        except subprocess.CalledProcessError as error:
            lines = str(error.stderr or "").strip().splitlines()
            say(f"{script.parent.name}: the peer failed: {lines[-1] if lines else error}")
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            say(f"{script.parent.name}: the peer failed: {error}")
    return None
