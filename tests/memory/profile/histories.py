"""Histories of every kind of event that the profile reads."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from gradatim.domain import LearnerEvent
from tests.memory.material import event

KINDS = ("submission", "assessment", "review", "self_assessment", "correction", "interaction", "survey", "consent")
ACTIONS = ("login", "logout", "open", "hint", "help", "message", "reply", "assist", "edit", "run", "practice", "other")
INSTRUMENTS = ("working-memory", "processing-speed", "reasoning", "learning-style", "affect", "unknown")
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


def drawn(draw: random.Random, length: int) -> list[LearnerEvent]:
    """Events in the order of time; some at the same instant, some with nonsense in the payload."""
    moment = BEGIN
    events: list[LearnerEvent] = []
    for number in range(length):
        moment += timedelta(seconds=draw.choice((0, 1, 60, 700, 4_000, 90_000, 400_000)))
        offset = draw.choice(("Z", "+00:00", "+05:30", "-08:00"))
        shift = timedelta(hours=5, minutes=30) if offset[0] == "+" and offset[2] == "5" else timedelta()
        shift = timedelta(hours=-8) if offset[0] == "-" else shift
        kind = draw.choice(KINDS)
        events.append(
            event(
                number,
                *((draw.choice("abc"), draw.random() < 0.6) for _ in range(draw.randrange(3))),
                kind=kind,
                at=(moment + shift).strftime("%Y-%m-%dT%H:%M:%S") + offset,
                task_id=draw.choice(("t1", "t2", "t3", None)),
                payload=_payload(draw, kind),
            )
        )
    return events


def _payload(draw: random.Random, kind: str) -> dict[str, Any]:
    if kind in ("submission", "assessment"):
        made: dict[str, Any] = {
            "passed": draw.random() < 0.5,
            "seconds": draw.choice((draw.expovariate(0.01), -1.0, 1e30)),
            "score": draw.random() * 1.2,
            "confidence": draw.random() * 1.2,
            "pauses": draw.randrange(9),
            "edits": draw.choice((draw.randrange(9), "many")),
            "items_done": draw.randrange(5),
            "items_total": draw.randrange(6),
            "misconceptions": draw.sample(["off-by-one", "missing-return", "aliasing"], draw.randrange(3)),
            "error_category": draw.choice(("logical", "NameError", None)),
        }
        return {key: value for key, value in made.items() if draw.random() < 0.6}
    if kind == "interaction":
        made = {"action": draw.choice(ACTIONS), "resource": draw.choice(("a", "example-1", "video-2", None, 3))}
        return {key: value for key, value in made.items() if draw.random() < 0.8}
    if kind == "survey":
        items = ("reading-1", "reading-2", "practice-1", "dialogue", "x")
        return {
            "instrument": draw.choice(INSTRUMENTS),
            "answers": {item: draw.choice((1, 2, 3, 4, 5, 5.5, None)) for item in items[: 1 + draw.randrange(5)]},
            "scale": [1, 5],
        }
    return {}


histories = st.builds(drawn, st.randoms(use_true_random=False), st.integers(0, 40))
