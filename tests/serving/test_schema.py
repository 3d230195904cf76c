"""Checking answers against schemas that are given as data."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from gradatim.serving import schema as module
from gradatim.serving.schema import NotJson, fit


def choice(*ids: str, most: int = 3) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "enum": {"enum": list(ids)},
            "line": {"type": "integer", "minimum": 1, "maximum": most},
            "kind": {"const": ids[0]},
        },
        "required": ["enum"],
    }


def test_schemas_that_differ_in_their_values_are_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[object] = []
    original = Draft202012Validator.check_schema
    monkeypatch.setattr(Draft202012Validator, "check_schema", lambda plain: (checked.append(plain), original(plain)))
    module._check.cache_clear()
    for number in range(1, 20):
        wanted = choice(f"test:t{number}", f"line:{number}", most=number)
        assert fit({"enum": f"line:{number}", "line": number}, wanted)
        with pytest.raises(NotJson, match="is not one of"):
            fit({"enum": "line:99"}, wanted)
        with pytest.raises(NotJson, match="greater than the maximum"):
            fit({"enum": f"line:{number}", "line": number + 1}, wanted)
    assert len(checked) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "nonsense"},
        {"enum": "abc"},
        {"minLength": -1},
        {"minLength": 1.5},
        {"minLength": "3"},
        {"required": "name"},
        {"properties": {"enum": 3}},
        {"pattern": 3},
        {"items": {"anyOf": []}},
        {"additionalProperties": "no"},
    ],
)
def test_what_is_no_schema_is_refused_as_before(wrong: dict[str, Any]) -> None:
    with pytest.raises(SchemaError):
        Draft202012Validator.check_schema(wrong)
    with pytest.raises(SchemaError):
        fit({}, wrong)
    with pytest.raises(SchemaError):  # and again: a refusal is not remembered as a pass
        fit({}, {**wrong})
