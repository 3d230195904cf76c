"""`gradatim bench load`: many assessments at once against a simulated model server of a fixed token rate.

The server (`gradatim.app.bench.load.server`) is a process of its own that speaks OpenAI's chat completions and does no
arithmetic of a model: its answers come at the rate that it was given, so that what is measured is gradatim's client and
not a graphics card. It can be started alone, to try a client or a dashboard without a model:

    python -m gradatim.app.bench.load.server --port 8000 --rate 2000

docs/load.md explains the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures


def load(request: BenchRequest) -> Figures:
    """Busy share, added latency, errors and losses of 200 and of 1,000 assessments at once.

    With `--sample N`, N assessments at once take the place of both.

    Raises:
        SandboxError: Programs cannot be run safely here.
        ServiceError: The simulated server does not start.
    """
    from gradatim.app.bench.load.bench import run

    return run(request)
