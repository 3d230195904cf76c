"""What an annotator of a text has to decide about: its noun phrases."""

from __future__ import annotations

import hashlib

from gradatim.kg.construction.documents import Limits
from gradatim.kg.construction.documents.model import Skipped
from gradatim.kg.construction.documents.parsing import parse
from gradatim.kg.construction.language import Parser, default_parser
from gradatim.kg.construction.phrases import phrases
from gradatim.kg.construction.sentences import sentences
from gradatim.kg.lexicon import Key


def candidates(text: str, parser: Parser | None = None) -> set[Key]:
    """The whole noun phrases of a text in Markdown, as compared."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    read = parse(text.encode("utf-8", "replace"), f"{digest[:12]}.md", Limits())
    if isinstance(read, Skipped):
        return set()
    found = sentences(read, parser or default_parser())
    return {phrase.key for sentence in found for phrase in phrases(sentence) if phrase.whole}
