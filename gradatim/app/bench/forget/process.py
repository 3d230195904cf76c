"""A process that forgets one learner, for `gradatim bench forget` to kill: `python -m … ID`."""

from __future__ import annotations

import asyncio
import sys

from gradatim.app.bench.forget.store import HashEmbedder
from gradatim.app.forgetting import forget_learner
from gradatim.memory import open_memory
from gradatim.settings import load_settings


async def main(learner_id: str) -> None:
    """Forget the learner; tell on stdout when it begins and whether anything is left."""
    settings = load_settings()
    async with open_memory(settings, HashEmbedder()) as memory:
        sys.stdout.write("begins\n")
        sys.stdout.flush()
        done = await forget_learner(settings, memory, learner_id)
    sys.stdout.write("complete\n" if done.complete else "incomplete\n")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
