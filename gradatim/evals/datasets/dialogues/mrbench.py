"""MRBench (Maurya et al. 2025) and the shared task of BEA 2025: answers of several tutors, labelled by people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from gradatim.evals.datasets.dialogues.turns import FormatError, messages_of, spoken_turns
from gradatim.evals.datasets.example import Example
from gradatim.evals.datasets.tables import column_key

DIMENSIONS = (
    "mistake_identification", "mistake_location", "revealing_of_the_answer", "providing_guidance", "actionability",
    "coherence", "tutor_tone", "humanlikeness",
)  # fmt: skip
"""Names of the labels as they are kept, whatever capitals the file has."""


def examples(record: Mapping[str, Any], number: int) -> Iterator[Example]:
    """One example for each tutor's answer.

    Raises:
        FormatError: The record is not of this format.
    """
    answers = record.get("tutor_responses") or record.get("anno_llm_responses")
    if not isinstance(answers, dict) or not answers:
        raise FormatError("has no `tutor_responses`")
    given = record.get("conversation_history")
    history = spoken_turns(given) if isinstance(given, str) else messages_of(given)
    if isinstance(history, str):
        raise FormatError(f"`conversation_history` {history}")
    if not history:
        raise FormatError("`conversation_history` names no speakers (`Tutor: …`, `Student: …`)")
    identifier = str(record.get("conversation_id") or number)
    inputs: dict[str, Any] = {"messages": history, "conversation": identifier}
    for key in ("Topic", "Data", "Split"):
        if isinstance(record.get(key), str):
            inputs[key.lower()] = record[key]
    known: dict[str, Any] = {}
    if isinstance(solution := record.get("Ground_Truth_Solution"), str) and solution.strip():
        known["text"] = solution
    for tutor, answer in cast("dict[str, Any]", answers).items():
        said: Any = cast("dict[str, Any]", answer).get("response") if isinstance(answer, dict) else answer
        if not isinstance(said, str):
            raise FormatError(f"the answer of {tutor!r} has no `response`")
        labels = _labels(cast("dict[str, Any]", answer) if isinstance(answer, dict) else {}, tutor)
        yield Example(
            f"{identifier}/{tutor}",
            inputs,
            {**known, **({"labels": labels} if labels else {}), "tutor": tutor},
            outputs={"messages": [{"role": "assistant", "content": said}]},
        )


def _labels(answer: Mapping[str, Any], tutor: str) -> dict[str, str]:
    """People's labels by dimension; a file without them (a test part) gives none."""
    annotation = answer.get("annotation")
    if annotation is None:
        return {}
    if not isinstance(annotation, dict):
        raise FormatError(f"the `annotation` of {tutor!r} is not an object")
    found: dict[str, str] = {}
    for name, label in cast("dict[str, Any]", annotation).items():
        if label is None:
            continue
        if not isinstance(label, str | int | float):
            raise FormatError(f"the label {name!r} of {tutor!r} is no text")
        found[column_key(name)] = " ".join(str(label).split())
    return found
