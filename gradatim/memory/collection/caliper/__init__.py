"""IMS Caliper events, versions 1.1 and 1.2 (IMS Global 2018, 2020): reader."""

from __future__ import annotations

from gradatim.memory.collection.caliper.reader import CaliperReader

__all__ = ["CaliperReader"]
