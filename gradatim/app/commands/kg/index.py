"""`gradatim kg index`: course documents whose passages assessments can cite."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from gradatim.app.console import emit, out, plural, printable, progress, say
from gradatim.app.options import curriculum_option, data_dir_option, json_option
from gradatim.errors import InputError
from gradatim.kg import open_graph
from gradatim.kg.construction.documents import CourseDocument, read_documents
from gradatim.kg.lexicon import Lexicon
from gradatim.kg.passages.chroma import ChromaPassages
from gradatim.kg.passages.cutting import cut
from gradatim.kg.passages.index import Passage
from gradatim.kg.schema import ConceptGraph
from gradatim.serving.embeddings import default_embedder
from gradatim.settings import Settings, load_settings


@click.command()
@click.argument("docs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--search", "query", metavar="TEXT", help="Show the passages that are closest in meaning to TEXT instead."
)
@click.option(
    "--limit", type=click.IntRange(1, 100), default=5, show_default=True, help="Passages that --search shows."
)
@curriculum_option
@data_dir_option
@json_option
def index(
    docs: tuple[Path, ...],
    query: str | None,
    limit: int,
    curriculum: Path | None,
    data_dir: Path | None,
    as_json: bool,
) -> None:
    """Index DOCS, so that feedback can rest on what the course says.

    Each document is cut into passages, which are filed under the concepts they name and kept in Chroma, in the data
    folder. A document that was indexed before is brought up to date.

    Exit codes: 0 indexed; 1 indexed, but documents were left out; 2 nothing could be read; 3 storage does not work.
    """
    settings = load_settings(curriculum=curriculum, data_dir=data_dir)
    folder = ChromaPassages(settings.passages_path, default_embedder)
    try:
        if query is not None:
            _search(folder, query, limit, as_json)
            return
        left_out = _index(folder, docs, settings, as_json)
    finally:
        folder.close()
    if left_out:
        click.get_current_context().exit(1)


def _index(folder: ChromaPassages, docs: tuple[Path, ...], settings: Settings, as_json: bool) -> int:
    if not docs:
        raise InputError("there is nothing to index", place="gradatim kg index", remedy="name files or folders")
    lexicon = Lexicon(_graph(settings).concepts)
    passages: list[Passage] = []
    documents: list[CourseDocument] = []
    skipped: list[dict[str, Any]] = []
    with progress() as shown:
        bar = None if shown is None else shown.add_task("reading", total=None)
        for item in read_documents(docs):
            if isinstance(item, CourseDocument):
                documents.append(item)
                passages += cut(item, lexicon)
            else:
                skipped.append({"name": item.name, "reason": item.reason})
                say(f"left out {printable(item.name)}: {printable(item.reason)}")
            if shown is not None and bar is not None:
                shown.update(bar, advance=1, description=printable(item.name)[:40].ljust(40))

        def embedded(done: int, total: int) -> None:
            if shown is not None and bar is not None:
                shown.update(bar, completed=done, total=total, description="embedding".ljust(40))

        if not documents:
            raise InputError(
                "no document could be read", place=", ".join(map(str, docs)), remedy="see the reasons above"
            )
        sources = [f"passages/{document.name}" for document in documents]
        added = folder.replace(passages, sources=sources, on_progress=embedded)
    if as_json:
        emit({"documents": len(documents), "passages": len(passages), "added": added, "skipped": skipped})
    else:
        out(f"{plural(len(documents), 'document')}: {plural(len(passages), 'passage')}, {added:,} of them new")
    return len(skipped)


def _graph(settings: Settings) -> ConceptGraph:
    async def snapshot() -> ConceptGraph:
        store = open_graph(settings)
        try:
            return await store.snapshot()
        finally:
            await store.aclose()

    return asyncio.run(snapshot())


def _search(folder: ChromaPassages, query: str, limit: int, as_json: bool) -> None:
    found = folder.search(query, limit)
    if as_json:
        emit(
            [
                {
                    "similarity": round(similarity, 4),
                    "place": item.place,
                    "heading": item.heading,
                    "concepts": list(item.concepts),
                    "text": item.text,
                }
                for item, similarity in found
            ]
        )
        return
    for item, similarity in found:
        out(f"{similarity:.2f}  {printable(item.place)}  {printable(item.heading)}")
        out(f"      about {', '.join(item.concepts)}")
        out("      " + printable(" ".join(item.text.split()))[:300])
    if not found:
        say("no passages are indexed; `gradatim kg index DOCS` adds some")
