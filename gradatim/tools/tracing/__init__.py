"""What happens inside a run: the values of its variables line by line, what a result rests on, where it goes astray."""

from gradatim.tools.tracing.departure import Departure, departure_evidence, find_departure
from gradatim.tools.tracing.slicing import dynamic_slice, slice_of, static_slice
from gradatim.tools.tracing.trace import TraceStep, ValueTrace, trace_values, value_after, values_after

__all__ = [
    "Departure",
    "TraceStep",
    "ValueTrace",
    "departure_evidence",
    "dynamic_slice",
    "find_departure",
    "slice_of",
    "static_slice",
    "trace_values",
    "value_after",
    "values_after",
]
