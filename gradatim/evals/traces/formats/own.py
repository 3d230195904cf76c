"""The own format of traces: JSON Lines, one trace a line (`gradatim.evals.traces.lines`). Holds everything."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gradatim.evals.traces.formats.format import Format
from gradatim.evals.traces.formats.streams import first_keys, replacing
from gradatim.evals.traces.lines import read_traces, write_traces
from gradatim.evals.traces.trace import Trace


def sniff(head: bytes) -> bool:
    """Whether its first line is a trace of gradatim."""
    return "gradatim_trace" in first_keys(head)


def write(path: Path, traces: Iterable[Trace]) -> int:
    """Write traces, and replace the file when all are written."""
    with replacing(path) as part:
        return write_traces(part, traces)


FORMAT = Format("jsonl", "gradatim JSON Lines", (".jsonl", ".jsonl.gz"), sniff, read_traces, write)
