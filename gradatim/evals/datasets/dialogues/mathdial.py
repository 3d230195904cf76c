"""MathDial (Macina et al. 2023): teachers with a simulated student, turns with the teacher's moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gradatim.evals.datasets.dialogues.turns import FormatError, messages_of, opening, spoken_turns
from gradatim.evals.datasets.example import Example


def examples(record: Mapping[str, Any], number: int) -> Iterator[Example]:
    """One whole dialogue; the problem in `inputs.problem`, its solution in `reference.text`.

    Raises:
        FormatError: The record is not of this format.
    """
    given = record.get("conversation")
    messages = spoken_turns(given) if isinstance(given, str) else messages_of(given)
    if isinstance(messages, str):
        raise FormatError(f"`conversation` {messages}")
    if not messages:
        raise FormatError("`conversation` names no speakers (`Teacher: …|EOM|Student: …`)")
    inputs: dict[str, Any] = {"messages": opening(messages)}
    for key, name in (("question", "problem"), ("student_incorrect_solution", "work")):
        if isinstance(record.get(key), str):
            inputs[name] = record[key]
    reference: dict[str, Any] = {}
    for key, name in (
        ("ground_truth", "text"),
        ("teacher_described_confusion", "confusion"),
        ("self-correctness", "solved"),
    ):
        if isinstance(record.get(key), str):
            reference[name] = record[key]
    parts = [str(record[key]) for key in ("qid", "scenario") if record.get(key) is not None]
    yield Example("/".join([*parts, str(number)]), inputs, reference, outputs={"messages": messages})
