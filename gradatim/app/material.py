"""What is kept about a learner, gathered before it is deleted: to be exported, counted, and recognised afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from gradatim.app.records import open_records
from gradatim.domain import LearnerEvent
from gradatim.memory import LearnerMemory
from gradatim.memory.rights.needles import MOST, needles, texts_of
from gradatim.memory.storage.decisions import DecisionRecord
from gradatim.memory.storage.opening import anything_stored, open_decisions
from gradatim.settings import Settings

_READ = 2_000
"""Events whose texts are read at most, the newest: enough to recognise what is left."""
_SAID = ("feedback", "text", "message")
"""Parts of a record in which something was said to the learner. What tests and tasks say, others hear as well."""


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that is kept about a learner outside recall and written files.

    Attributes:
        events: Newest first.
        records: Kept assessments, reviews and generated texts: `kind`, `id`, `content`.
        unfinished: Runs that wait or were cut off, with their state.
    """

    events: tuple[LearnerEvent, ...]
    records: tuple[dict[str, Any], ...]
    unfinished: dict[str, dict[str, Any]]
    decisions: tuple[DecisionRecord, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is kept."""
        return not (self.events or self.records or self.unfinished or self.decisions)

    def needles(self) -> tuple[bytes, ...]:
        """Pieces by which what is left would be recognised: of the learner's own texts, and of those about them."""
        own = needles(self._own(), most=MOST // 2)
        about = needles(self._about(), self._ids(), most=MOST - len(own))
        return tuple(dict.fromkeys((*own, *about)))

    def texts(self) -> list[str]:
        """All texts by the learner and about their work."""
        return list(dict.fromkeys((*self._own(), *self._about())))

    def _own(self) -> Iterator[str]:
        """What the learner wrote."""
        for event in self.events[:_READ]:
            for key in ("code", "text", "answers"):
                yield from texts_of(event.payload.get(key))
        for content in self._contents():
            submission = content.get("submission")
            if isinstance(submission, dict):
                yield from texts_of(cast("dict[str, Any]", submission).get("code"))

    def _about(self) -> Iterator[str]:
        """What was written about the learner's work."""
        for content in self._contents():
            yield from texts_of({key: content.get(key) for key in _SAID})
        for decision in self.decisions:
            yield from (decision.draft, decision.shown, decision.chosen or "")
        for event in self.events[:_READ]:
            yield from texts_of({key: value for key, value in event.payload.items() if key not in ("code", "text")})

    def _ids(self) -> Iterator[str]:
        yield from (record["id"] for record in self.records)
        yield from self.unfinished
        yield from (event.id for event in self.events[:_READ])

    def _contents(self) -> Iterator[dict[str, Any]]:
        for record in self.records:
            yield record["content"]
        yield from self.unfinished.values()


async def material_of(settings: Settings, memory: LearnerMemory, learner_id: str) -> Material:
    """What is kept about a learner.

    Raises:
        StorageError: A store cannot be read.
    """
    async with open_records(settings) as records:
        kept = await records.of(learner_id) if records else []
        unfinished = await records.unfinished(learner_id) if records else {}
    return Material(await memory.events(learner_id), tuple(kept), unfinished, await decisions_of(settings, learner_id))


async def decisions_of(settings: Settings, learner_id: str | None = None) -> tuple[DecisionRecord, ...]:
    """Decisions about a learner's feedback, or all; none, and no file made, where nothing was ever remembered."""
    if not anything_stored(settings):
        return ()
    store = open_decisions(settings)
    try:
        return await store.decisions(learner_id)
    finally:
        await store.aclose()


def pieces_of(texts: Sequence[str], most: int = 400) -> list[str]:
    """Lines by which a model's answer about the learner's work would be recognised, longest first."""
    lines = {line.strip() for text in texts for line in text.splitlines()}
    return sorted((line for line in lines if len(line) >= 24), key=len, reverse=True)[:most]
