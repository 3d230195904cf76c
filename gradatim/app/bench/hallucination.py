"""`gradatim bench hallucination`: false statements detected, and false statements delivered.

Sentences of a small model about the example programs, labelled by reading, and statements made from executed facts
with false ones derived from them; see docs/hallucination.md.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from gradatim.app.bench import BenchRequest, Figures
from gradatim.errors import InputError

SECONDS = 1.5
"""Time for the search of repairs of one program at most."""


def hallucination(request: BenchRequest) -> Figures:
    """Run the benchmark.

    Raises:
        InputError: The folder does not hold the examples.
        SandboxError: Programs cannot be run safely here.
    """
    from gradatim.evals.hallucination import run

    settings = request.settings.model_copy(update={"repair_seconds": min(SECONDS, request.settings.repair_seconds)})
    result = asyncio.run(run(_folder(request), settings, request.say))
    request.say("real sentences, likely true ones first: share kept, largest probability, share of them that is false")
    for share, largest, false in result.coverage:
        request.say(f"  {share:6.0%} {largest:8.3f} {false:8.3f}")
    request.say("probability of being false: stated, observed, sentences")
    for item in result.table:
        request.say(f"  {item.stated:8.3f} {item.right:8.3f} {item.count:6}")
    for row in result.missed:
        request.say(f"{row.verdict.verdict}, labelled {row.label}: {'/'.join(row.name)}: {row.text[:160]}")
    for name, text in result.leaked:
        request.say(f"delivered and false: {'/'.join(name)}: {text[:160]}")
    return result.figures


def _folder(request: BenchRequest) -> Path:
    if request.data is None:
        checkout = Path(__file__).parents[3] / "examples"
        if (checkout / "expected.yaml").is_file():
            return checkout
    folder = request.data_folder("tasks, submissions and expected.yaml")
    if not (folder / "expected.yaml").is_file():
        raise InputError("holds no expected.yaml", place=str(folder), remedy="name a folder like examples/")
    return folder
