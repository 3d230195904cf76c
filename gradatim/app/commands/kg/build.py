"""`gradatim kg build`: a concept graph from course documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click

from gradatim.app.console import emit, out, plural, printable, progress, say
from gradatim.app.options import cache_dir_option, json_option
from gradatim.errors import InputError
from gradatim.kg.construction.pipeline import OnProgress, Pipeline, default_pipeline
from gradatim.kg.graphfile import GraphFile
from gradatim.settings import Settings, load_settings

_SKIPPED_SHOWN = 20


@click.command()
@click.argument("docs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    "target",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write the graph to.",
)
@click.option("--name", metavar="NAME", help="Name of the graph; the name of the file when not given.")
@click.option(
    "--model",
    metavar="MODEL",
    help="Also let a language model read the passages: a catalogue name, a GGUF file or an address. What it says "
    "counts only with a quotation that stands in the text. Slow on a CPU.",
)
@click.option("--fresh", is_flag=True, help="Analyse every document anew, also those that have not changed.")
@cache_dir_option
@json_option
def build(
    docs: tuple[Path, ...],
    target: Path,
    name: str | None,
    model: str | None,
    fresh: bool,
    cache_dir: Path | None,
    as_json: bool,
) -> None:
    """Build a concept graph from DOCS: Markdown, HTML, reStructuredText, PDF, notebooks, plain text, and folders.

    Each concept and relation comes with its confidence and the sentence it rests on; `gradatim kg validate` lets
    people check what is doubtful, and what they decided holds when the graph is built again. Documents that cannot be
    read are left out, with the reason. A build that was cut off goes on where it was; unchanged documents are not
    read again.

    Exit codes: 0 built; 1 built, but documents were left out; 2 nothing could be built from this; 3 something it needs
    does not work here.
    """
    settings = load_settings(cache_dir=cache_dir)
    if not target.parent.is_dir():
        raise InputError("there is no such folder", place=str(target.parent), remedy="make it, or name another file")
    kept = settings.cache_dir / "construction"
    with _progress() as on_progress:
        pipeline = _pipeline(target, settings, model)
        graph = pipeline.build(
            docs,
            name=name or target.stem,
            keep=None if fresh else kept,
            on_progress=on_progress,
        )
    graph = _decided(graph, target)
    graph.write(target)
    _report(graph, target, as_json)
    if graph.skipped:
        click.get_current_context().exit(1)


def _pipeline(target: Path, settings: Settings, model: str | None) -> Pipeline:
    from gradatim.kg.construction.settling import Thresholds
    from gradatim.kg.decisions import decided, retrained

    thresholds = retrained(Thresholds(), decided(target))
    if model is None:
        return default_pipeline(thresholds=thresholds)
    from gradatim.kg.construction.advice import ModelAdviser
    from gradatim.serving import open_chat_model

    chat = open_chat_model(model, settings)
    return default_pipeline(thresholds=thresholds, advisers=[ModelAdviser(chat)])


def _decided(graph: GraphFile, target: Path) -> GraphFile:
    from gradatim.kg.decisions import applied, decided

    result = applied(graph, decided(target))
    for note in result.notes:
        say(printable(note.text))
    return result.graph


@contextmanager
def _progress() -> Generator[OnProgress]:
    with progress() as shown:
        if shown is None:
            yield lambda what, done, total: None
            return
        bar = shown.add_task("reading", total=None)

        def draw(what: str, done: int, total: int) -> None:
            shown.update(bar, completed=done, total=total, description=printable(what)[:40].ljust(40))

        yield draw


def _report(graph: GraphFile, target: Path, as_json: bool) -> None:
    kinds = Counter(edge.type for edge in graph.edges)
    doubtful = len(graph.doubtful.concepts) + len(graph.doubtful.edges)
    if as_json:
        emit(
            {
                "out": str(target),
                "name": graph.name,
                "documents": len(graph.documents),
                "skipped": [item.model_dump() for item in graph.skipped],
                "concepts": len(graph.concepts),
                "edges": len(graph.edges),
                **{f"{kind}_edges": kinds[kind] for kind in ("prerequisite", "similarity", "hierarchical")},
                "doubtful": doubtful,
            }
        )
        return
    for item in graph.skipped[:_SKIPPED_SHOWN]:
        say(f"left out {printable(item.name)}: {printable(item.reason)}")
    if len(graph.skipped) > _SKIPPED_SHOWN:
        say(f"and {len(graph.skipped) - _SKIPPED_SHOWN} more, see the file")
    counts = ", ".join(f"{kinds[kind]:,} {kind}" for kind in ("prerequisite", "similarity", "hierarchical"))
    out(
        f"{plural(len(graph.documents), 'document')}: {plural(len(graph.concepts), 'concept')}, "
        f"{plural(len(graph.edges), 'relation')} ({counts}); {plural(doubtful, 'item')} just below the threshold"
    )
    out(f"written to {printable(str(target))}")
    say(f"check what is doubtful: gradatim kg validate {printable(str(target))}")
