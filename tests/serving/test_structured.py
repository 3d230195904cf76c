"""Answers that do not keep to the schema."""

from __future__ import annotations

import math
from typing import Any

import pytest
from langchain_core.language_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, HumanMessage

from gradatim.errors import ModelError
from gradatim.serving.chat import OpenAIChat
from gradatim.serving.schema import NotJson, fit, json_schema, read_json
from gradatim.serving.scripted import ScriptedChat
from gradatim.serving.structured import ask_structured
from gradatim.serving.transport import HttpTransport
from tests.serving.endpoint import Endpoint
from tests.serving.test_conformance import Judgement

QUESTION = [HumanMessage("Is it right? JSON.")]
GOOD = {"verdict": "correct", "line": 1}
PLAIN_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"verdict": {"enum": ["correct", "incorrect"]}, "line": {"type": "integer", "minimum": 1}},
    "required": ["verdict", "line"],
}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("I think it is right.", "not JSON"),
        ("", "empty"),
        ('{"verdict": "correct", "line"', "not JSON"),
        ('{"verdict": "maybe", "line": 1}', "verdict"),
        ('{"verdict": "correct", "line": 77}', "line"),
        ("[1, 2]", "answer"),
    ],
)
async def test_one_repair_shows_what_was_wrong(broken: str, told: str) -> None:
    model = ScriptedChat(script=[broken, GOOD])
    answer = await ask_structured(model, QUESTION, Judgement, max_tokens=50)
    assert answer.value == Judgement(verdict="correct", line=1)
    assert answer.samples[0].repaired
    assert answer.reason is None
    assert answer.usage.requests == 2
    repair = model.requests[1]
    assert told in repair.messages[-1].text
    assert broken in repair.text
    assert len(repair.messages) == (3 if broken else 2)


async def test_garbage_twice_degrades_with_the_reason() -> None:
    model = ScriptedChat(script=["no idea", '{"verdict": "maybe", "line": 1}'])
    answer = await ask_structured(model, QUESTION, Judgement, max_tokens=50)
    assert answer.degraded
    assert answer.value is None
    assert "verdict" in (answer.reason or "")
    assert "not JSON" in (answer.reason or "")
    assert answer.samples[0].raw == '{"verdict": "maybe", "line": 1}'
    assert model.remaining == 0


async def test_an_answer_that_is_cut_off_says_so() -> None:
    cut = AIMessage('{"verdict": "corr', response_metadata={"finish_reason": "length"})
    answer = await ask_structured(ScriptedChat(script=[cut, cut]), QUESTION, Judgement, max_tokens=7)
    assert answer.reason == "no valid answer after one repair: it was cut off after 7 tokens"


async def test_white_space_without_end_is_cut_and_reported() -> None:
    loop = AIMessage('{"verdict":' + " " * 5000, response_metadata={"finish_reason": "length"})
    model = ScriptedChat(script=[loop, GOOD])
    answer = await ask_structured(model, QUESTION, Judgement, max_tokens=5000)
    assert answer.samples[0].repaired
    assert len(model.requests[1].text) < 3000


async def test_each_sample_is_settled_by_itself() -> None:
    model = ScriptedChat(script=[GOOD, "garbage", {"verdict": "incorrect", "line": 2}, "garbage again"])
    answer = await ask_structured(model, QUESTION, Judgement, n=3, temperature=0.7, max_tokens=50, seed=5)
    assert [sample.value and sample.value.line for sample in answer.samples] == [1, None, 2]
    assert answer.value.line == 1
    assert not answer.degraded
    assert model.requests[0].arguments["n"] == 3
    assert model.requests[0].arguments["seed"] == 5
    assert model.requests[0].arguments["response_format"]["type"] == "json_schema"
    assert answer.usage.requests == 2


async def test_a_schema_given_as_data() -> None:
    model = ScriptedChat(script=['{"verdict": "correct", "line": 0}', GOOD])
    answer = await ask_structured(model, QUESTION, PLAIN_SCHEMA, max_tokens=50)
    assert answer.value == GOOD
    assert "minimum" in model.requests[1].messages[-1].text


async def test_an_unreachable_model_is_an_error() -> None:
    with pytest.raises(ModelError, match="down"):
        await ask_structured(ScriptedChat(script=[ModelError("down")]), QUESTION, Judgement, max_tokens=50)


async def test_a_foreign_model_gets_the_schema_in_the_prompt() -> None:
    asked: list[str] = []

    class Foreign(GenericFakeChatModel):
        def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
            asked.append("\n".join(message.text for message in messages))
            assert "response_format" not in kwargs
            assert "n" not in kwargs
            return super()._generate(messages, *args, **kwargs)

    texts = iter([f'Here: {{"verdict": "correct", "line": {line}}}' for line in (1, 2)])
    answer = await ask_structured(Foreign(messages=texts), QUESTION, Judgement, n=2, max_tokens=50)
    assert sorted(sample.value.line for sample in answer.samples) == [1, 2]
    assert answer.usage.requests == 2
    assert '"enum": ["correct", "incorrect"]' in asked[0]


