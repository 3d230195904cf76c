"""A protocol by which a school rates programs on the five dimensions, and learns how far a system agrees with it.

`make_study` writes forms and documents, `collect` reads what raters send, `behaviours` and `agreements` say how they
rate and how far they agree, `evaluate` compares a system's variants with their consensus.
"""

from gradatim.evals.protocol.agreement import Agreement, agreement, agreements, discussed
from gradatim.evals.protocol.behaviour import Behaviour, behaviours
from gradatim.evals.protocol.collecting import Collected, collect
from gradatim.evals.protocol.evaluation import Evaluation, evaluate
from gradatim.evals.protocol.machine import Machine, machine_scores
from gradatim.evals.protocol.making import make_study
from gradatim.evals.protocol.planning import Design
from gradatim.evals.protocol.rehearsal import Simulated, rehearse
from gradatim.evals.protocol.study import Study, read_study
from gradatim.evals.protocol.withdrawing import withdraw

__all__ = [
    "Agreement", "Behaviour", "Collected", "Design", "Evaluation", "Machine", "Simulated", "Study", "agreement",
    "agreements", "behaviours", "collect", "discussed", "evaluate", "machine_scores", "make_study", "read_study",
    "rehearse", "withdraw",
]  # fmt: skip
