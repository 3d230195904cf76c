"""Reading files of dialogues, whichever of the published formats they are in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, cast

from gradatim.errors import InputError
from gradatim.evals.datasets.dialogues import comta, mathdial, mrbench, openai
from gradatim.evals.datasets.dialogues.turns import FormatError
from gradatim.evals.datasets.example import Example
from gradatim.memory.collection.json_stream import json_elements

REMEDY = (
    "give MRBench or BEA 2025 (`conversation_history`, `tutor_responses`), MathDial (`conversation`), CoMTA (`data`) "
    "or OpenAI messages (`messages`)"
)


class Format(Protocol):
    """Examples of one record.

    Raises:
        FormatError: The record is not of this format; the text says why.
    """

    def __call__(self, record: Mapping[str, Any], number: int) -> Iterator[Example]: ...


_FORMATS: Mapping[str, tuple[tuple[str, ...], Format]] = {
    "mrbench": (("tutor_responses", "anno_llm_responses"), mrbench.examples),
    "openai": (("messages",), openai.examples),
    "mathdial": (("conversation",), mathdial.examples),
    "comta": (("data",), comta.examples),
}
"""Name → keys by which a record is known, and what reads it."""


def load_dialogues(path: Path, *, format: str | None = None) -> Iterator[Example]:
    """Dialogues of a JSON array or of JSON Lines, one record in memory at a time.

    MRBench and BEA 2025 give an example for each tutor's answer to a dialogue so far: the dialogue in
    `inputs.messages`, the answer in `outputs.messages`, people's labels in `reference.labels`. The others give an
    example for each whole dialogue in `outputs.messages`.

    Args:
        path: The file.
        format: `mrbench`, `openai`, `mathdial` or `comta`; each record's keys tell when not given.

    Raises:
        InputError: A record is not of a known format; names it.
    """
    if format is not None and format not in _FORMATS:
        remedy = f"formats: {', '.join(_FORMATS)}"
        raise InputError(f"there is no format {format!r}", place="data set dialogues", remedy=remedy)
    seen: dict[str, int] = {}
    for element in json_elements(Path(path)):
        place = f"{path}:{element.number}"
        if element.problem is not None:
            raise InputError(element.problem, place=place, remedy="correct or remove the record")
        value: Any = element.value
        if not isinstance(value, dict):
            raise InputError("is not an object", place=place, remedy=REMEDY)
        record = cast("dict[str, Any]", value)
        chosen = format or _known(record)
        if chosen is None:
            raise InputError("is no dialogue of a known format", place=place, remedy=REMEDY)
        try:
            for example in _FORMATS[chosen][1](record, element.number):
                # Published files give some conversations twice; each keeps an id of its own.
                times = seen[example.id] = seen.get(example.id, 0) + 1
                yield example if times == 1 else replace(example, id=f"{example.id}#{times}")
        except FormatError as error:
            raise InputError(f"{error} (read as {chosen})", place=place, remedy=REMEDY) from error
    if not seen:
        raise InputError("holds no dialogues", place=str(path), remedy=REMEDY)


def _known(record: Mapping[str, Any]) -> str | None:
    """The format that a record's keys speak for."""
    return next((name for name, (keys, _) in _FORMATS.items() if any(key in record for key in keys)), None)
