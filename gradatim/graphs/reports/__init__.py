"""Reports for a learner, for those who teach, and about a class: every statement with what it rests on."""

from gradatim.graphs.reports.about import learner_report, teacher_report
from gradatim.graphs.reports.classroom import Classmate, class_report
from gradatim.graphs.reports.document import Document
from gradatim.graphs.reports.markdown import render_markdown
from gradatim.graphs.reports.portrait import Portrait, portrait

__all__ = [
    "Classmate",
    "Document",
    "Portrait",
    "class_report",
    "learner_report",
    "portrait",
    "render_markdown",
    "teacher_report",
]
