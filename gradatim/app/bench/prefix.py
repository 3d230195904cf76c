"""`gradatim bench prefix`: what the order of a prompt and of the requests saves.

The same wrong programs are assessed in two ways, with the same model and the same limits, the order of the two taking
turns so that a machine which becomes slower or faster favours neither:

* ours: what is shared comes first in the prompt (instructions, task, program, evidence), the question last, and the
  samples of the self-consistency critic come from one request;
* straightforward: each question's own instructions first and the case after them, a request for each sample, and
  nothing remembered of earlier prompts.

A request for n samples asks for n times the tokens of its prompt (`prompt_tokens`); read is what the model reports as
not cached, once for all samples of a request (`read_tokens`). `reuse_share` is the share of the former that was not
read; `reuse_share_per_request` counts each request's prompt once, however many samples it gives.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal

from gradatim.domain import Submission, Task, TestCase
from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.app.bench import BenchRequest, Figures
    from gradatim.graphs import Assessor
    from gradatim.serving.chat import OpenAIChat
    from gradatim.serving.transport import Chunk, Completion, Payload, Transport
    from gradatim.settings import Settings

Side = Literal["ours", "straightforward"]
SIDES: tuple[Side, Side] = ("ours", "straightforward")


def _task(name: str, statement: str, concepts: Sequence[str], tests: Sequence[tuple[str, str]]) -> Task:
    return Task(
        id=name.replace("_", "-"),
        title=name.replace("_", " ").capitalize(),
        statement=statement,
        entry_point=name,
        concepts=tuple(concepts),
        tests=tuple(TestCase(id=f"t{n}", call=call, expect=expect) for n, (call, expect) in enumerate(tests, 1)),
    )


_SUM = _task(
    "sum_up_to",
    "Write sum_up_to(n), which returns 1 + 2 + … + n.",
    ("for-loop", "range", "accumulator-pattern"),
    [("sum_up_to(0)", "0"), ("sum_up_to(1)", "1"), ("sum_up_to(5)", "15"), ("sum_up_to(10)", "55")],
)
_VOWELS = _task(
    "count_vowels",
    "Write count_vowels(word), which returns how many letters of a word in lower case are vowels (a, e, i, o, u).",
    ("for-loop", "string", "accumulator-pattern"),
    [("count_vowels('')", "0"), ("count_vowels('sky')", "0"), ("count_vowels('tree')", "2")],
)
CASES: tuple[tuple[Task, str], ...] = (
    (_SUM, "def sum_up_to(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n"),
    (
        _VOWELS,
        "def count_vowels(word):\n    count = 0\n    for letter in word:\n        if letter in 'aeiou':\n"
        "            count += 1\n            return count\n",
    ),
    (_SUM, "def sum_up_to(n):\n    total = 1\n    for i in range(1, n + 1):\n        total += i\n    return total\n"),
    (
        _VOWELS,
        "def count_vowels(word):\n    count = 0\n    for letter in word:\n        if letter == 'aeiou':\n"
        "            count += 1\n    return count\n",
    ),
)
"""Wrong programs: the first one of a task finds nothing of it in the cache, later ones belong to other learners."""


def prefix(request: BenchRequest) -> Figures:
    """Run the benchmark.

    Raises:
        InputError: The settings name no language model.
        ModelError: The model does not answer.
    """
    return asyncio.run(_run(request))


@dataclass(slots=True)
class Count:
    """Tokens of requests.

    Attributes:
        asked: Prompt tokens, those of a request with several samples as often as it has samples.
        once: Prompt tokens, each request's once.
        read: Prompt tokens that were not cached.
        written: Tokens of the answers.
    """

    asked: int = 0
    once: int = 0
    read: int = 0
    written: int = 0
    requests: int = 0

    def add(self, answer: Completion, samples: int) -> None:
        """Count the usage of one request."""
        usage: dict[str, Any] = answer.get("usage") or {}
        details: dict[str, Any] = usage.get("prompt_tokens_details") or {}
        prompt = int(usage.get("prompt_tokens") or 0)
        self.asked += samples * prompt
        self.once += prompt
        self.read += prompt - int(details.get("cached_tokens") or 0)
        self.written += int(usage.get("completion_tokens") or 0)
        self.requests += 1

    def __add__(self, other: Count) -> Count:
        return Count(
            self.asked + other.asked,
            self.once + other.once,
            self.read + other.read,
            self.written + other.written,
            self.requests + other.requests,
        )

    @property
    def reuse(self) -> float | None:
        """Share of the prompts of all samples that was not read anew."""
        return round(1 - self.read / self.asked, 4) if self.asked else None

    @property
    def reuse_per_request(self) -> float | None:
        """Share of the prompts of all requests that was not read anew."""
        return round(1 - self.read / self.once, 4) if self.once else None


@dataclass(slots=True)
class Ours:
    """Counts what goes through."""

    inner: Transport
    count: Count = field(default_factory=Count)

    @property
    def endpoint(self) -> str:
        return self.inner.endpoint

    async def complete(self, payload: Payload) -> Completion:
        answer = await self.inner.complete(payload)
        self.count.add(answer, int(payload.get("n") or 1))
        return answer

    def stream(self, payload: Payload) -> AsyncGenerator[Chunk, None]:
        return self.inner.stream(payload)


@dataclass(slots=True)
class Straightforward(Ours):
    """Asks the same in the other way: own instructions first, a request for each sample, no cached prompt."""

    number: int = 0

    async def complete(self, payload: Payload) -> Completion:
        samples = int(payload.get("n") or 1)
        answers: list[Completion] = []
        for sample in range(samples):
            self.number += 1
            single = {key: value for key, value in payload.items() if key != "n"}
            single["messages"] = reordered(payload["messages"])
            if payload.get("seed") is not None:
                single["seed"] = int(payload["seed"]) + sample
            answers.append(await self.inner.complete(uncached(single, self.endpoint, self.number)))
            self.count.add(answers[-1], 1)
        choices = [{**answer["choices"][0], "index": index} for index, answer in enumerate(answers)]
        return {**answers[0], "choices": choices}


def reordered(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages as one would write them without thinking of the cache: the job, then the case."""
    from gradatim.agents.conversation import JOBS, instructions
    from gradatim.agents.prompts import load_prompt

    system, case, ask, *later = messages
    for job in JOBS:
        if ask["content"] == load_prompt(job).ask:
            reveal = system["content"] == instructions(True)
            system = {**system, "content": instructions(reveal, [job])}
    return [system, ask, case, *later]


