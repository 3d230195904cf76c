from __future__ import annotations

import re

import pytest

from gradatim.serving.embedded.native import fitted, native_payload, whole
from gradatim.serving.transport import Payload, RequestRefused


def test_schemas_become_grammars_without_loose_white_space() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    form = {"type": "json_schema", "json_schema": {"name": "a", "schema": schema, "strict": True}}
    native = native_payload({"messages": [], "response_format": form})
    assert "response_format" not in native
    assert '"whitespace_flexible": false' in native["grammar"]
    assert native["grammar"].startswith("%llguidance")
    loose = native_payload({"messages": [], "response_format": {"type": "json_object"}})
    assert loose["response_format"] == {"type": "json_object"}


FACT = 'Line 8: `print(f"{count} numbers")` stands inside the loop of line 4, and it is printed in every round.'
TAIL = "a text without anything that JSON escapes, as long as you like it to be, and longer than a piece of it"


def test_long_texts_with_quotes_become_a_pattern_that_they_alone_fit() -> None:
    given = {"properties": {"const": {"enum": [FACT, TAIL, 'a "b"', 3, None]}, "x": {"const": "\\" * 40}}}
    made = whole(given)
    kept, pattern = made["properties"]["const"]["anyOf"]
    assert kept == {"enum": [TAIL, 'a "b"', 3, None]}
    assert re.fullmatch(pattern["pattern"], FACT)
    for other in (FACT[:-1], FACT.replace('"', "'"), FACT.replace("(", ""), TAIL):
        assert not re.fullmatch(pattern["pattern"], other)
    assert re.fullmatch(made["properties"]["x"]["pattern"], "\\" * 40)
    untouched = {"type": "object", "properties": {"a": {"enum": [TAIL, 'a "b"', 3]}, "enum": {"const": TAIL}}}
    assert whole(untouched) == untouched


def asked(text: str, **fields: int) -> Payload:
    return {"messages": [{"role": "user", "content": text}], **fields}


def never(_: Payload) -> int:
    raise AssertionError("tokens are not counted where there is room anyway")


def test_short_requests_are_not_counted() -> None:
    payload = asked("short", max_tokens=100, n=3)
    assert fitted(payload, 1000, never, "m") is payload


@pytest.mark.parametrize(
    ("tokens", "samples", "wanted", "allowed"),
    [(900, 1, 500, 99), (900, 3, 500, 32), (100, 3, 250, 250), (999, 4, 10, 1)],
)
def test_answers_share_the_room_that_is_left(tokens: int, samples: int, wanted: int, allowed: int) -> None:
    payload = asked("x" * 2000, max_tokens=wanted, n=samples)
    assert fitted(payload, 1000, lambda _: tokens, "m")["max_tokens"] == allowed


def test_without_a_limit_the_room_is_the_limit() -> None:
    assert fitted(asked("x"), 1000, lambda _: 400, "m")["max_tokens"] == 599


def test_a_prompt_that_is_too_long_is_refused_with_both_counts() -> None:
    with pytest.raises(RequestRefused, match=r"1,000 tokens.* holds 1,000 tokens") as caught:
        fitted(asked("x" * 3000), 1000, lambda _: 1000, "m")
    assert (caught.value.status, caught.value.place) == (400, "m")
    assert caught.value.remedy


def test_a_huge_prompt_is_refused_without_counting() -> None:
    with pytest.raises(RequestRefused, match=r"10,000,016 bytes"):
        fitted(asked("x" * 10_000_000), 8192, never, "m")
