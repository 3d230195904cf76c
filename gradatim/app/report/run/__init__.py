"""One recorded run: as a self-contained HTML page, and in a terminal."""

from __future__ import annotations

from gradatim.app.report.run.page import render_run
from gradatim.app.report.run.terminal import run_text

__all__ = ["render_run", "run_text"]
