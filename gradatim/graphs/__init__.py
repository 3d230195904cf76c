"""Compiled graphs and what runs them."""

from gradatim.graphs.assessment import build_assessment_graph
from gradatim.graphs.assessor import Assessor, NodeEvent, open_assessor
from gradatim.graphs.services import Services, open_services

__all__ = ["Assessor", "NodeEvent", "Services", "build_assessment_graph", "open_assessor", "open_services"]
