"""Self-consistency critic: several independent short diagnoses from one request, and how far they agree.

Source: self-consistency as a hallucination signal (SPEC §5, three responses).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Annotated, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from pydantic import Field, ValidationError

from gradatim.agents.answer import opinion_schema
from gradatim.agents.conversation import case_messages, citable
from gradatim.agents.prompts import load_prompt
from gradatim.agents.state import (
    Plain,
    State,
    degraded,
    diagnosis_of,
    draft_of,
    execution_of,
    grounds_of,
    learner_of,
    submission_of,
    task_of,
)
from gradatim.domain import Evidence, Feedback, LearnerState, LineQuoteClaim, MisconceptionClaim, Noun
from gradatim.errors import ModelError
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.structured import ask_structured
from gradatim.tools.claims.case import Case


class Opinion(Noun):
    """One independent short diagnosis."""

    line: Annotated[int, Field(ge=1)]
    misconception: str = "none"
    cause: str = ""


class Critic:
    """Asks for `samples` opinions with one request and compares them with each other and with the draft.

    Args:
        samples: Opinions to ask for.
        temperature: Sampling temperature; above 0, or all opinions would be the same.
    """

    name = "critique"

    def __init__(self, model: BaseChatModel, samples: int = 3, temperature: float = 0.7, max_tokens: int = 120) -> None:
        self.model = model
        self.samples = samples
        self.temperature = temperature
        self.max_tokens = max_tokens

    async def opinions(
        self, case: Case, grounds: Sequence[Evidence], learner: LearnerState | None = None
    ) -> tuple[Opinion, ...]:
        """The opinions that could be read; unreadable ones are left out.

        Raises:
            ModelError: The model does not answer.
        """
        evidence = citable(case, grounds)
        messages = [
            *case_messages(case, evidence, learner),
            HumanMessage(load_prompt("self_reflection").text),
        ]
        answer = await ask_structured(
            self.model,
            messages,
            opinion_schema(case),
            n=self.samples,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            seed=7,
        )
        found: list[Opinion] = []
        for sample in answer.samples:
            try:
                found.append(Opinion.model_validate(sample.value))
            except ValidationError:
                continue  # an unreadable opinion lowers nothing and proves nothing: fewer are compared
        return tuple(found)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        case = Case.of(
            task_of(state), submission_of(state), execution_of(state), diagnosis_of(state), grounds_of(state)
        )
        draft = draft_of(state)
        if isinstance(self.model, GroundedRealiser) or case.execution.passed or draft.author == "realiser":
            return {"consistency": None}
        update: Plain = {"prompts": {"self_reflection": load_prompt("self_reflection").version}}
        if state.get("opinions"):  # a revised draft is compared with the opinions there are
            opinions = tuple(Opinion.model_validate(item) for item in state["opinions"])
        else:
            try:
                opinions = await self.opinions(case, grounds_of(state), learner_of(state))
            except ModelError as error:
                return {"consistency": None} | degraded(self.name, error, "confidence without self-consistency")
        return update | {
            "opinions": [item.plain() for item in opinions],
            "consistency": consistency(opinions, draft),
        }


def consistency(opinions: Sequence[Opinion], draft: Feedback) -> float | None:
    """Agreement in [0, 1]: 0.7 · mean pairwise agreement of the opinions + 0.3 · their agreement with the draft.

    Two opinions agree by half when they name the same line and by half when they name the same misconception.
    Where the draft names neither a line nor a misconception, only the first term counts. `None` with fewer than
    two opinions.
    """
    if len(opinions) < 2:
        return None
    pairs = [
        0.5 * (one.line == other.line) + 0.5 * (one.misconception == other.misconception)
        for one, other in combinations(opinions, 2)
    ]
    among = sum(pairs) / len(pairs)
    claims = [claim for statement in draft.statements() for claim in statement.claims]
    named_lines = {claim.line for claim in claims if isinstance(claim, LineQuoteClaim) and claim.line}
    named = {claim.misconception for claim in claims if isinstance(claim, MisconceptionClaim)}
    votes = [item.line in named_lines for item in opinions] if named_lines else []
    votes += [item.misconception in named for item in opinions] if named else []
    if not votes:
        return round(among, 4)
    return round(0.7 * among + 0.3 * sum(votes) / len(votes), 4)
