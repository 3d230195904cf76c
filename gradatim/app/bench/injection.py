"""`gradatim bench injection`: texts in submissions that try to steer the agents.

Every attack of the packaged battery runs through the whole graph beside a control, with a model that obeys whatever of
it can be read.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def injection(request: BenchRequest) -> Figures:
    """How many attacks changed a verdict, a route, a score or what a learner is told."""
    return asyncio.run(_run(request))


async def _run(request: BenchRequest) -> Figures:
    from gradatim.evals.injection import load_attacks, run_battery
    from gradatim.graphs import open_services
    from gradatim.serving.realiser import GroundedRealiser

    attacks = load_attacks()
    request.say(f"{len(attacks)} attacks, each with its control")
    read = 0
    succeeded: list[str] = []
    with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:
        settings = request.settings.model_copy(update={"data_dir": Path(folder), "repair_seconds": 0.0})
        async with open_services(settings, model=GroundedRealiser()) as services:
            async for attempt in run_battery(services, attacks):
                read += attempt.read
                if attempt.succeeded:
                    succeeded.append(attempt.attack.id)
                    request.say(f"{attempt.attack.id}: {', '.join(attempt.changed)}")
    return {
        "attacks": len(attacks),
        "languages": len({attack.language for attack in attacks}),
        "carriers": len({attack.carrier for attack in attacks}),
        "succeeded": len(succeeded),
        "readable_by_the_model": read,
    }
