"""What can be told about a program without a model: its structure, its kind of error, signs of misconceptions."""

from gradatim.tools.analysis.detection import FLOOR, detect
from gradatim.tools.analysis.examination import Coverage, Examination
from gradatim.tools.analysis.explanations import Explanation, explain
from gradatim.tools.analysis.faults import SyntaxFault
from gradatim.tools.analysis.program import Function, Program
from gradatim.tools.analysis.sign import Sign
from gradatim.tools.analysis.taxonomy import Category, categorise

__all__ = [
    "FLOOR",
    "Category",
    "Coverage",
    "Examination",
    "Explanation",
    "Function",
    "Program",
    "Sign",
    "SyntaxFault",
    "categorise",
    "detect",
    "explain",
]
