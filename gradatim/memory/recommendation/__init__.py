"""What to practise next and the way to a goal: content, peers and sequential decisions, always after prerequisites."""

from gradatim.memory.recommendation.content import Shown, days_since, difficulty_match, due, shown_misconceptions
from gradatim.memory.recommendation.course import Course, closure
from gradatim.memory.recommendation.dynamics import Dynamics
from gradatim.memory.recommendation.effort import expected_practices
from gradatim.memory.recommendation.goals import Path, PathStep, path_to
from gradatim.memory.recommendation.neighbours import Neighbours, PeerPrediction
from gradatim.memory.recommendation.planning import ROLLOUTS, LookAhead, goal_worth
from gradatim.memory.recommendation.policies import (
    CAUTIOUS,
    MASTERED,
    READY,
    FixedSyllabus,
    Greedy,
    Policy,
    RandomReady,
    Situation,
    Syllabus,
)
from gradatim.memory.recommendation.recommending import (
    LearnerRecord,
    Reason,
    Recommendation,
    Weights,
    beliefs,
    recommend,
)
from gradatim.memory.recommendation.simulation import Outcome, Setting, World, simulate

__all__ = [
    "CAUTIOUS",
    "MASTERED",
    "READY",
    "ROLLOUTS",
    "Course",
    "Dynamics",
    "FixedSyllabus",
    "Greedy",
    "LearnerRecord",
    "LookAhead",
    "Neighbours",
    "Outcome",
    "Path",
    "PathStep",
    "PeerPrediction",
    "Policy",
    "RandomReady",
    "Reason",
    "Recommendation",
    "Setting",
    "Shown",
    "Situation",
    "Syllabus",
    "Weights",
    "World",
    "beliefs",
    "closure",
    "days_since",
    "difficulty_match",
    "due",
    "expected_practices",
    "goal_worth",
    "path_to",
    "recommend",
    "shown_misconceptions",
    "simulate",
]
