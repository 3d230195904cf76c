"""Requests of the simulated server as OpenAI's objects: completions, chunks, usage, records."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from gradatim.app.bench.load.answers import NoAnswer, answer_to
from gradatim.app.bench.load.engine import Job
from gradatim.app.bench.load.faults import FaultKind, broken

TOKEN = 4
"""Characters of a token."""
LOGPROB = -0.05
PREFIXES = 50_000
"""Beginnings of prompts that the prefix cache remembers at most."""
MOST_SAMPLES = 128


class PrefixCache:
    """Which beginnings of conversations were read before, message by message."""

    def __init__(self) -> None:
        self._seen: OrderedDict[int, None] = OrderedDict()

    def tokens(self, messages: list[Any]) -> tuple[int, int]:
        """Tokens of a prompt, and how many of them are known from before; from now on all are."""
        total = known = key = 0
        for message in messages:
            text = json.dumps(message, sort_keys=True)
            total += -(-len(text) // TOKEN)
            key = hash((key, text))
            if key in self._seen:
                known = total
            self._seen[key] = None
            self._seen.move_to_end(key)
        while len(self._seen) > PREFIXES:
            self._seen.popitem(last=False)
        return total, known


@dataclass(slots=True, eq=False)
class Generation:
    """One request with the answer that it will get.

    Attributes:
        used: Seconds of the engine's capacity that were used when the request arrived.
        sent: Tokens of each sample that went out.
    """

    id: str
    model: str
    pieces: tuple[str, ...]
    """The answer's tokens."""
    cut: bool
    """Whether `max_tokens` ended it."""
    prompt_tokens: int
    cached_tokens: int
    job: Job
    stream: bool
    usage: bool
    logprobs: bool
    fault: FaultKind | None
    used: float = 0.0
    sent: list[int] = field(default_factory=list[int])
    status: str = "running"

    @classmethod
    def of(
        cls, payload: Mapping[str, Any], number: int, now: float, fault: FaultKind | None, prefixes: PrefixCache
    ) -> Generation:
        """A request read, and what it is going to be answered.

        Raises:
            NoAnswer: It cannot be answered; tells why.
        """
        text = answer_to(payload)
        if fault == "garbage":
            text = broken(text)
        messages: list[Any] = payload["messages"]
        text = _continued(text, payload, messages)
        samples = 1 if payload.get("n") is None else payload["n"]
        most = payload.get("max_tokens", payload.get("max_completion_tokens"))
        if not isinstance(samples, int) or not 1 <= samples <= MOST_SAMPLES:
            raise NoAnswer(f"n: a whole number from 1 to {MOST_SAMPLES} is needed")
        if not isinstance(payload.get("stream_options") or {}, dict):
            raise NoAnswer("stream_options: an object is needed")
        if most is not None and (not isinstance(most, int) or most < 1):
            raise NoAnswer("max_tokens: a whole number of at least 1 is needed")
        pieces = tuple(text[at : at + TOKEN] for at in range(0, len(text), TOKEN)) or ("",)
        cut = most is not None and len(pieces) > most
        pieces = pieces[:most] if cut else pieces
        total, known = prefixes.tokens(messages)
        job = Job(now, float(total - known), (len(pieces),) * samples)
        if fault in ("reset", "stall"):
            job.limit = max(1.0, len(pieces) / 2)
        options = cast("dict[str, Any]", payload.get("stream_options") or {})
        return cls(
            id=f"sim-{number}",
            model=str(payload.get("model") or "simulated"),
            pieces=pieces,
            cut=cut,
            prompt_tokens=total,
            cached_tokens=known,
            job=job,
            stream=bool(payload.get("stream")),
            usage=bool(options.get("include_usage")),
            logprobs=bool(payload.get("logprobs")),
            fault=fault,
            sent=[0] * samples,
        )

    def completion(self) -> dict[str, Any]:
        """The whole answer as one object."""
        text = "".join(self.pieces)
        choices = [
            {
                "index": index,
                "message": {"role": "assistant", "content": text},
                "logprobs": self._logprobs(0, len(self.pieces)),
                "finish_reason": self._reason,
            }
            for index in range(self.job.samples)
        ]
        return self._object("chat.completion", choices) | {"usage": self._usage()}

    def events(self) -> bytes:
        """What can be sent since the last call, as server-sent events."""
        frames: list[bytes] = []
        for index in range(self.job.samples):
            begin, end = self.sent[index], int(self.job.written[index])
            if self.job.ended is not None and self.job.limit is None:
                end = len(self.pieces)
            if end <= begin:
                continue
            delta: dict[str, Any] = {"content": "".join(self.pieces[begin:end])}
            if begin == 0:
                delta["role"] = "assistant"
            reason = self._reason if end == len(self.pieces) else None
            choice = {"index": index, "delta": delta, "logprobs": self._logprobs(begin, end), "finish_reason": reason}
            frames.append(_frame(self._object("chat.completion.chunk", [choice])))
            self.sent[index] = end
        return b"".join(frames)

    def last_events(self) -> bytes:
        """The end of the stream, after `events`."""
        tail = _frame(self._object("chat.completion.chunk", []) | {"usage": self._usage()}) if self.usage else b""
        return tail + b"data: [DONE]\n\n"

    def record(self, now: float, used: float) -> dict[str, Any]:
        """What is reported of the request once it is over; instants are seconds of the server's monotonic clock."""
        return {
            "id": self.id,
            "status": self.status,
            "fault": self.fault,
            "arrived": self.job.arrived,
            "started": self.job.started,
            "ended": now,
            "used_at_arrival": self.used,
            "used_at_end": used,
            "samples": self.job.samples,
            "prompt_tokens": self.prompt_tokens,
            "cached_tokens": self.cached_tokens,
            "completion_tokens": int(sum(self.job.written)),
            "stream": self.stream,
        }

    @property
    def _reason(self) -> str:
        return "length" if self.cut else "stop"

    def _object(self, kind: str, choices: list[dict[str, Any]]) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": 0, "model": self.model, "choices": choices}

    def _usage(self) -> dict[str, Any]:
        written = len(self.pieces) * self.job.samples
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": written,
            "total_tokens": self.prompt_tokens + written,
            "prompt_tokens_details": {"cached_tokens": self.cached_tokens},
        }

    def _logprobs(self, begin: int, end: int) -> dict[str, Any] | None:
        if not self.logprobs:
            return None
        return {
            "content": [
                {"token": piece, "logprob": LOGPROB, "bytes": None, "top_logprobs": []}
                for piece in self.pieces[begin:end]
            ]
        }


def _continued(text: str, payload: Mapping[str, Any], messages: list[Any]) -> str:
    """What is left of an answer whose beginning came with the request, as vLLM continues a last message."""
    if not payload.get("continue_final_message") or messages[-1].get("role") != "assistant":
        return text
    begun = str(messages[-1].get("content") or "")
    return text.removeprefix(begun)


def _frame(content: object) -> bytes:
    return b"data: %b\n\n" % json.dumps(content, ensure_ascii=False).encode("utf-8")
