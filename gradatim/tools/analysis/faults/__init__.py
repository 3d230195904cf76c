"""What keeps a program from being compiled: what the compiler says, and where the mistake really stands."""

from gradatim.tools.analysis.faults.cause import Cause, find_cause
from gradatim.tools.analysis.faults.fault import SyntaxFault, fault_of
from gradatim.tools.analysis.faults.mends import Mend

__all__ = ["Cause", "Mend", "SyntaxFault", "fault_of", "find_cause"]
