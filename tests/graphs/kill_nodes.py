"""Kills an assessment with SIGKILL in every node in turn, goes on with the same thread, and reports as JSON.

Run as a program: `python kill_nodes.py FOLDER`. Everything is imported once; each run is a fork of that.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import gradatim.graphs.assessment as module
from gradatim.domain import ReviewDecision
from gradatim.graphs import open_assessor, open_services
from gradatim.serving.scripted import ScriptedChat
from gradatim.settings import Settings
from tests.cases import LEARNER, TASK, answer, opinion, submission

WRONG = answer(error_identification="`sum_up_to(2)` returns 7.")
NODES = (
    "intake", "execute", "recall", "diagnose", "retrieve", "generate", "verify", "critique", "decide", "revise",
    "human_review", "deliver", "record",
)  # fmt: skip


def die_in(node: str, when: str) -> None:
    """Let this process be killed before or after the work of a node."""
    original = module.timed

    def timed(name: str, agent: Callable[..., Awaitable[Any]], language: str) -> Callable[..., Awaitable[Any]]:
        if name != node:
            return original(name, agent, language)

        async def killed(state: Any, runtime: Any) -> Any:
            if when == "after":
                await agent(state, runtime)
            os.kill(os.getpid(), signal.SIGKILL)

        return original(name, killed, language)

    module.timed = timed  # type: ignore[assignment]
    if node == "human_review":

        async def human_review(state: Any) -> Any:
            os.kill(os.getpid(), signal.SIGKILL)

        module.human_review = human_review  # type: ignore[assignment]


async def assess(folder: Path) -> dict[str, Any]:
    """One refuted round, a review, a decision: every node of the graph takes part."""
    first = [WRONG, answer()]

    def speak(messages: Any) -> Any:
        if "second look" in messages[-1].text:
            return opinion()
        return first[1] if "Write all parts again" in messages[-1].text else first[0]

    settings = Settings(data_dir=folder, workers=1, deliver_threshold=1.0)
    async with (
        open_services(settings, model=ScriptedChat(script=speak)) as services,
        open_assessor(services=services) as assessor,
    ):
        assessment = await assessor.assess(TASK, submission(), thread="run")
        if assessment.waiting:
            decision = ReviewDecision(
                request_id="run", kind="approve", reviewer="grace", decided_at=datetime.now(UTC).isoformat()
            )
            assessment = await assessor.decide(decision)
        events = await services.memory.events(LEARNER)
        recalled = await services.memory.recall(LEARNER, "sum", limit=10)
        return {
            "delivered": assessment.delivered,
            "reviewed_by": assessment.reviewed_by,
            "revisions": assessment.revisions,
            "events": len(events),
            "recollections": len(recalled),
            "open": len(await assessor.pending()),
        }


def run(folder: Path, killed: tuple[str, str] | None, report: Path) -> int:
    """One run in a fork; the wait status."""
    child = os.fork()
    if child == 0:
        if killed:
            die_in(*killed)
        report.write_text(json.dumps(asyncio.run(assess(folder))))
        os._exit(0)
    return os.waitpid(child, 0)[1]


def main() -> None:
    root = Path(sys.argv[1])
    found: list[dict[str, Any]] = []
    for node in NODES:
        for when in ("before", "after"):
            if node == "human_review" and when == "after":
                continue  # it has nothing but its interrupt
            folder, report = root / f"{node}-{when}", root / f"{node}-{when}.json"
            status = run(folder, (node, when), report)
            died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            again = run(folder, None, report)
            result = json.loads(report.read_text()) if again == 0 and report.exists() else {"failed": again}
            found.append({"node": node, "when": when, "died": died, **result})
    print(json.dumps(found))  # noqa: T201 the report is this program's output


if __name__ == "__main__":
    main()
