"""ProgSnap2 data sets: reader and writer.

Price et al. 2020, "ProgSnap2: A Flexible Format for Programming Process Data".
"""

from __future__ import annotations

from gradatim.memory.collection.progsnap2.reader import ProgSnapReader
from gradatim.memory.collection.progsnap2.writer import ProgSnapWriter, write_progsnap2

__all__ = ["ProgSnapReader", "ProgSnapWriter", "write_progsnap2"]
