"""Learning-gain designs on simulated learners: a test before and after, a control group, and a truth that is known.

Learners are randomised to two arms. What each would score under either arm is known, for they are simulated; what is
observed is one arm, by a test with chance in it. An analysis that is any good finds the true effect from that, and
none where both arms get the same.
"""

from gradatim.evals.experiments.cohorts.analysis import GainAnalysis, analyse
from gradatim.evals.experiments.cohorts.cells import GAINS, gains_of
from gradatim.evals.experiments.cohorts.person import Person, assigned, score_of
from gradatim.evals.experiments.cohorts.worlds import TREATMENTS, LearnerWorld, open_world

__all__ = [
    "GAINS",
    "TREATMENTS",
    "GainAnalysis",
    "LearnerWorld",
    "Person",
    "analyse",
    "assigned",
    "gains_of",
    "open_world",
    "score_of",
]
