"""xAPI statements, versions 1.0.3 and 2.0 (Experience API, ADL 2016; IEEE 9274.1.1-2023): reader and writer."""

from __future__ import annotations

from gradatim.memory.collection.xapi.reader import XapiReader
from gradatim.memory.collection.xapi.writer import statement_of, write_xapi

__all__ = ["XapiReader", "statement_of", "write_xapi"]
