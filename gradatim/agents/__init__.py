"""The roles: each a class with injected collaborators and one `async __call__(state, runtime) -> update`.

They can be used alone, as nodes of any LangGraph graph, or through `gradatim.graphs`.
"""

from gradatim.agents.critic import Critic, Opinion, consistency
from gradatim.agents.decider import Decider
from gradatim.agents.deliverer import Deliverer, Outcome
from gradatim.agents.diagnostician import Diagnostician
from gradatim.agents.executor import Executor
from gradatim.agents.generator import Draft, Generator
from gradatim.agents.intake import Intake
from gradatim.agents.recaller import Recaller
from gradatim.agents.recorder import Recorder
from gradatim.agents.retriever import Retriever
from gradatim.agents.reviser import Reviser
from gradatim.agents.state import AssessmentState
from gradatim.agents.verifier import Verifier

__all__ = [
    "AssessmentState",
    "Critic",
    "Decider",
    "Deliverer",
    "Diagnostician",
    "Draft",
    "Executor",
    "Generator",
    "Intake",
    "Opinion",
    "Outcome",
    "Recaller",
    "Recorder",
    "Retriever",
    "Reviser",
    "Verifier",
    "consistency",
]
