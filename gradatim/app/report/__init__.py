"""Reports of an assessment: in a terminal and as one self-contained HTML page."""

from gradatim.app.report.html import render_html
from gradatim.app.report.terminal import render_assessment

__all__ = ["render_assessment", "render_html"]
