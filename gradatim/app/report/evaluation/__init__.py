"""Laying the report of an evaluation out: as one self-contained HTML page, and as Markdown."""

from gradatim.app.report.evaluation.markdown import render_markdown
from gradatim.app.report.evaluation.page import render_page

__all__ = ["render_markdown", "render_page"]
