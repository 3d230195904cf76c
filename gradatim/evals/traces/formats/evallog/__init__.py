"""inspect_ai's `EvalLog`: one log for a file, a sample a trace; as JSON, or as a `.eval` archive.

Written without importing inspect_ai, by the schema of its version 0.3 (log version 2). A sample keeps what the trace
knows under `metadata["gradatim"]` and the spans as its events, so that nothing of it is lost; logs of inspect_ai's own
runs are read by their events.
"""

from __future__ import annotations

from gradatim.evals.traces.formats.evallog.reading import read
from gradatim.evals.traces.formats.evallog.samples import sample_of
from gradatim.evals.traces.formats.evallog.writing import write
from gradatim.evals.traces.formats.format import Format
from gradatim.evals.traces.formats.streams import first_keys

__all__ = ["FORMAT", "read", "sample_of", "sniff", "write"]


def sniff(head: bytes) -> bool:
    """Whether it is an archive, or begins with a log."""
    return head.startswith(b"PK\x03\x04") or {"version", "status", "eval"} <= first_keys(head)


FORMAT = Format("inspect", "inspect_ai EvalLog", (".json", ".eval"), sniff, read, write)
