"""Draws docs/assessment.svg from a real run.

Usage: gradatim assess TASK PROGRAM --json | python docs/picture.py
"""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

from rich.console import Console

from gradatim.app.report import render_assessment
from gradatim.domain import Assessment

WIDTH = 96
"""Columns of the picture."""


def main() -> None:
    """Read one JSON line of `gradatim assess --json` and write the picture beside this file."""
    row = json.loads(sys.stdin.readlines()[-1])
    assessment = Assessment.model_validate(row["assessment"])
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(render_assessment(assessment))
    title = f"gradatim assess {assessment.task.id}.yaml {Path(assessment.submission.filename).name}"
    svg = console.export_svg(title=title)
    # the font of rich's template would be fetched from elsewhere; the reader's own monospace font does as well
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    (Path(__file__).parent / "assessment.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
