"""The passages that an assessment can cite."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from gradatim.errors import GradatimError
from gradatim.kg.passages.chroma import ChromaPassages
from gradatim.kg.passages.index import Passage, PassageIndex, curriculum_passages
from gradatim.kg.schema import ConceptGraph
from gradatim.serving.embeddings import default_embedder

_log = logging.getLogger(__name__)


async def open_passages(graph: ConceptGraph, folder: Path) -> PassageIndex:
    """What the curriculum itself says, and the course documents that were indexed (`gradatim kg index`).

    A folder of documents that cannot be used keeps no assessment from running: it is left out with a warning.

    Args:
        graph: Whose curriculum.
        folder: Chroma folder of the documents; need not exist.
    """
    documents = ChromaPassages(folder, default_embedder)
    indexed: list[Passage] = []
    try:
        indexed = await asyncio.to_thread(documents.load)
    except GradatimError as error:
        _log.warning("assessments go without the indexed course documents: %s", error)
    finally:
        await asyncio.to_thread(documents.close)
    return PassageIndex([*curriculum_passages(graph), *indexed])
