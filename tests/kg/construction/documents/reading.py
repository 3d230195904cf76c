"""Short ways to read a document in a test and to look at what came of it."""

from __future__ import annotations

from gradatim.kg.construction.documents import Block, CourseDocument, Limits, Skipped
from gradatim.kg.construction.documents.parsing import parse


def document(content: str | bytes, name: str, limits: Limits | None = None) -> CourseDocument:
    """What is read of this content; fails when it is skipped."""
    read = parse(content.encode() if isinstance(content, str) else content, name, limits or Limits())
    assert isinstance(read, CourseDocument), read.reason
    require_sound(read)
    return read


def reason(content: str | bytes, name: str, limits: Limits | None = None) -> str:
    """Why this content is skipped; fails when it is read."""
    read = parse(content.encode() if isinstance(content, str) else content, name, limits or Limits())
    assert isinstance(read, Skipped), read
    assert read.name == name
    return read.reason


def require_sound(read: CourseDocument) -> None:
    """What the model promises of every document."""
    for block in read.blocks:
        assert block.text
        assert block.text.strip() == block.text or block.kind == "code"
        assert block.place.startswith(read.name)
        assert (1 <= block.level <= 6) if block.kind == "heading" else block.level >= (block.kind == "item")
        if block.kind != "code":
            assert " ".join(block.text.split()) == block.text
        starts = [span.start for span in block.spans]
        assert starts == sorted(starts)
        for span in block.spans:
            stretch = block.text[span.start : span.end]
            assert stretch
            assert stretch == stretch.strip()


def brief(read: CourseDocument) -> list[tuple[str, str]]:
    """Kind, with its level, and text of each block."""
    return [(f"{block.kind}{block.level or ''}", block.text) for block in read.blocks]


def spans(block: Block) -> list[tuple[str, str]]:
    """Kind and text of each span."""
    return [(span.kind, block.text[span.start : span.end]) for span in block.spans]
