"""What people decided about a built concept graph: kept beside it, applied to it, and learnt from.

`decided` reads the decisions kept beside a graph, `apply` carries them out, `retrained` moves thresholds by them.
"""

from gradatim.kg.decisions.applying import Applied, applied, apply
from gradatim.kg.decisions.doubts import Doubt, doubts
from gradatim.kg.decisions.force import Conflict, conflicts, in_force
from gradatim.kg.decisions.importing import Imported, import_decisions
from gradatim.kg.decisions.log import Log, append, decided, decisions_path, read_log
from gradatim.kg.decisions.records import ConceptDecision, Decision, Made, RelationDecision, Undo, decide, undo
from gradatim.kg.decisions.session import Session
from gradatim.kg.decisions.thresholds import retrained
from gradatim.kg.decisions.wording import told, wording

__all__ = [
    "Applied",
    "ConceptDecision",
    "Conflict",
    "Decision",
    "Doubt",
    "Imported",
    "Log",
    "Made",
    "RelationDecision",
    "Session",
    "Undo",
    "append",
    "applied",
    "apply",
    "conflicts",
    "decide",
    "decided",
    "decisions_path",
    "doubts",
    "import_decisions",
    "in_force",
    "read_log",
    "retrained",
    "told",
    "undo",
    "wording",
]
