"""How much of the machine one document may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed to one document; one that takes more is skipped.

    A textbook of 500 pages has about a million characters and ten thousand blocks, and is read in a few seconds.
    """

    file_bytes: int = 20_000_000
    characters: int = 2_000_000
    """Of text, once the markup is gone."""
    blocks: int = 50_000
    word_characters: int = 100_000
    """Without a blank, outside of code. Longer is data, and the time of many a pattern grows with its square.
    Languages that are written without blanks stay far below it in a paragraph."""
    seconds: float = 20.0
    """Of wall-clock time; only a document that is read in a process of its own can be stopped."""
    memory_bytes: int = 1 << 30
    """By which the address space of the reading process may grow (Linux)."""
