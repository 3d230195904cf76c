"""The shared learner memory: events in; profile, mastery and recollections out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradatim.memory.embedded import EmbeddedMemory
from gradatim.memory.inputs import MAX_ID_LENGTH, checked_id
from gradatim.memory.profile import ATTRIBUTES, Attribute
from gradatim.memory.protocol import (
    LearnerFeatures,
    LearnerMemory,
    LearnerSummary,
    RecollectionKind,
    SimilarLearner,
)
from gradatim.memory.recall import ChromaRecall, open_recall
from gradatim.memory.storage.encryption import open_cipher
from gradatim.memory.storage.opening import open_log
from gradatim.memory.storage.sqlite import SQLiteEventLog
from gradatim.memory.tracing import BKTParameters, ConceptParameters, ParameterSource
from gradatim.memory.tracing.source import parameters_of

if TYPE_CHECKING:
    from gradatim.serving.embeddings import Embedder
    from gradatim.settings import Settings

__all__ = [
    "ATTRIBUTES",
    "MAX_ID_LENGTH",
    "Attribute",
    "BKTParameters",
    "ChromaRecall",
    "ConceptParameters",
    "EmbeddedMemory",
    "LearnerFeatures",
    "LearnerMemory",
    "LearnerSummary",
    "ParameterSource",
    "RecollectionKind",
    "SQLiteEventLog",
    "SimilarLearner",
    "checked_id",
    "open_memory",
    "parameters_of",
]


def open_memory(
    settings: Settings, embedder: Embedder | None = None, *, parameters: ParameterSource | None = None
) -> LearnerMemory:
    """The learner memory of these settings: in their data folder, or in the database that they name.

    Nothing is read or written yet: `async with` opens the event log, and recall opens with its first use.

    Args:
        settings: Where the data folder or the database is, and the key where it is encrypted.
        embedder: Turns texts into vectors for recall; the packaged one when not given, loaded when first needed.
        parameters: Of knowledge tracing; those of the settings when not given.
    """

    def make_embedder() -> Embedder:
        if embedder is not None:
            return embedder
        from gradatim.serving.embeddings import default_embedder

        return default_embedder()

    return EmbeddedMemory(
        open_log(settings, parameters=parameters or parameters_of(settings)),
        open_recall(settings, make_embedder, open_cipher(settings)),
    )
