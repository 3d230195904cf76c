"""The passages that an assessment can cite."""

from __future__ import annotations

import asyncio
from pathlib import Path

from gradatim.kg.passages.chroma import ChromaPassages
from gradatim.kg.passages.index import PassageIndex, curriculum_passages
from gradatim.kg.store import ConceptStore
from gradatim.serving.embeddings import default_embedder


async def open_passages(store: ConceptStore, folder: Path) -> PassageIndex:
    """What the curriculum itself says, and the course documents that were indexed (`gradatim kg index`).

    Args:
        store: Whose curriculum.
        folder: Chroma folder of the documents; need not exist.

    Raises:
        StorageError: The folder cannot be used.
    """
    graph = await store.snapshot()
    documents = ChromaPassages(folder, default_embedder)
    try:
        indexed = await asyncio.to_thread(documents.load)
    finally:
        await asyncio.to_thread(documents.close)
    return PassageIndex([*curriculum_passages(graph), *indexed])
