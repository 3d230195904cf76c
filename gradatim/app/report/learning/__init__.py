"""Learning reports laid out as Markdown, as one HTML page, and as PDF."""

from gradatim.app.report.learning.writing import FORMATS, ReportFormat, format_of, render, write_report

__all__ = ["FORMATS", "ReportFormat", "format_of", "render", "write_report"]
