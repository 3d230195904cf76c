"""Looking for byte strings in files of any size.

Databases that this process has open are searched by another process: closing a file that SQLite has open drops the
locks that SQLite holds on it in the same process (POSIX).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CHUNK = 1 << 22
"""Bytes read at a time."""


def found_in_file(path: Path, needles: Sequence[bytes]) -> bool:
    """Whether a file holds any of these byte strings, also across the borders of what is read at a time.

    Raises:
        OSError: It cannot be read.
    """
    overlap = max((len(needle) for needle in needles), default=1) - 1
    with path.open("rb") as file:
        kept = b""
        while chunk := file.read(CHUNK):
            text = kept + chunk
            if any(needle in text for needle in needles):
                return True
            kept = text[-overlap:] if overlap else b""
    return False


def found_in_files(paths: Sequence[Path], needles: Sequence[bytes]) -> list[Path]:
    """Those of these files that hold any of these byte strings; searched by a process of its own.

    Raises:
        OSError: One of them cannot be read; says which.
    """
    if not needles:
        return []
    lines = [str(len(paths)), *(str(path) for path in paths), *(needle.hex() for needle in needles)]
    done = subprocess.run(
        [sys.executable, "-I", __file__], input="\0".join(lines).encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise OSError(done.returncode, done.stderr.decode(errors="replace").strip().rsplit("\n", 1)[-1])
    return [paths[int(number)] for number in done.stdout.split()]


def _main() -> None:
    count, *rest = sys.stdin.buffer.read().decode().split("\0")
    paths, needles = rest[: int(count)], [bytes.fromhex(text) for text in rest[int(count) :]]
    for number, name in enumerate(paths):
        try:
            found = found_in_file(Path(name), needles)
        except FileNotFoundError:
            continue  # SQLite makes and removes its files as it needs them
        if found:
            sys.stdout.write(f"{number}\n")


if __name__ == "__main__":
    _main()
