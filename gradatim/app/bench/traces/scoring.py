"""Scores one file in a process of its own and tells what it took: `python -m gradatim.app.bench.traces.scoring FILE N`.

The peak is that of this process, and of its largest child times their number.
"""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path


def main(path: str, workers: str) -> None:
    """Score a file and print one JSON object."""
    from gradatim.evals.scorers import scorers_of
    from gradatim.evals.scorers.running import score_file
    from gradatim.evals.scorers.summary import figures

    scorers = scorers_of()
    found = score_file(Path(path), scorers, workers=int(workers))
    figures(found.tally, scorers)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    columns = found.tally.columns.values()
    told = {
        "scorers": len(scorers),
        "runs": found.tally.runs,
        "scores": sum(len(column.scores) + column.missing.total() for column in columns),
        "given": sum(len(column.scores) for column in columns),
        "peak_mb": own + child * int(workers) * (int(workers) > 1),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
