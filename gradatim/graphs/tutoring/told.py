"""What went into a turn of a tutoring session and what came of it, for those who record runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gradatim.agents.state import Plain
from gradatim.graphs.observing import Told


def turn_told(values: Mapping[str, Any]) -> Told:
    """The turn that a state stands for: the learner's message, and the tutor's answer with its checks.

    Both stand in the outputs' `messages`, so that the messages of a session's turns, one after another, are the
    dialogue. The latest program that was examined, and its diagnosis with all evidence (what the turn itself
    brought included), are what the tutor had to speak about.
    """
    turn: Plain = values["turn"]
    asked = _learner_said(values, turn)
    inputs: Plain = {"task": values.get("task"), "learner_id": values.get("learner_id"), "messages": asked}
    if values.get("concept"):
        inputs["concept"] = values["concept"]
    if values.get("submission"):
        inputs["submission"] = values["submission"]
    answered: Plain = {
        "role": "assistant",
        "content": turn["text"],
        "turn": turn["number"],
        "statements": turn["statements"],
        "hint": turn["rung"],
        "move": turn["move"],
        "passed": turn["passed"],
        "author": turn["author"],
    }
    outputs: Plain = {
        "session": turn["session"],
        "turn": turn["number"],
        "messages": [*asked, answered],
        "passed": turn["passed"],
        "ended": turn["ended"],
        "held": turn["held"],
        "degradations": values.get("degradations") or [],
        "seconds": values.get("seconds") or {},
    }
    if (diagnosis := values.get("diagnosis")) is not None:
        evidence = [*(values.get("grounds") or diagnosis["evidence"]), *(values.get("brought") or ())]
        outputs["diagnosis"] = {**diagnosis, "evidence": list({item["id"]: item for item in evidence}.values())}
    return "dialogue", inputs, outputs


def _learner_said(values: Mapping[str, Any], turn: Plain) -> list[Plain]:
    heard: Plain = values["heard"]
    code = values.get("code") or heard.get("code")
    if not turn["number"] and not code:
        return []  # the tutor opens the session
    said: Plain = {"role": "user", "content": heard["message"], "turn": turn["number"], "intent": turn["understood"]}
    if code:
        execution: Plain | None = values.get("execution")
        said["code"] = code
        if execution is not None:
            said["passed"] = all(item["status"] == "passed" for item in execution["outcomes"])
    return [said]
