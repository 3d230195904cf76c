"""CoMTA (Miller and DiCerbo 2024): dialogues of learners with a mathematics tutor, and whether the answer was right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gradatim.evals.datasets.dialogues.turns import FormatError, messages_of, opening
from gradatim.evals.datasets.example import Example


def examples(record: Mapping[str, Any], number: int) -> Iterator[Example]:
    """One whole dialogue.

    Raises:
        FormatError: The record is not of this format.
    """
    messages = messages_of(record.get("data"))
    if isinstance(messages, str):
        raise FormatError(f"`data` {messages}")
    inputs: dict[str, Any] = {"messages": opening(messages)}
    if isinstance(record.get("math_level"), str):
        inputs["topic"] = record["math_level"]
    reference: dict[str, Any] = {}
    if isinstance(expected := record.get("expected_result"), str):
        reference["expected_result"] = expected
    yield Example(str(record.get("test_id") or number), inputs, reference, outputs={"messages": messages})
