"""Self-consistency critic: several independent short diagnoses from one request, and how far they agree.

What is compared is claims, not words: each opinion is turned into claims about where the fault lies, of what kind it
is, which misconception it shows and what the program does, and these are matched claim by claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, HumanMessage
from pydantic import Field, ValidationError

from gradatim import telemetry
from gradatim.agents.agreement import mutual, place_agreement, support
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
from gradatim.domain import (
    CallResultClaim,
    Claim,
    Evidence,
    ExceptionClaim,
    FaultKindClaim,
    FaultLineClaim,
    Feedback,
    LearnerState,
    MisconceptionClaim,
    Noun,
    Usage,
    VariableValueClaim,
)
from gradatim.errors import ModelError
from gradatim.serving.realiser import GroundedRealiser
from gradatim.serving.structured import ask_structured
from gradatim.tools.claims import claims_of
from gradatim.tools.claims.case import Case

NONE, OTHER = "none", "other"
"""What an opinion says where no misconception, or no kind of fault, fits."""
FAULT_KINDS = (
    "loop-bound", "comparison-operator", "arithmetic-operator", "initial-value", "wrong-variable", "missing-return",
    "print-for-return", "return-value", "missing-case", "indentation", "index", "missing-statement",
)  # fmt: skip
"""Kinds of fault that an opinion may choose from, beside those of the repairs that were found."""
AMONG = 0.7
"""What the agreement of the opinions with each other counts; the rest is their agreement with the draft."""


class Opinion(Noun):
    """One independent short diagnosis."""

    line: Annotated[int, Field(ge=1)]
    misconception: str = NONE
    kind: str = OTHER
    cause: str = ""

    def claims(self, program: str = "") -> tuple[Claim, ...]:
        """What it claims, as far as two opinions can be compared on it.

        Args:
            program: The student's program, to read what the cause says about it.
        """
        found: list[Claim] = [FaultLineClaim(line=self.line)]
        if self.misconception != NONE:
            found.append(MisconceptionClaim(misconception=self.misconception))
        if self.kind != OTHER:
            found.append(FaultKindClaim(operator=self.kind))
        said = claims_of(self.cause, "error_identification", program)
        found += [item for item in said if isinstance(item, CallResultClaim | ExceptionClaim | VariableValueClaim)]
        return tuple(dict.fromkeys(found))


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
        return (await self.ask(case, grounds, learner))[0]

    async def ask(
        self, case: Case, grounds: Sequence[Evidence], learner: LearnerState | None = None
    ) -> tuple[tuple[Opinion, ...], Usage]:
        """The opinions, and what asking for them took.

        Raises:
            ModelError: The model does not answer.
        """
        messages, schema = self.question(case, grounds, learner)
        answer = await ask_structured(
            self.model,
            messages,
            schema,
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
        return tuple(found), answer.usage

    def question(
        self, case: Case, grounds: Sequence[Evidence], learner: LearnerState | None
    ) -> tuple[list[BaseMessage], dict[str, Any]]:
        """What the model is asked, and the JSON schema of one opinion."""
        ask = HumanMessage(load_prompt("self_reflection").ask)
        return [*case_messages(case, citable(case, grounds), learner), ask], opinion_schema(case)

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        case = Case.of(
            task_of(state), submission_of(state), execution_of(state), diagnosis_of(state), grounds_of(state)
        )
        draft = draft_of(state)
        if isinstance(self.model, GroundedRealiser) or case.execution.passed or draft.author == "realiser":
            return {"consistency": None}
        if draft.reused:  # it was judged when it was settled
            return {"consistency": None}
        update: Plain = {"prompts": {"self_reflection": load_prompt("self_reflection").version}}
        if state.get("opinions"):  # a revised draft is compared with the opinions there are
            opinions = tuple(Opinion.model_validate(item) for item in state["opinions"])
        else:
            try:
                opinions, usage = await self.ask(case, grounds_of(state), learner_of(state))
            except ModelError as error:
                return {"consistency": None} | degraded(self.name, error, "confidence without self-consistency")
            update["usage"] = {self.name: usage.plain()}
        agreed = consistency(opinions, draft, case.submission.code)
        telemetry.evaluated("self_consistency", agreed, None if agreed is not None else "too few opinions")
        return update | {"opinions": [item.plain() for item in opinions], "consistency": agreed}


def opinion_schema(case: Case) -> dict[str, Any]:
    """JSON schema of an opinion on this case."""
    found = [
        edit.operator for repair in case.diagnosis.repairs for edit in repair.edits if edit.operator != "from-pool"
    ]
    known = [match.id for match in case.diagnosis.misconceptions]
    properties: dict[str, Any] = {
        "cause": {"type": "string", "maxLength": 80},
        "line": {"type": "integer", "minimum": 1, "maximum": max(1, len(case.lines))},
        "kind": {"enum": [*dict.fromkeys((*found, *FAULT_KINDS)), OTHER]},
        "misconception": {"enum": [*known, NONE]},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def consistency(opinions: Sequence[Opinion], draft: Feedback, program: str = "") -> float | None:
    """Agreement in [0, 1]: 0.7 · mean agreement of the opinions with each other + 0.3 · that with the draft.

    Two opinions agree by the soft Jaccard index of their claims. With the draft they agree by how well the lines they
    blame fit those it names, and by the support that its claims about misconception, kind of fault, results and
    exceptions have among them. Where the draft claims nothing of that sort, only the first term counts. `None` with
    fewer than two opinions.

    Args:
        program: The student's program, to read what the opinions say about it.
    """
    samples = [item.claims(program) for item in opinions]
    among = mutual(samples) if len(samples) > 1 else None
    if among is None:
        return None
    said = [claim for statement in draft.statements() for claim in statement.claims]
    votes = [place_agreement(sample, said) for sample in samples]
    votes += [support(claim, samples) for claim in said if not isinstance(claim, FaultLineClaim)]
    given = [vote for vote in votes if vote is not None]
    if not given:
        return round(among, 4)
    return round(AMONG * among + (1 - AMONG) * sum(given) / len(given), 4)
