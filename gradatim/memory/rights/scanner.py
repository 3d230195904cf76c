"""The scan in a process of its own.

A process that closes a file drops every lock that it holds on it (POSIX), those of SQLite among them. So databases that
this process has open are read by another one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gradatim.errors import StorageError
from gradatim.memory.rights.scan import Scan, scan


def scan_apart(
    places: Iterable[Path],
    learner_id: str,
    pieces: Sequence[bytes] = (),
    *,
    rows: Iterable[Path] = (),
    apart_from: Iterable[Path] = (),
) -> Scan:
    """As `gradatim.memory.rights.scan.scan`, in another process.

    Raises:
        StorageError: That process failed.
    """
    asked = {
        "places": [str(path.absolute()) for path in places],
        "learner_id": learner_id,
        "pieces": [piece.hex() for piece in pieces],
        "rows": [str(path.absolute()) for path in rows],
        "apart_from": [str(path.absolute()) for path in apart_from],
    }
    done = subprocess.run(
        [sys.executable, "-m", __name__], input=json.dumps(asked).encode("ascii"), capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1]
        raise StorageError(
            f"what is left could not be looked for: {said or f'exit code {done.returncode}'}",
            place="scan",
            remedy="forget the learner once more: it goes on with the search",
        )
    return Scan(**json.loads(done.stdout))


def _main() -> None:
    asked: dict[str, Any] = json.loads(sys.stdin.buffer.read())
    found = scan(
        [Path(path) for path in asked["places"]],
        asked["learner_id"],
        [bytes.fromhex(piece) for piece in asked["pieces"]],
        rows=[Path(path) for path in asked["rows"]],
        apart_from=[Path(path) for path in asked["apart_from"]],
    )
    sys.stdout.write(json.dumps(found.plain()))


if __name__ == "__main__":
    _main()