def uncached(payload: Payload, endpoint: str, number: int) -> Payload:
    """A payload that finds nothing of its prompt in a cache."""
    if not endpoint.startswith(("http://", "https://")):
        return {**payload, "cache_prompt": False}
    system, *rest = payload["messages"]  # every server reads a prompt anew that begins differently
    return {**payload, "messages": [{**system, "content": f"[{number}] {system['content']}"}, *rest]}


async def _run(request: BenchRequest) -> Figures:
    from gradatim.graphs import open_assessor, open_services
    from gradatim.serving import open_chat_model
    from gradatim.serving.chat import OpenAIChat

    settings = request.settings.model_copy(update={"response_cache": None})
    model = open_chat_model(settings.model, settings)
    if not isinstance(model, OpenAIChat):
        raise InputError(
            "this benchmark needs a language model", place=f"model {settings.model}", remedy="name one with --model"
        )
    cases = CASES[: request.sample]
    request.say(f"{len(cases)} programs, assessed in both ways")
    counts: dict[Side, list[Count]] = {"ours": [], "straightforward": []}
    seconds: dict[Side, list[float]] = {"ours": [], "straightforward": []}
    for number, (task, code) in enumerate(cases):
        for side in SIDES if number % 2 == 0 else reversed(SIDES):
            carrier = Ours(model.transport) if side == "ours" else Straightforward(model.transport)
            asking = model.model_copy(update={"transport": carrier})
            with tempfile.TemporaryDirectory(prefix="gradatim-bench-") as folder:  # nothing remembered of other runs
                own = settings.model_copy(update={"data_dir": Path(folder)})
                async with open_services(own, model=asking) as services, open_assessor(services=services) as assessor:
                    seconds[side].append(await _assess(assessor, task, code, number))
            counts[side].append(carrier.count)
            request.say(f"  {task.id} {number + 1}: {side} {seconds[side][-1]:.1f} s, {carrier.count}")
    samples = await _samples(model, settings)
    ours, other = (sum(counts[side], Count()) for side in SIDES)
    medians = {side: statistics.median(seconds[side]) for side in SIDES}
    warm = sum(_later(cases, counts["ours"]), Count())
    return {
        "assessments": len(cases),
        "model": model.model_name,
        "prompt_tokens": ours.asked,
        "prompt_tokens_per_request": ours.once,
        "read_tokens": ours.read,
        "reuse_share": ours.reuse,
        "reuse_share_per_request": ours.reuse_per_request,
        "first_reuse_share": counts["ours"][0].reuse,
        "first_reuse_share_per_request": counts["ours"][0].reuse_per_request,
        "later_learner_reuse_share": warm.reuse,
        "later_learner_reuse_share_per_request": warm.reuse_per_request,
        "requests_ours": ours.requests,
        "requests_straightforward": other.requests,
        "read_tokens_straightforward": other.read,
        "written_tokens_ours": ours.written,
        "written_tokens_straightforward": other.written,
        **samples,
        "median_seconds_ours": round(medians["ours"], 2),
        "median_seconds_straightforward": round(medians["straightforward"], 2),
        "speedup": round(medians["straightforward"] / medians["ours"], 2),
    }


def _later(cases: Sequence[tuple[Task, str]], counts: Sequence[Count]) -> list[Count]:
    """The counts of the assessments whose task an earlier one had, too."""
    tasks = [task.id for task, _ in cases]
    return [count for number, count in enumerate(counts) if tasks[number] in tasks[:number]]


async def _assess(assessor: Assessor, task: Task, code: str, number: int) -> float:
    started = perf_counter()
    await assessor.assess(task, Submission.of(task.id, code, learner_id=f"learner-{number}"))
    return perf_counter() - started


async def _samples(model: OpenAIChat, settings: Settings) -> dict[str, float | None]:
    """What several samples of a prompt that is not in the cache take, over what one takes; an answer is one token."""
    text = " ".join(f"Rule {number}: say what line {number} of the program does." for number in range(1, 41))
    tokens: list[int] = []
    seconds: list[float] = []
    for number, n in enumerate((1, settings.samples)):
        count = Count()
        payload: Payload = {
            "model": model.model_name,
            "messages": [
                {"role": "system", "content": f"Question {number} of {perf_counter()}. {text}"},
                {"role": "user", "content": "What is the program for?"},
            ],
            "n": n,
            "max_tokens": 1,
            "temperature": 0.7,
            "seed": 7,
        }
        started = perf_counter()
        count.add(await model.transport.complete(payload), n)
        seconds.append(perf_counter() - started)
        tokens.append(count.read)
    return {
        "samples": settings.samples,
        "samples_over_single": round(tokens[1] / tokens[0], 3) if tokens[0] else None,
        "samples_seconds_over_single": round(seconds[1] / seconds[0], 2),
    }
