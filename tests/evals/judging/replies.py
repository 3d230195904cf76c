"""Scripted judges: models whose labels follow a rule, so that what a validation finds is known beforehand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from gradatim.evals.judging import Exchange, Judge, Judgement, Labelled, packaged_labelled
from gradatim.evals.scorers.tutoring.reading import VALUES, Dimension, Label
from gradatim.serving.scripted import ScriptedChat, ScriptedRequest
from gradatim.testing import Reply, schema_of, scripted

EXCHANGE = Exchange(
    "What does line 3 do in the last round?", (("learner", "It stops too early."),), "Count down.", "x = 1"
)
T = TypeVar("T")
Rule = Callable[[ScriptedRequest], Label]


def first_label(asked: ScriptedRequest) -> Label:
    """A judge with nothing but a position bias."""
    label: Label = schema_of(asked)["properties"]["label"]["enum"][0]
    return label


def constant(label: Label) -> Rule:
    return lambda asked: label


def model(rule: Rule, name: str = "scripted") -> ScriptedChat:
    def answer(asked: ScriptedRequest) -> dict[str, Any]:
        return {"reason": "because", "label": rule(asked)}

    return scripted(Reply(answer), name=name)


def judge(rule: Rule, **more: Any) -> Judge:
    return Judge(model(rule), **more)


class Table:
    """A judge without a model: its label for a reply is given by a function; `None` is no answer."""

    name = "table"
    digest = "table"
    at_once = 1

    def __init__(self, answers: Callable[[Dimension, Labelled], Label | None]) -> None:
        self._answers = answers

    async def label(self, dimension: Dimension, labelled: Labelled) -> Judgement:
        label = self._answers(dimension, labelled)
        return Judgement(dimension, label, None if label is None else VALUES[label], "by rule")

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(work)


def knowing() -> Judge:
    """A judge that says what people say: it finds the reply in what it is asked by the mark of its fence."""
    items = packaged_labelled()

    def rule(asked: ScriptedRequest) -> Label:
        rules, mark = asked.messages[0].text, asked.messages[1].text.split()[1]
        dimension = next(key for key, rubric in found.rubrics.items() if rubric.question in rules)
        return next(item for item in items if item.exchange.digest.startswith(mark)).labels[dimension]

    found = judge(rule)
    return found
