"""Data of knowledge tracing: responses as arrays, files that hold them, rows that only repeat."""

from gradatim.memory.tracing.data.copies import CopyRule, without_copies
from gradatim.memory.tracing.data.reading import Read, read_sequences
from gradatim.memory.tracing.data.sequences import Sequences

__all__ = ["CopyRule", "Read", "Sequences", "read_sequences", "without_copies"]