async def test_an_endpoint_without_schemas_gets_it_in_the_prompt(endpoint: Endpoint) -> None:
    model = OpenAIChat(model="no-schema", transport=HttpTransport(endpoint.address))
    answer = await ask_structured(model, QUESTION, Judgement, max_tokens=50)
    assert isinstance(answer.value, Judgement)
    forms = [(request.get("response_format") or {}).get("type") for request in endpoint.requests]
    assert forms == ["json_schema", "json_object", None]
    assert '"enum": ["correct", "incorrect"]' in endpoint.requests[-1]["messages"][-1]["content"]
    await ask_structured(model, QUESTION, Judgement, max_tokens=50)
    assert len(endpoint.requests) == 4  # what the endpoint takes is remembered


@pytest.mark.parametrize(
    ("name", "repaired", "degraded"),
    [("fences", False, False), ("needs-a-hint", True, False), ("babbles", False, True), ("cut-off", False, True)],
)
async def test_over_http(endpoint: Endpoint, name: str, repaired: bool, degraded: bool) -> None:
    model = OpenAIChat(model=name, transport=HttpTransport(endpoint.address))
    answer = await ask_structured(model, QUESTION, Judgement, max_tokens=50)
    assert (answer.samples[0].repaired, answer.degraded) == (repaired, degraded)
    assert answer.usage.output_tokens == 5 * answer.usage.requests


def message_with_tokens(*tokens: tuple[str, float]) -> AIMessage:
    content = [{"token": text, "bytes": list(text.encode()), "logprob": value} for text, value in tokens]
    return AIMessage("".join(text for text, _ in tokens), response_metadata={"logprobs": {"content": content}})


async def test_confidence_rests_on_values_not_on_punctuation() -> None:
    message = message_with_tokens(
        ('{"', -9), ("verdict", -8), ('":', -7), (' "', -6), ("inc", -0.2), ("orrect", -0.4), ('",', -5), (' "', -6),
        ("line", -9), ('": ', -4), ("3", -0.6), ("}", -3), ("", -1),
    )  # fmt: skip
    answer = await ask_structured(ScriptedChat(script=[message]), QUESTION, Judgement, max_tokens=50)
    assert answer.samples[0].mean_logprob == pytest.approx(-0.4)


async def test_confidence_of_text_outside_ascii() -> None:
    schema = {"type": "object", "properties": {"s": {"type": "string"}}, "required": ["s"]}
    content = [
        {"token": token, "bytes": data, "logprob": value}
        for token, data, value in [
            ('{"s":"', None, -9.0),
            ("�", list("é".encode())[:1], -1.0),
            ("�", list("é".encode())[1:], -3.0),
            ('"}', None, -9.0),
        ]
    ]
    message = AIMessage('{"s":"é"}', response_metadata={"logprobs": {"content": content}})
    answer = await ask_structured(ScriptedChat(script=[message]), QUESTION, schema, max_tokens=50)
    assert answer.samples[0].mean_logprob == pytest.approx(-2.0)


async def test_a_model_without_logprobs_has_no_confidence() -> None:
    answer = await ask_structured(ScriptedChat(script=[GOOD]), QUESTION, Judgement, max_tokens=50)
    assert answer.samples[0].mean_logprob is None
    answer = await ask_structured(
        ScriptedChat(script=[GOOD], logprob=math.log(0.5)), QUESTION, Judgement, max_tokens=50
    )
    assert answer.samples[0].mean_logprob == pytest.approx(math.log(0.5))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (' {"a": 1}\n', {"a": 1}),
        ('```json\n{"a": [1, 2]}\n```', {"a": [1, 2]}),
        ('Sure: {"a": {"b": "}"}} and so on', {"a": {"b": "}"}}),
        ('The list is [1, {"x": 2}].', [1, {"x": 2}]),
    ],
)
def test_json_is_found_in_talk(text: str, value: object) -> None:
    assert read_json(text) == value


@pytest.mark.parametrize("text", ["", "   ", "nothing here", "{broken", "{'a': 1}"])
def test_no_json_is_reported(text: str) -> None:
    with pytest.raises(NotJson):
        read_json(text)


def test_schemas_for_grammars_are_closed_and_bare() -> None:
    schema = json_schema(Judgement)
    assert schema["additionalProperties"] is False
    assert "title" not in schema
    named = json_schema({"type": "object", "properties": {"title": {"type": "string", "title": "Title"}}})
    assert named["properties"] == {"title": {"type": "string"}}


def test_fit_names_the_place() -> None:
    with pytest.raises(NotJson, match=r"line: "):
        fit({"verdict": "correct", "line": "x"}, Judgement)
    with pytest.raises(NotJson, match=r"line: "):
        fit({"verdict": "correct", "line": "x"}, PLAIN_SCHEMA)
