"""Decides about one request from a process of its own: `python decide_once.py FOLDER KIND REVIEWER`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from gradatim.domain import ReviewDecision
from gradatim.errors import StaleDecision
from gradatim.graphs import open_assessor, open_services
from gradatim.serving.realiser import GroundedRealiser
from gradatim.settings import Settings


async def main(folder: Path, kind: str, reviewer: str) -> str:
    settings = Settings(data_dir=folder, workers=1, deliver_threshold=1.0)
    async with (
        open_services(settings, model=GroundedRealiser()) as services,
        open_assessor(services=services) as assessor,
    ):
        print("ready", flush=True)  # noqa: T201 the other process waits for it
        sys.stdin.readline()
        decision = ReviewDecision.model_validate(
            {"request_id": "run", "kind": kind, "reviewer": reviewer, "decided_at": "2026-01-01T00:00:00+00:00"}
        )
        try:
            done = await assessor.decide(decision)
        except StaleDecision as error:
            return f"stale: {error.message}"
        return f"done: {done.reviewed_by} {done.delivered}"


if __name__ == "__main__":
    print(asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])))  # noqa: T201 the result
