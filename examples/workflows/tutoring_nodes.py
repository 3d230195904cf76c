"""How a tutoring session begins, and how it listens."""

from __future__ import annotations

from datetime import UTC, datetime

from langgraph.types import interrupt
from pydantic import BaseModel

from gradatim.agents.tutoring.turn import Heard, Turn
from gradatim.workflow import node


class Opened(BaseModel):
    """What a session begins with."""

    session: str
    number: int
    began: str
    heard: Heard


class Listened(BaseModel):
    """What the learner said next."""

    number: int
    heard: Heard


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")


@node
def opening(id: str) -> Opened:
    """Begins a session; the tutor speaks first."""
    now = _now()
    return Opened(session=id, number=0, began=now, heard=Heard(at=now))


@node(asks=True)
async def listen(turn: Turn, number: int) -> Listened:
    """Says what the tutor says, and waits for the learner's answer; a rejection says goodbye."""
    request = {
        "action_requests": [{"name": "tutor", "args": {"passed": turn.passed}, "description": turn.text}],
        "review_configs": [{"action_name": "tutor", "allowed_decisions": ["respond", "reject"]}],
    }
    answer = interrupt(request)["decisions"][0]
    message = "Goodbye" if answer["type"] == "reject" else str(answer.get("message") or "")
    return Listened(number=number + 1, heard=Heard(message=message, at=_now()))
