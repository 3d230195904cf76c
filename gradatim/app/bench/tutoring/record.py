"""What is kept of a dialogue, and the file that it is kept in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

import gradatim
from gradatim.app.console import json_line
from gradatim.domain import Noun
from gradatim.errors import StorageError

ArmName = Literal["silent", "telling", "none", "tutor", "plain"]
"""`none`: the graph without a model; `tutor`: with one; `plain`: the model alone."""


class TurnRecord(Noun):
    """One turn: what the tutor said, and what came of it."""

    program: str
    """The learner's program when the tutor spoke."""
    text: str
    message: str
    """What the learner answered."""
    code: str | None
    act: str
    passed: bool | None
    how: str | None
    line: int | None
    right: bool | None
    names_fault: bool
    """Whether the text names a line of the fault."""
    questions: int
    words: int
    words_back: int
    """Words of the learner's message."""
    leak: str | None
    """Code of the solution that the text shows."""
    refuted: tuple[str, ...]
    """Sentences with a refuted claim."""


class DialogueRecord(Noun):
    """One dialogue of one learner with one tutor."""

    arm: ArmName
    model: str
    learner: str
    task: str
    misconception: str
    kind: str
    language: str
    seed: int
    reveals: bool
    """Whether the task allows its solution to be shown."""
    opening: str
    turns: tuple[TurnRecord, ...]
    how: str | None
    """How a passing program came about; `None` where none did."""
    seconds: float
    """Of the tutor: from the message to the text, all turns together."""


class Kept:
    """Dialogues in a file, one a line, so that an interrupted run goes on where it was.

    A record counts only for the code that it was made with: the file's name holds a digest of it.

    Args:
        folder: Where the files lie; made if need be.
        arm: Whose dialogues.
        model: Name of the model.
    """

    def __init__(self, folder: Path, arm: ArmName, model: str) -> None:
        self.path = folder / f"{arm}-{_digest(arm, model)}.jsonl"
        self._known = {item.learner: item for item in _read(self.path)}

    def get(self, learner: str) -> DialogueRecord | None:
        """The dialogue of a learner, if it was led already."""
        return self._known.get(learner)

    def add(self, record: DialogueRecord) -> None:
        """Keep a dialogue.

        Raises:
            StorageError: It cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json_line(record.plain()) + "\n")
        except OSError as error:
            remedy = "name another folder by --data-dir"
            raise StorageError(f"cannot be written: {error.strerror}", place=str(self.path), remedy=remedy) from error
        self._known[record.learner] = record


def _read(path: Path) -> Iterable[DialogueRecord]:
    """Whole records of a file; the last line may have been cut off by a kill."""
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield DialogueRecord.model_validate(json.loads(line))
        except (json.JSONDecodeError, ValidationError):
            continue  # led again


def _digest(arm: ArmName, model: str) -> str:
    """A digest of all that a dialogue depends on: the learners, the tutor, and what they are judged by."""
    package = Path(gradatim.__file__).parent
    rooms = ["testing/learners", "app/bench/tutoring", "tools/claims"]
    if arm in ("none", "tutor"):
        rooms += ["agents", "graphs/tutoring", "languages", "kg/curricula", "tools"]
    known = hashlib.sha256(model.encode())
    for room in rooms:
        for path in sorted((package / room).rglob("*")):
            if path.suffix in (".py", ".yaml", ".md", ".txt", ".json"):
                known.update(path.name.encode() + path.read_bytes())
    return known.hexdigest()[:12]
