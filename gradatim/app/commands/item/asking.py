"""What the commands about items have in common."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from gradatim.app.console import printable
from gradatim.domain import LearnerEvent
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.consent import agreement
from gradatim.settings import Settings
from gradatim.tools.items import Item
from gradatim.tools.items.bank import Bank, bank_path

KINDS = ("write", "fix", "predict", "parsons", "choice")
"""As in `gradatim.tools.items`, repeated so that help needs no import of it."""
LANGUAGES = ("en", "zh")


def bank_of(settings: Settings) -> Bank:
    """The bank of these settings."""
    return Bank(bank_path(settings.data_dir))


def now() -> str:
    return datetime.now(UTC).isoformat()


def described(item: Item) -> str:
    """`d = 0.42 ± 0.61 (features)`."""
    held = item.difficulty
    error = "" if held.error is None else f" ± {held.error:.2f}"
    source = f"{held.answers} answers" if held.source == "calibrated" else "estimated from features"
    return f"d = {held.value:+.2f}{error} ({source})"


def question(item: Item) -> str:
    """What a learner reads, for a terminal."""
    from gradatim.tools.items.scoring import shown_blocks

    parts = [printable(item.title), printable(item.prompt, lines=True)]
    if item.program is not None:
        parts.append(_numbered(item.program))
    if item.options:
        parts.append("\n".join(f"  {n}) {printable(option.text)}" for n, option in enumerate(item.options, start=1)))
    if item.blocks:
        rows: list[str] = []
        for number, block in enumerate(shown_blocks(item), start=1):
            first, *rest = block.text.splitlines()
            rows += [f"  {number:>2}) {printable(first)}", *(f"      {printable(line)}" for line in rest)]
        parts.append("\n".join(rows))
    return "\n\n".join(parts)


def _numbered(code: str) -> str:
    return "\n".join(f"  {number:>3}  {printable(line)}" for number, line in enumerate(code.splitlines(), start=1))


async def research_events(memory: LearnerMemory, settings: Settings) -> list[LearnerEvent]:
    """Events of the learners who agree that their answers enter models of many learners."""
    agreed = await agreement(memory, "research", settings.assumed_consent)
    found: list[LearnerEvent] = []
    for learner in await memory.learners():
        if learner.learner_id in agreed:
            found += await memory.events(learner.learner_id, kind="assessment")
    return found


def read_text(path: Path, limit: int) -> str:
    """A file's text.

    Raises:
        InputError: It cannot be read, is too large, or is not UTF-8.
    """
    from gradatim.errors import InputError

    try:
        with path.open("rb") as source:
            data = source.read(limit + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy="name a readable file") from error
    if len(data) > limit:
        raise InputError(f"is larger than {limit:,} bytes", place=str(path), remedy="give a smaller file")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            f"is not UTF-8 (byte {error.start})", place=str(path), remedy="save the file as UTF-8 text"
        ) from error
