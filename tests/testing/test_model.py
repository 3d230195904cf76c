"""The scripted model: which reply fits which question."""

from __future__ import annotations

import asyncio
import re
from time import monotonic
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from gradatim.agents.answer import QUESTION, feedback_schema
from gradatim.domain import Diagnosis, Evidence, Execution, Outcome
from gradatim.errors import ModelError
from gradatim.testing import TASK, WRONG, Reply, ScriptExhausted, assert_asked, scripted, smallest, submission
from gradatim.tools.claims import Case


class Score(BaseModel):
    """What is asked for."""

    points: int = Field(ge=1, le=5)
    why: str = Field(min_length=2)
    kind: Literal["style", "logic"]


async def test_replies_are_chosen_by_words_and_schema() -> None:
    model = scripted(
        Reply("hidden", asked="secret"),
        Reply({"points": 3, "why": "because", "kind": "logic"}, schema="points"),
        Reply("number", asked=re.compile(r"\b\d+\b")),
        otherwise="nothing fits",
    )
    assert (await model.ainvoke("a secret 42")).text == "hidden"
    assert (await model.ainvoke("it is 42")).text == "number"
    assert (await model.ainvoke("hello")).text == "nothing fits"
    answered = await model.with_structured_output(Score).ainvoke("Score it: 42")
    assert answered == Score(points=3, why="because", kind="logic")
    assert_asked(model, "Score", "42")
    with pytest.raises(AssertionError, match="none with 'nonsense'"):
        assert_asked(model, "nonsense")
    assert len(model.requests) == 4


async def test_the_last_message_may_decide() -> None:
    model = scripted(Reply("critic", last="second look"), Reply("writer", asked="second look"))
    system = SystemMessage("Take a second look where you are asked to.")
    assert (await model.ainvoke([system, HumanMessage("Write.")])).text == "writer"
    assert (await model.ainvoke([system, HumanMessage("Take a second look.")])).text == "critic"


async def test_plain_answers_come_once_each_and_in_order() -> None:
    model = scripted("one", Reply("two", times=2), "three")
    assert [(await model.ainvoke("?")).text for _ in range(4)] == ["one", "two", "two", "three"]
    assert model.remaining == 0
    with pytest.raises(ScriptExhausted, match="no reply fits this question: 'and now\\?'"):
        await model.ainvoke("and now?")


async def test_failures_and_delays() -> None:
    model = scripted(Reply(ModelError("down"), times=1), Reply("up", delay=0.05))
    with pytest.raises(ModelError, match="down"):
        await model.ainvoke("?")
    began = monotonic()
    first, second = await asyncio.gather(model.ainvoke("?"), model.ainvoke("?"))
    assert (first.text, second.text) == ("up", "up")
    assert 0.05 <= monotonic() - began < 0.5
    assert len(model.requests) == 3


async def test_a_function_answers_from_the_request() -> None:
    model = scripted(Reply(lambda request: f"heard {len(request.messages)}: {request.text}"))
    assert (await model.ainvoke("hi")).text == "heard 1: hi"


async def test_samples_of_one_request_take_a_reply_each() -> None:
    model = scripted("a", "b", otherwise="c")
    found = await model.agenerate([[HumanMessage("?")]], n=3)
    assert [generation.text for generation in found.generations[0]] == ["a", "b", "c"]
    assert len(model.requests) == 1


async def test_it_streams() -> None:
    model = scripted("one two three")
    assert [piece.text async for piece in model.astream("?") if piece.text] == ["one", " two", " three"]


async def test_where_nothing_fits_the_smallest_answer_may_be_given() -> None:
    model = scripted(otherwise="smallest")
    assert (await model.ainvoke("hello")).text == "ok"
    found = await model.with_structured_output(Score).ainvoke("Score it.")
    assert found == Score(points=1, why="xx", kind="style")


def valid(schema: dict[str, Any]) -> Any:
    value = smallest(schema)
    Draft202012Validator(schema).validate(value)
    return value


def test_the_schema_of_feedback_has_a_smallest_answer() -> None:
    handed_in = submission(WRONG)
    outcomes = (Outcome(test="t1", status="passed"), Outcome(test="t4", status="failed"))
    execution = Execution(submission=handed_in.id, task=TASK.id, outcomes=outcomes, tier="unsafe")
    diagnosis = Diagnosis(submission=handed_in.id, verdict="incorrect")
    evidence = Evidence(id="test:t4", kind="test", summary="Test t4 fails.")
    found = valid(feedback_schema(Case.of(TASK, handed_in, execution, diagnosis), [evidence]))
    assert re.search(QUESTION, found["corrective_suggestion"]["text"])
    assert found["explanation"]["evidence"] == ["test:t4"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": r"^[A-Z]{3}-\d{2,4}$"},
        {"type": "string", "pattern": r"^(?:yes|no)$"},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 2},
        {"anyOf": [{"type": "null"}, {"type": "integer", "exclusiveMinimum": 3}]},
        {"type": ["integer", "null"], "maximum": -2},
        {
            "$defs": {"A": {"const": "a"}},
            "type": "object",
            "properties": {"x": {"$ref": "#/$defs/A"}},
            "required": ["x"],
        },
    ],
)
def test_smallest_answers_fit(schema: dict[str, Any]) -> None:
    valid(schema)


@settings(max_examples=60, deadline=None)
@given(st.integers(-50, 50), st.integers(0, 20), st.sampled_from(["integer", "number"]))
def test_numbers_lie_within_their_bounds(low: int, width: int, kind: str) -> None:
    valid({"type": kind, "minimum": low, "maximum": low + width})


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 3, "maximum": 2},
        {"$defs": {"A": {"$ref": "#/$defs/A"}}, "$ref": "#/$defs/A"},
        {"type": "string", "pattern": r"^(?=x)a|b$"},
    ],
)
def test_what_has_no_answer_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no number|without end|too involved"):
        smallest(schema)
