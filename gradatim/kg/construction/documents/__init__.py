"""Reading the documents of a course: Markdown, HTML, reStructuredText, PDF, Jupyter notebooks and plain text.

`read_documents` takes files and folders and gives a `CourseDocument` for each: its text in blocks, with what the
markup sets apart. A document that is broken or hostile is `Skipped` with the reason; it cannot stop the others, and
takes no more than its `Limits`. `list_documents` tells what would be read, with digests, and parses nothing.
"""

from __future__ import annotations

from gradatim.kg.construction.documents.formats import KNOWN_SUFFIXES
from gradatim.kg.construction.documents.limits import Limits
from gradatim.kg.construction.documents.model import Block, BlockKind, CourseDocument, Skipped, Span, SpanKind
from gradatim.kg.construction.documents.reading import (
    ListedDocument,
    OnProgress,
    list_documents,
    read_document,
    read_documents,
)

__all__ = [
    "KNOWN_SUFFIXES",
    "Block",
    "BlockKind",
    "CourseDocument",
    "Limits",
    "ListedDocument",
    "OnProgress",
    "Skipped",
    "Span",
    "SpanKind",
    "list_documents",
    "read_document",
    "read_documents",
]
