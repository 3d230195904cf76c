"""Records of runs: what agents did, what came of it, and what is known of the truth."""

from gradatim.evals.traces.lines import read_traces, write_traces
from gradatim.evals.traces.trace import Event, Span, Trace

__all__ = ["Event", "Span", "Trace", "read_traces", "write_traces"]
