"""From documents to a concept graph, step by step: read, recognise, merge, relate, settle.

Each step is an object with one method that can be swapped; `default_pipeline` gives those that come with gradatim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from gradatim.errors import InputError
from gradatim.kg.construction.background import default_background
from gradatim.kg.construction.documents import Limits, ListedDocument, Skipped, list_documents
from gradatim.kg.construction.documents.files import read_file
from gradatim.kg.construction.documents.isolation import IsolatedParser
from gradatim.kg.construction.documents.unreadable import Unreadable
from gradatim.kg.construction.encoding import PieceEncoder
from gradatim.kg.construction.judges import default_judges
from gradatim.kg.construction.keeping import Keeper
from gradatim.kg.construction.language import Parser, default_parser
from gradatim.kg.construction.material import Analysed, Material, analyse
from gradatim.kg.construction.merging import Merger, RuleMerger
from gradatim.kg.construction.reader import default_reader
from gradatim.kg.construction.relating import Found, JudgedRelater, Relater
from gradatim.kg.construction.settling import Thresholds, settle
from gradatim.kg.construction.terms import JudgedRecogniser, Recogniser, Term
from gradatim.kg.graphfile import FileSkipped, FileSource, GraphFile

OnProgress = Callable[[str, int, int], None]
"""Is told what is being done, how much of it is done, and of how much."""
_FLOOR = 0.25
"""Confidence of a term below which no relation of it is judged."""


class Adviser(Protocol):
    """Step 4, optional: somebody who reads the text too, and adds to or speaks against relations."""

    def advise(self, material: Material, terms: Sequence[Term], found: Sequence[Found]) -> list[Found]:
        """All relations after the advice."""
        ...


@dataclass(frozen=True)
class Pipeline:
    """The steps of a build.

    Attributes:
        parser: Cuts text into sentences of words.
        encoder: Gives words vectors in their context.
        recogniser: Finds terms.
        merger: Names concepts.
        relater: Finds relations.
        advisers: Asked in turn.
        thresholds: What is confident enough.
    """

    parser: Parser
    encoder: PieceEncoder
    recogniser: Recogniser
    merger: Merger
    relater: Relater
    advisers: tuple[Adviser, ...] = ()
    thresholds: Thresholds = field(default_factory=Thresholds)

    def build(
        self,
        paths: Sequence[Path],
        *,
        name: str = "course",
        keep: Path | None = None,
        limits: Limits | None = None,
        on_progress: OnProgress | None = None,
    ) -> GraphFile:
        """Build a graph from documents.

        Args:
            paths: Files and folders.
            name: Of the graph.
            keep: Folder in which analysed documents are kept, so that they are not analysed again while they stay
                the same; without it nothing is kept.
            limits: What each document may take.
            on_progress: Called often.

        Raises:
            InputError: A path does not exist, or no document could be read; tells why.
            GradatimError: A part that is needed is missing.
        """
        material, skipped = self.read(paths, keep=keep, limits=limits, on_progress=on_progress)
        if not material.documents:
            reasons = "; ".join(f"{item.name}: {item.reason}" for item in skipped[:3]) or "there are none"
            raise InputError(
                f"no document could be read ({reasons})",
                place=", ".join(map(str, paths)),
                remedy="give Markdown, HTML, reStructuredText, PDF, notebooks or plain text",
            )
        terms, found = self.propose(material, on_progress=on_progress)
        settled = settle(terms, found, self.thresholds)
        return GraphFile(
            name=name,
            documents=tuple(FileSource(name=item.name, digest=item.digest) for item in material.documents),
            skipped=tuple(FileSkipped(name=item.name, reason=item.reason) for item in skipped),
            concepts=settled.concepts,
            edges=settled.edges,
            doubtful=settled.doubtful,
            thresholds={"concept": self.thresholds.concept, **self.thresholds.relations},
        )

    def read(
        self,
        paths: Sequence[Path],
        *,
        keep: Path | None = None,
        limits: Limits | None = None,
        on_progress: OnProgress | None = None,
    ) -> tuple[Material, list[Skipped]]:
        """Read and analyse documents, those that are kept from disk."""
        within = limits or Limits()
        listed = list_documents(paths, limits=within)
        keeper = None if keep is None else Keeper(keep, self.parser.name, self.encoder.name)
        documents: list[Analysed] = []
        skipped: list[Skipped] = []
        with IsolatedParser(within) as isolated:
            for number, item in enumerate(listed, 1):
                found = self._document(item, keeper, isolated, within)
                if isinstance(found, Skipped):
                    skipped.append(found)
                else:
                    documents.append(found)
                if on_progress is not None:
                    on_progress(item.name, number, len(listed))
        return Material(tuple(documents)), skipped

    def propose(self, material: Material, *, on_progress: OnProgress | None = None) -> tuple[list[Term], list[Found]]:
        """All plausible terms and relations of what was read, with their confidence."""
        steps = iter(("recognising concepts", "naming concepts", "relating concepts", *("asking an adviser",) * 9))
        count = 3 + len(self.advisers)
        done = _announcer(steps, count, on_progress)
        next(done)
        terms = self.recogniser.recognise(material)
        next(done)
        terms = [term for term in self.merger.merge(terms, material) if term.confidence >= _FLOOR]
        next(done)
        found = self.relater.relate(material, terms)
        for adviser in self.advisers:
            next(done)
            found = adviser.advise(material, terms, found)
        return terms, found

    def _document(
        self, item: ListedDocument | Skipped, keeper: Keeper | None, isolated: IsolatedParser, limits: Limits
    ) -> Analysed | Skipped:
        if isinstance(item, Skipped):
            return item
        kept = keeper.get(item.name, item.digest) if keeper is not None else None
        if kept is not None:
            return kept
        try:
            data = read_file(item.path, limits)
        except Unreadable as error:
            return Skipped(item.name, str(error))
        read = isolated.parse(data, item.name)
        if isinstance(read, Skipped):
            return read
        analysed = analyse(read, self.parser, self.encoder)
        if keeper is not None:
            keeper.put(analysed)
        return analysed


def _announcer(steps: Iterator[str], count: int, on_progress: OnProgress | None) -> Iterator[None]:
    for number, step in enumerate(steps):
        if on_progress is not None:
            on_progress(step, min(number, count), count)
        yield


def default_pipeline(*, advisers: Sequence[Adviser] = (), thresholds: Thresholds | None = None) -> Pipeline:
    """The steps that come with gradatim."""
    background = default_background()
    concepts, relations = default_judges()
    return Pipeline(
        parser=default_parser(),
        encoder=default_reader(),
        recogniser=JudgedRecogniser(concepts, background),
        merger=RuleMerger(background),
        relater=JudgedRelater(relations, background),
        advisers=tuple(advisers),
        thresholds=thresholds or Thresholds(),
    )
