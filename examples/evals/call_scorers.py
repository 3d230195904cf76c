"""Scorers as plain callables, as openevals, agentevals and LangSmith call them: `python call_scorers.py runs.jsonl`."""

import sys
from pathlib import Path

from gradatim.evals.harness.evaluator import evaluator
from gradatim.evals.scorers import SCORERS, inputs_of
from gradatim.evals.traces.formats import open_traces

for trace in open_traces(Path(sys.argv[1])):
    for key in ("claim_support", "leak", "latency"):
        sys.stdout.write(f"{trace.id[:8]} {SCORERS[key].scorer(**inputs_of(trace))}\n")

dialogue = [
    {"role": "user", "content": "My sum is too small."},
    {"role": "assistant", "content": "What does range(3) give?"},
]
sys.stdout.write(f"{evaluator('questions_a_turn')(outputs=dialogue)}\n")
