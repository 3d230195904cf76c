"""A model that writes what it is told, over a transport of its own, and experiments small enough for a test."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from gradatim.errors import ModelError
from gradatim.evals.experiments import Experiment, parse_experiment
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.transport import Chunk, Completion, Payload
from gradatim.settings import Settings
from gradatim.testing.smallest import smallest

EXAMPLES = Path(__file__).parents[3] / "examples"
BASE_TEXT = (
    "INCORRECT\nThe problem is in line 3, where the loop stops too early. You should write `range(n + 1)`. Keep going!"
)


class FakeTransport:
    """Answers JSON schemas with the smallest object that fits, everything else with a text; keeps what it was asked.

    Args:
        refuses: Raises a `ModelError` for requests that this holds for.
        lie: What it says of the error in a feedback, instead of next to nothing.
    """

    def __init__(self, refuses: Callable[[Payload], bool] | None = None, lie: str | None = None) -> None:
        self.asked: list[Payload] = []
        self._refuses = refuses
        self._lie = lie

    @property
    def endpoint(self) -> str:
        return "fake"

    async def complete(self, payload: Payload) -> Completion:
        self.asked.append(payload)
        if self._refuses is not None and self._refuses(payload):
            raise ModelError("is out of order", place="fake")
        wanted: Any = payload.get("response_format")
        text = BASE_TEXT
        if wanted is not None:
            answer: Any = smallest(wanted["json_schema"]["schema"])
            if self._lie is not None and "error_identification" in answer:
                answer["error_identification"]["text"] = self._lie
            text = json.dumps(answer)
        choices = [
            {"index": place, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            for place in range(int(payload.get("n") or 1))
        ]
        return {"choices": choices, "usage": {"prompt_tokens": 11, "completion_tokens": 5}}

    async def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        raise ModelError("does not stream", place="fake")
        yield {}


def fake_model(transport: FakeTransport) -> OpenAIChat:
    return OpenAIChat(model="fake", transport=transport)


def settings(folder: Path, **changed: Any) -> Settings:
    """Settings without a search for repairs: nothing here hangs on one."""
    return Settings(**{"data_dir": folder, "repair_seconds": 0.0, "model": "none", **changed})


def experiment(text: str, folder: Path = EXAMPLES) -> Experiment:
    return parse_experiment(text, "experiment.yaml", folder)
