"""Data collection: events of many systems into one log, on one time line, with nothing lost.

Readers for xAPI, IMS Caliper, ProgSnap2, grade books, GIFT question banks and gradatim's own events; writers for xAPI
and ProgSnap2. `collect_files` takes files of any size, `collect` takes streams.
"""

from __future__ import annotations

from gradatim.memory.collection.collector import Collected, collect_files
from gradatim.memory.collection.concepts import ConceptMap, Item, read_concepts
from gradatim.memory.collection.formats import FORMATS, reader_of, recognise
from gradatim.memory.collection.gift import Question, bank_concepts, read_bank
from gradatim.memory.collection.ledger import ClockLedger
from gradatim.memory.collection.progsnap2 import write_progsnap2
from gradatim.memory.collection.quarantine import QuarantineFile
from gradatim.memory.collection.row import Parsed, Reader, ReadingOptions, Rejected, Row, Skipped
from gradatim.memory.collection.stream import collect, follow, from_queue
from gradatim.memory.collection.tally import Tally
from gradatim.memory.collection.xapi import write_xapi

__all__ = [
    "FORMATS",
    "ClockLedger",
    "Collected",
    "ConceptMap",
    "Item",
    "Parsed",
    "QuarantineFile",
    "Question",
    "Reader",
    "ReadingOptions",
    "Rejected",
    "Row",
    "Skipped",
    "Tally",
    "bank_concepts",
    "collect",
    "collect_files",
    "follow",
    "from_queue",
    "read_bank",
    "read_concepts",
    "reader_of",
    "recognise",
    "write_progsnap2",
    "write_xapi",
]
