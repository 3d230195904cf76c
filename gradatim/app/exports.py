"""Reviewers' decisions as training data: JSON lines for TRL, for KTO, and for fitting thresholds.

No row names a learner or a reviewer. Students' programs stand in the prompts, for without them the answers mean
nothing; a learner's id that stands in a text is replaced. A student's own words in a comment stay: read before giving
such a file away.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gradatim.agents.calibration import example_of
from gradatim.domain import DecisionKind, Probability, stable_id
from gradatim.errors import InputError, StorageError
from gradatim.memory.storage.decisions import DecisionRecord, Message

ExportFormat = Literal["trl", "kto", "thresholds"]
FORMATS: tuple[ExportFormat, ...] = ("trl", "kto", "thresholds")
PSEUDONYM = "learner"
"""Stands where a learner's id stood in a text."""

Messages = Annotated[tuple[Message, ...], Field(min_length=1)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PreferencePair(_Row):
    """TRL's conversational preference format."""

    prompt: Messages
    chosen: Messages
    rejected: Messages

    @model_validator(mode="after")
    def _differ(self) -> PreferencePair:
        if self.chosen == self.rejected:
            raise ValueError("chosen and rejected are the same")
        return self


class LabelledAnswer(_Row):
    """TRL's conversational unpaired preference format, as KTO takes it."""

    prompt: Messages
    completion: Messages
    label: bool


class ThresholdCase(_Row):
    """What a calibration is fitted on, and what the decision was."""

    id: str
    """Follows from the decision, and leads to nobody."""
    task: str
    kind: DecisionKind
    by_model: bool
    value: Probability
    changed: Probability | None
    features: dict[str, Probability | None]
    right: bool


_MODELS: dict[ExportFormat, type[_Row]] = {"trl": PreferencePair, "kto": LabelledAnswer, "thresholds": ThresholdCase}


@dataclass(frozen=True, slots=True)
class Export:
    """Rows of one format.

    Attributes:
        left_out: Reason → how many decisions say nothing in this format, or may not be used.
        owners: Whose each row is, so that it can be taken out when they are forgotten; never written into the file.
    """

    format: ExportFormat
    rows: tuple[dict[str, Any], ...]
    left_out: dict[str, int]
    owners: tuple[str | None, ...] = ()

    def lines(self) -> str:
        """The rows as JSON lines, read back and compared.

        Raises:
            StorageError: A row did not come back as it was.
        """
        text = "".join(f"{json.dumps(row, ensure_ascii=False, allow_nan=False)}\n" for row in self.rows)
        if read_rows(text, self.format) != self.rows:
            raise StorageError("a row does not come back as it was written", place=f"export {self.format}")
        return text


NO_CONSENT = "the learner has not consented to improvement"
"""Why a decision is left out whatever it says."""


def export(
    records: Iterable[DecisionRecord],
    format: ExportFormat,
    *,
    everybody: bool = False,
    consenting: Container[str] | None = None,
) -> Export:
    """The decisions in one format.

    Args:
        everybody: Also decisions on text that was made from evidence alone, which no model wrote.
        consenting: Learners who consent to improvement; decisions about others are left out, those that name no
            learner stay. All may be used when not given.
    """
    rows: list[dict[str, Any]] = []
    owners: list[str | None] = []
    left_out: dict[str, int] = {}
    for record in records:
        reason = NO_CONSENT if not may_be_learnt_from(record, consenting) else _unfit(record, format, everybody)
        if reason is not None:
            left_out[reason] = left_out.get(reason, 0) + 1
        else:
            rows.append(_row(record, format).model_dump(mode="json"))
            owners.append(record.learner_id)
    return Export(format, tuple(rows), left_out, tuple(owners))


def may_be_learnt_from(record: DecisionRecord, consenting: Container[str] | None) -> bool:
    """Whether a decision may serve improvement."""
    return consenting is None or record.learner_id is None or record.learner_id in consenting


def read_rows(text: str, format: ExportFormat) -> tuple[dict[str, Any], ...]:
    """The rows of an exported text, each checked against its format.

    Raises:
        InputError: A line has another form; names it.
    """
    found: list[dict[str, Any]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line:
            continue
        try:
            row = _MODELS[format].model_validate(json.loads(line)).model_dump(mode="json")
            if format == "thresholds":
                example_of(row)
        except (ValueError, ValidationError) as error:
            raise InputError(f"is no row of the format {format}: {error}", place=f"line {number}") from error
        found.append(row)
    return tuple(found)


def write_export(exported: Export, path: Path) -> None:
    """Write the rows; the file is whole and read back, or as it was.

    Raises:
        StorageError: It cannot be written, or did not come back as it was.
    """
    text = exported.lines()
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # readable by its owner alone
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        if read_rows(Path(name).read_text(encoding="utf-8"), exported.format) != exported.rows:
            raise StorageError("what was written does not come back as it was", place=str(path))
        os.replace(name, path)
    except OSError as error:
        raise StorageError(
            f"cannot be written: {error.strerror}", place=str(path), remedy="check folder, permissions and space"
        ) from error


def _unfit(record: DecisionRecord, format: ExportFormat, everybody: bool) -> str | None:
    """Why a decision says nothing in a format."""
    if format == "thresholds":
        return "answered with other words, which says nothing about the feedback" if record.right is None else None
    if not record.prompt:
        return "the prompt was not kept"
    if not everybody and not record.author.startswith("model:"):
        return "made from evidence alone, not by a model"
    if format == "trl":
        if record.chosen is None:
            return "not an edit"
        return "nothing was changed" if record.chosen == record.draft else None
    return None if record.kind in ("approve", "reject") else "neither approved nor rejected"


def _row(record: DecisionRecord, format: ExportFormat) -> _Row:
    if format == "thresholds":
        return ThresholdCase(
            id=stable_id("decision", record.id, record.at),
            task=record.task_id,
            kind=record.kind,
            by_model=record.author.startswith("model:"),
            value=record.value,
            changed=record.changed,
            features=record.features,
            right=bool(record.right),
        )
    clean = _Cleaner((record.learner_id, record.reviewer))
    prompt = tuple(Message(role=item.role, content=clean(item.content)) for item in record.prompt)
    if format == "trl":
        return PreferencePair(prompt=prompt, chosen=clean.said(record.chosen or ""), rejected=clean.said(record.draft))
    return LabelledAnswer(prompt=prompt, completion=clean.said(record.shown), label=record.kind == "approve")


class _Cleaner:
    """Takes names of people out of texts."""

    def __init__(self, names: Sequence[str | None]) -> None:
        known = [re.escape(name) for name in names if name and len(name) > 1]
        self._names = re.compile(rf"(?<!\w)(?:{'|'.join(known)})(?!\w)") if known else None

    def __call__(self, text: str) -> str:
        whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair cannot be written
        return self._names.sub(PSEUDONYM, whole) if self._names else whole

    def said(self, text: str) -> tuple[Message, ...]:
        return (Message(role="assistant", content=self(text)),)
