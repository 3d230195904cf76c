"""What assessments asked of a model, read from the JSON lines of `gradatim assess --jsonl`."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from gradatim.domain import Usage
from gradatim.errors import InputError

_USAGES: TypeAdapter[dict[str, Usage]] = TypeAdapter(dict[str, Usage])
_REMEDY = "write it with `gradatim assess TASK PROGRAM… --jsonl FILE`, with the model that will be served"


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the model, its figures those of the mean request of a node.

    Attributes:
        node: Who asked.
        input: Tokens of the prompt.
        cached: Those of them that had been read before.
        output: Tokens of one sample.
        samples: Answers to this one prompt.
    """

    node: str
    input: float
    cached: float
    output: float
    samples: float

    @property
    def fresh(self) -> float:
        """Tokens of the prompt that are read anew."""
        return self.input - self.cached

    @property
    def footprint(self) -> float:
        """Tokens in the KV cache when the answers end; the samples share the prompt."""
        return self.input + self.samples * self.output

    @property
    def context(self) -> float:
        """Tokens that a step of one sample looks back at, in the mean."""
        return self.input + self.output / 2


@dataclass(frozen=True)
class Measured:
    """The questions of assessments, one after the other within each.

    Attributes:
        assessments: Each one's requests; none for those that did without a model.
        seconds: Each one's time at the model where it was measured.
        skipped: Lines without an assessment.
        source: Where this was read.
    """

    assessments: tuple[tuple[Request, ...], ...]
    seconds: tuple[float, ...]
    skipped: int
    source: str

    @cached_property
    def total(self) -> Usage:
        """All tokens together."""
        requests = [request for assessment in self.assessments for request in assessment]
        return Usage(
            input_tokens=round(sum(request.input for request in requests)),
            cached_tokens=round(sum(request.cached for request in requests)),
            output_tokens=round(sum(request.output * request.samples for request in requests)),
            requests=len(requests),
            samples=round(sum(request.samples for request in requests)),
            seconds=sum(self.seconds),
        )

    @property
    def count(self) -> int:
        """Assessments, those without a question among them."""
        return len(self.assessments)

    @property
    def output(self) -> float:
        """Tokens that the model writes for one assessment, in the mean."""
        return self._sum(lambda request: request.output * request.samples) / self.count

    def weighted(self, figure: Callable[[Request], float]) -> float:
        """Mean of a figure of requests, each weighing as long as it is decoded (its tokens a sample)."""
        weight = self._sum(lambda request: request.output)
        return self._sum(lambda request: figure(request) * request.output) / weight

    @property
    def median_seconds(self) -> float:
        """Median time at the model of the assessments that asked it, as measured."""
        asked = [seconds for seconds, requests in zip(self.seconds, self.assessments, strict=True) if requests]
        return statistics.median(asked)

    def _sum(self, figure: Callable[[Request], float]) -> float:
        return sum(figure(request) for assessment in self.assessments for request in assessment)


def read_measured(path: Path) -> Measured:
    """Read what assessments asked: objects with `assessment.usage`, or `usage` alone, one a line.

    Raises:
        InputError: The file cannot be read, a line is no such object, or nothing in it asked a model.
    """
    assessments: list[tuple[Request, ...]] = []
    seconds: list[float] = []
    skipped = 0
    for number, line in _lines(path):
        usages = _usages(line, f"{path}:{number}")
        if usages is None:
            skipped += 1
            continue
        assessments.append(tuple(request for node, usage in usages.items() for request in _requests(node, usage)))
        seconds.append(sum(usage.seconds for usage in usages.values()))
    measured = Measured(tuple(assessments), tuple(seconds), skipped, str(path))
    if not assessments:
        raise InputError("there is no assessment in it", place=str(path), remedy=_REMEDY)
    if not measured.output:
        raise InputError("no assessment in it asked a language model for tokens", place=str(path), remedy=_REMEDY)
    return measured


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except OSError as error:
        why = f"the measured assessments cannot be read: {error.strerror or error}"
        raise InputError(why, place=str(path), remedy=_REMEDY) from error
    except UnicodeDecodeError as error:
        raise InputError("the measured assessments are not UTF-8 text", place=str(path), remedy=_REMEDY) from error


def _usages(line: str, place: str) -> dict[str, Usage] | None:
    """What each node asked; `None` for a program that has no assessment."""
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError("this line is not JSON", place=place, remedy=_REMEDY) from error
    if not isinstance(row, dict):
        raise InputError("this line is not a JSON object", place=place, remedy=_REMEDY)
    row = cast("dict[str, Any]", row)
    inner = row.get("assessment", row)
    if inner is None:
        return None
    if not isinstance(inner, dict) or "usage" not in inner:
        raise InputError("this line does not say what the model was asked (`usage`)", place=place, remedy=_REMEDY)
    try:
        return _USAGES.validate_python(cast("dict[str, Any]", inner)["usage"])
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, ("usage", *first["loc"])))
        raise InputError(f"{where}: {first['msg']}", place=place, remedy=_REMEDY) from error


def _requests(node: str, usage: Usage) -> tuple[Request, ...]:
    """A node's questions, each the mean of them."""
    if not usage.input_tokens and not usage.output_tokens:
        return ()
    requests = max(1, usage.requests)
    samples = max(requests, usage.samples)
    mean = Request(
        node=node,
        input=usage.input_tokens / requests,
        cached=min(usage.cached_tokens, usage.input_tokens) / requests,
        output=usage.output_tokens / samples,
        samples=samples / requests,
    )
    return (mean,) * requests
