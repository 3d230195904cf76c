"""Where readers put what they find: it becomes blocks, in order and within the limits."""

from __future__ import annotations

from collections.abc import Callable

from gradatim.kg.construction.documents.limits import Limits
from gradatim.kg.construction.documents.model import Block, BlockKind, SpanKind
from gradatim.kg.construction.documents.running import RunningText, cleaned
from gradatim.kg.construction.documents.unreadable import Unreadable

PlaceOf = Callable[[int], str]
"""From a line, counted from 1, to the place that a block names."""


class Collector:
    """Turns what a reader tells in reading order into blocks.

    A reader enters and leaves what decides about the kind of text (a heading, an item), writes text, and flushes
    where a block ends. What is not inside of anything is a paragraph.

    Args:
        limits: What the document may have of blocks and characters.

    Raises:
        Unreadable: By every method that adds something, when there is too much of it.
    """

    def __init__(self, limits: Limits) -> None:
        self.blocks: list[Block] = []
        self._limits = limits
        self._characters = 0
        self._around: list[tuple[BlockKind, int]] = []
        self._lists = 0
        self._running = RunningText()
        self._place = ""
        self._starts_at = ""

    def at(self, place: str) -> None:
        """What follows stands here; a block is where its first word is."""
        self._place = place

    def enter(self, kind: BlockKind, level: int = 0) -> None:
        """Blocks are of this kind until `leave`; the level of an item comes from the lists around it."""
        self.flush()
        self._around.append((kind, level or (max(self._lists, 1) if kind == "item" else 0)))

    def leave(self) -> None:
        self.flush()
        self._around.pop()

    def open_list(self) -> None:
        self.flush()
        self._lists += 1

    def close_list(self) -> None:
        self.flush()
        self._lists -= 1

    def write(self, text: str) -> None:
        before = self._running.length
        self._running.write(text)
        if not before and self._running.length:
            self._starts_at = self._place
        self.require_room(self._running.length)

    def open(self, kind: SpanKind) -> None:
        self._running.open(kind)

    def close(self, kind: SpanKind) -> None:
        self._running.close(kind)

    def spanned(self, text: str, kind: SpanKind | None) -> None:
        """Write text that is a span, or plain where there is no kind."""
        if kind is None:
            self.write(text)
        else:
            self.open(kind)
            self.write(text)
            self.close(kind)

    @property
    def running(self) -> RunningText:
        """The block that is being written."""
        return self._running

    def flush(self) -> None:
        """End the block that is being written, if there is any text in it; open spans go on in the next."""
        if not self._running.length:
            return
        text, spans = self._running.finish()
        longest = max(map(len, text.split(" ")))
        if longest > self._limits.word_characters:
            raise Unreadable(
                f"{longest:,} characters without a blank ({self._starts_at}) are data, not text",
                remedy="take them out of the document",
            )
        kind, level = self._around[-1] if self._around else ("paragraph", 0)
        still_open = self._running.open_spans
        self._running = RunningText()
        for span in still_open:
            self._running.open(span)
        self._add(Block(kind, text, self._starts_at, spans, level))

    def code(self, text: str, place: str) -> None:
        """Add a block of code, its lines kept; nothing when it is blank."""
        self.flush()
        lines = [line.rstrip() for line in cleaned(text).expandtabs().split("\n")]
        while lines and not lines[0]:
            del lines[0]
        kept = "\n".join(lines).rstrip()
        if kept:
            self._add(Block("code", kept, place))

    def _add(self, block: Block) -> None:
        if len(self.blocks) >= self._limits.blocks:
            raise Unreadable(
                f"the document has more than {self._limits.blocks:,} blocks of text", remedy="split the document"
            )
        self.require_room(len(block.text))
        self._characters += len(block.text)
        self.blocks.append(block)

    def require_room(self, characters: int) -> None:
        """Nothing, as long as so many more characters may be added."""
        if self._characters + characters > self._limits.characters:
            raise Unreadable(
                f"the document has more than {self._limits.characters:,} characters of text",
                remedy="split the document",
            )
