"""Fairness audits: do scores, confidence, review, delivery and errors differ between groups of learners?"""

from gradatim.evals.fairness.audit import Audit, Divided, Odds, audit
from gradatim.evals.fairness.cases import Cases, Unit, read_cases
from gradatim.evals.fairness.comparing import Comparison, Figure
from gradatim.evals.fairness.telling import audit_markdown, summary

__all__ = [
    "Audit",
    "Cases",
    "Comparison",
    "Divided",
    "Figure",
    "Odds",
    "Unit",
    "audit",
    "audit_markdown",
    "read_cases",
    "summary",
]
