"""One run as a person reads it, and two runs compared: as data, for the terminal, for pages and for other programs."""

from __future__ import annotations

from gradatim.evals.traces.view.comparison import Comparison, Difference, compare
from gradatim.evals.traces.view.run import RunView, view_of
from gradatim.evals.traces.view.timeline import Timeline, timeline_of

__all__ = ["Comparison", "Difference", "RunView", "Timeline", "compare", "timeline_of", "view_of"]
