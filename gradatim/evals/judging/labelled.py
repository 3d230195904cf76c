"""Replies of tutors with people's labels: the packaged set, one's own, or any traces and examples with labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gradatim.errors import InputError
from gradatim.evals.judging.exchange import Exchange, exchange_of
from gradatim.evals.scorers.tutoring.reading import DIMENSIONS, Dimension, Label, dialogue_of, labels_in
from gradatim.evals.scorers.tutoring.reading.truth import truth_of

_FOLDER = Path(__file__).parent / "labelled"
_LARGEST = 20_000_000
_SHORT: Mapping[str, Label] = {"Y": "Yes", "S": "To some extent", "N": "No"}
_Labels = Annotated[str, Field(pattern=r"^[YSN-](?: [YSN-]){7}$")]
"""One sign for each dimension, in their order; `-` where nothing was labelled."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A reply with its labels.

    Attributes:
        inputs, outputs, reference: As scorers take them.
        exchange: As a judge sees it.
        labels: By dimension.
        second: Of a second labelling of the same reply, where there was one.
    """

    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    reference: Mapping[str, Any]
    exchange: Exchange
    labels: Mapping[Dimension, Label]
    second: Mapping[Dimension, Label] = field(default_factory=dict["Dimension", "Label"])
    language: str = "en"


class Parts(Protocol):
    """A trace, an example of a data set: whatever has these."""

    @property
    def id(self) -> str: ...
    @property
    def inputs(self) -> Mapping[str, Any]: ...
    @property
    def outputs(self) -> Mapping[str, Any]: ...
    @property
    def reference(self) -> Mapping[str, Any]: ...


def labelled_of(items: Iterable[Parts]) -> Iterator[Labelled]:
    """The labelled replies among traces or examples: those with `reference.labels` and something said by a tutor.

    The last turn of the tutor is what the labels are about. `reference.text`, a worked solution, is shown to a judge.
    """
    for item in items:
        labels = labels_in(item.reference)
        dialogue = dialogue_of(item.inputs, item.outputs)
        if not labels or isinstance(dialogue, str):
            continue
        truth = truth_of(item.inputs, item.outputs, item.reference)
        exchange = exchange_of(dialogue, dialogue.tutor[-1], truth)
        language = item.reference.get("language", "en")
        yield Labelled(
            item.id,
            item.inputs,
            item.outputs,
            item.reference,
            exchange,
            labels,
            language=language if isinstance(language, str) else "en",
        )


def packaged_labelled(language: str | None = None) -> tuple[Labelled, ...]:
    """The packaged set, English and Chinese: written and labelled by one author (see docs/judging.md).

    Args:
        language: Only replies of this language.
    """
    second = yaml.safe_load((_FOLDER / "second.yaml").read_text(encoding="utf-8"))
    found: list[Labelled] = []
    for path in sorted(_FOLDER.glob("??.yaml")):
        if language is None or path.stem == language:
            found += read_labelled(path, second=second)
    return tuple(found)


def read_labelled(path: Path, *, second: Mapping[str, str] | None = None) -> tuple[Labelled, ...]:
    """Labelled replies of a file in the form of the packaged ones.

    Args:
        second: Labels of a second labelling, by id.

    Raises:
        InputError: It cannot be read, or something in it is wrong; says where.
    """
    remedy = "write it like gradatim/evals/judging/labelled/en.yaml"
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"is larger than {_LARGEST:,} bytes", place=str(path), remedy=remedy)
        content: Any = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        what = " ".join(str(error).split())
        raise InputError(f"cannot be read: {what}", place=str(path), remedy=remedy) from error
    try:
        read = _File.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"{place}: {first['msg']}", place=str(path), remedy=remedy) from error
    found = list(labelled_of(_replies(read, second or {})))
    if len({item.id for item in found}) < len(found):
        raise InputError("two scenes have the same id", place=str(path), remedy="name each scene once")
    return tuple(_with_second(item, second or {}) for item in found)


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    content: str


class _Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reply: Annotated[str, Field(min_length=1)]
    labels: _Labels


class _Scene(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    task: dict[str, Any] = Field(default_factory=dict[str, Any])
    program: str = ""
    lines: tuple[int, ...] = ()
    answer: str | None = None
    """The final answer, of a question without a program."""
    known: str = ""
    """What is wrong, in a sentence for the judge."""
    said: tuple[_Said, ...]
    replies: tuple[_Reply, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    language: str
    scenes: tuple[_Scene, ...]


@dataclass(frozen=True, slots=True)
class _Item:
    id: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    reference: Mapping[str, Any]


def _replies(read: _File, second: Mapping[str, str]) -> Iterator[_Item]:
    for scene in read.scenes:
        inputs: dict[str, Any] = {"task": scene.task, "messages": [item.model_dump() for item in scene.said]}
        if scene.program:
            inputs["submission"] = {"code": scene.program}
        for number, reply in enumerate(scene.replies, 1):
            reference: dict[str, Any] = {
                "verdict": "incorrect",
                "lines": list(scene.lines),
                "known": scene.known,
                "language": read.language,
                "labels": dict(_spelt(reply.labels.split())),
            }
            if scene.answer is not None:
                reference["answer"] = scene.answer
            outputs = {"messages": [{"role": "assistant", "content": reply.reply}]}
            yield _Item(f"{scene.id}/{number}", inputs, outputs, reference)


def _spelt(signs: Sequence[str]) -> Iterator[tuple[Dimension, Label]]:
    for dimension, sign in zip(DIMENSIONS, signs, strict=True):
        if sign in _SHORT:
            yield dimension, _SHORT[sign]


def _with_second(item: Labelled, second: Mapping[str, str]) -> Labelled:
    if item.id not in second:
        return item
    labels = dict(_spelt(second[item.id].split()))
    return Labelled(
        item.id, item.inputs, item.outputs, item.reference, item.exchange, item.labels, labels, item.language
    )
