"""The cards of the HTML report, one part of the content each; a card with nothing to say is `None`."""

from gradatim.app.report.cards.evidence import evidence_card, misconceptions_card
from gradatim.app.report.cards.feedback import feedback_card
from gradatim.app.report.cards.history import history_card
from gradatim.app.report.cards.program import program_card, repair_card
from gradatim.app.report.cards.rubric import rubric_card
from gradatim.app.report.cards.standing import changes_card, confidence_card, delivery_card, path_card
from gradatim.app.report.cards.tests import tests_card

__all__ = [
    "changes_card",
    "confidence_card",
    "delivery_card",
    "evidence_card",
    "feedback_card",
    "history_card",
    "misconceptions_card",
    "path_card",
    "program_card",
    "repair_card",
    "rubric_card",
    "tests_card",
]
