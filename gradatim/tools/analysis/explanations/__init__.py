"""What an exception means in this program, in one or two sentences for a beginner.

A sentence says nothing but what the message, the line and the program's own names show.
"""

from gradatim.tools.analysis.explanations.explanation import Explanation
from gradatim.tools.analysis.explanations.table import explain, general

__all__ = ["Explanation", "explain", "general"]
