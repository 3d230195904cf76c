"""Kills a batch with SIGKILL at every step of writing a line, goes on with it, and reports as JSON.

Run as a program: `python -m tests.graphs.batch.crash FOLDER`. Everything is imported once; each run is a fork of that.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from gradatim.graphs.batch.ledger import Ledger
from tests.graphs.batch.support import InstantEngine, batch, programs, rows, write_programs

COUNT = 6
VICTIM = 4
"""The how-manieth call of a step is the one that does not come back."""


def die(*_: Any, **__: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("alive")


def nth(original: Callable[..., Any], instead: Callable[..., Any], number: int = VICTIM) -> Callable[..., Any]:
    calls = 0

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        return (instead if calls == number else original)(*args, **kwargs)

    return counted


_write, _replace = os.write, os.replace
_finish, _claim, _relocate, _plan = Ledger.finish, Ledger.claim, Ledger.relocate, Ledger.plan


def torn(descriptor: int, data: Any) -> NoReturn:
    _write(descriptor, bytes(data)[: len(data) // 2])
    die()


def noted(ledger: Ledger, written: Any) -> NoReturn:
    _finish(ledger, written)
    die()


def replaced(source: Any, target: Any) -> NoReturn:
    _replace(source, target)
    die()


def planned(ledger: Ledger, items: Any, *rest: Any) -> NoReturn:
    def some() -> Any:
        for number, item in enumerate(items):
            if number == 3:
                die()
            yield item

    _plan(ledger, some(), *rest)
    die()


STEPS: dict[str, Callable[[], None]] = {
    "while planning": lambda: setattr(Ledger, "plan", planned),
    "after the claim": lambda: setattr(Ledger, "claim", nth(_claim, lambda *a: (_claim(*a), die()))),
    "before the line": lambda: setattr(os, "write", nth(_write, die)),
    "inside the first line": lambda: setattr(os, "write", nth(_write, torn, 1)),
    "inside the line": lambda: setattr(os, "write", nth(_write, torn)),
    "inside the last line": lambda: setattr(os, "write", nth(_write, torn, COUNT)),
    "after the line": lambda: setattr(Ledger, "finish", nth(_finish, die)),
    "after the note": lambda: setattr(Ledger, "finish", nth(_finish, noted)),
    "before the new order": lambda: setattr(os, "replace", die),
    "after the new order": lambda: setattr(os, "replace", replaced),
    "after noting the new order": lambda: setattr(Ledger, "relocate", lambda ledger: (_relocate(ledger), die())),
}


def run(folder: Path, arrange: Callable[[], None] | None) -> int:
    """One run in a fork; the wait status."""
    child = os.fork()
    if child == 0:
        if arrange:
            arrange()
        engine = InstantEngine()
        summary = asyncio.run(batch(folder, engine, in_order=True).run())
        report = {"asked": len(engine.asked), **summary.plain()}
        (folder / "report.json").write_text(json.dumps(report))
        os._exit(0)
    return os.waitpid(child, 0)[1]


def main() -> None:
    found: list[dict[str, Any]] = []
    for number, (step, arrange) in enumerate(STEPS.items()):
        folder = Path(sys.argv[1]) / str(number)
        folder.mkdir()
        write_programs(folder / "programs.jsonl", programs(COUNT))
        status = run(folder, arrange)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        again = run(folder, None)
        report = json.loads((folder / "report.json").read_text()) if again == 0 else {}
        positions = [row["position"] for row in rows(folder)]
        left = [path.name for path in folder.iterdir() if path.name.endswith(("-wal", ".sorted"))]
        found.append({"step": step, "died": died, "again": again, "positions": positions, "left": left, **report})
    print(json.dumps(found))  # noqa: T201 the report is this program's output


if __name__ == "__main__":
    main()
