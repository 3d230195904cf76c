"""Generator: writes the four parts of a feedback from evidence, citing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from pydantic import ValidationError

from gradatim.agents.answer import facts_of, feedback_schema, in_language, to_feedback
from gradatim.agents.conversation import case_messages, citable
from gradatim.agents.payloads import fetch_text, keep_text, store_of
from gradatim.agents.prompts import load_prompt
from gradatim.agents.state import (
    Plain,
    State,
    degraded,
    diagnosis_of,
    execution_of,
    generation_of,
    grounds_of,
    learner_of,
    submission_of,
    task_of,
)
from gradatim.agents.substance import feedback_of, fingerprint, settled
from gradatim.agents.wording import Wording
from gradatim.domain import Evidence, Feedback, LearnerState, Noun, Usage
from gradatim.errors import ModelError
from gradatim.kg import ConceptStore
from gradatim.languages import language, spoken
from gradatim.languages.language import DEFAULT
from gradatim.serving.realiser import FeedbackAnswer, GroundedRealiser
from gradatim.serving.structured import ask_structured, model_name
from gradatim.tools.claims.case import Case


class Draft(Noun):
    """A feedback as written, before any check."""

    feedback: Feedback
    model: str
    """Name of the model that was asked."""
    raw: str
    """The model's answer as text."""
    mean_logprob: float | None = None
    """Mean log-probability of the answer's tokens, where the model tells."""
    prompts: dict[str, str]
    """Prompt name → version."""
    usage: Usage = Usage()
    """What the question took; nothing for the realiser."""
    failure: str | None = None
    """Why the model's own answer could not be used, when the realiser stood in."""


class Generator:
    """Asks a chat model for the four parts; when it fails, the grounded realiser answers and the reason is kept.

    Args:
        model: Any LangChain chat model.
        max_tokens: Tokens that one answer may have.
        concepts: With it, what was settled for the same diagnosis before is said again, as long as this graph and
            everything else it hangs on stay as they were.
        wording: Steers the model towards words that the learner reads and the task is about.
    """

    name = "generate"

    def __init__(
        self,
        model: BaseChatModel,
        max_tokens: int = 700,
        concepts: ConceptStore | None = None,
        wording: Wording | None = None,
    ) -> None:
        self.model = model
        self.concepts = concepts
        self.wording = wording
        self.max_tokens = max_tokens
        self.realiser = GroundedRealiser()

    async def write(
        self,
        case: Case,
        grounds: Sequence[Evidence],
        learner: LearnerState | None = None,
        *,
        refutations: Sequence[str] = (),
        previous: str | None = None,
        realise: bool = False,
    ) -> Draft:
        """The feedback for a case.

        Args:
            refutations: What was found wrong in `previous`, a sentence each.
            previous: The model's earlier answer, as text.
            realise: Let evidence speak alone, without the model.
        """
        evidence = citable(case, grounds)
        messages, prompts = self.messages(case, evidence, learner, refutations, previous)
        if realise or isinstance(self.model, GroundedRealiser):
            return self._realised(case, messages, prompts)
        steering = await self.wording.steering(case.task, learner) if self.wording else None
        try:
            answer = await ask_structured(
                self.model,
                messages,
                feedback_schema(case, evidence),
                temperature=0.0,
                max_tokens=self.max_tokens,
                steering=steering,
            )
        except ModelError as error:
            return self._realised(case, messages, prompts, failure=str(error))
        sample = answer.samples[0]
        if sample.value is None:
            reason = sample.reason or "the answer was not usable"
            return self._realised(case, messages, prompts, failure=reason, usage=answer.usage)
        try:
            parsed = FeedbackAnswer.model_validate(sample.value)
        except ValidationError as error:
            return self._realised(case, messages, prompts, failure=error.errors()[0]["msg"], usage=answer.usage)
        if spoken() != DEFAULT and not in_language(parsed, spoken()):
            reason = f"the answer is not written in {language(spoken()).english}"
            return self._realised(case, messages, prompts, failure=reason, usage=answer.usage)
        return Draft(
            feedback=to_feedback(parsed, f"model:{model_name(self.model)}", case.submission.code, facts_of(evidence)),
            model=model_name(self.model),
            raw=sample.raw,
            mean_logprob=sample.mean_logprob,
            prompts=prompts,
            usage=answer.usage,
        )

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        run, grounds = str(state.get("id") or ""), grounds_of(state)
        case = Case.of(task_of(state), submission_of(state), execution_of(state), diagnosis_of(state), grounds)
        situation, again = await self._settled(case, grounds, state, runtime)
        if again is not None:
            return again
        previous = await fetch_text(runtime, run, generation_of(state)) if state.get("refutations") else None
        draft = await self.write(
            case,
            grounds,
            learner_of(state),
            refutations=state.get("refutations") or (),
            previous=previous,
            realise=bool(state.get("realise")),
        )
        kept: Plain = {}
        if draft.feedback.author != "realiser":  # what evidence alone said can be had again
            kept = await keep_text(runtime, "generations", run, int(state.get("revisions") or 0), draft.raw)
        update: Plain = {
            "draft": draft.feedback.plain(),
            "generation": {"model": draft.model, "mean_logprob": draft.mean_logprob, "situation": situation, **kept},
            "repeated": previous is not None and draft.raw == previous,
            "prompts": draft.prompts,
            "usage": {self.name: draft.usage.plain()} if draft.usage.requests else {},
        }
        if draft.failure:
            update |= degraded(self.name, draft.failure, "feedback from evidence alone")
        return update

    async def _settled(
        self, case: Case, grounds: Sequence[Evidence], state: State, runtime: Any
    ) -> tuple[str | None, Plain | None]:
        """The fingerprint of the situation, and the update when its substance was settled before.

        A text that was refuted is written anew, whatever was settled.
        """
        if self.concepts is None or isinstance(self.model, GroundedRealiser) or state.get("realise"):
            return None, None
        evidence = citable(case, grounds)
        _, prompts = self.messages(case, evidence, learner_of(state))
        name = model_name(self.model)
        steered = {"wording": self.wording.version} if self.wording else {}
        if spoken() != DEFAULT:
            steered["language"] = spoken()
        situation = fingerprint(case, await self.concepts.version(), name, prompts | steered)
        if state.get("refutations"):
            return situation, None
        substance = await settled(store_of(runtime), situation)
        feedback = None if substance is None else feedback_of(substance, case, evidence)
        if feedback is None:
            return situation, None
        generation: Plain = {"model": name, "mean_logprob": None, "situation": situation, "reused": True}
        return situation, {"draft": feedback.plain(), "generation": generation, "prompts": prompts}

    @staticmethod
    def messages(
        case: Case,
        evidence: Sequence[Evidence],
        learner: LearnerState | None,
        refutations: Sequence[str] = (),
        previous: str | None = None,
    ) -> tuple[list[BaseMessage], dict[str, str]]:
        """What the model is asked, and the prompts used (name → version); the same case always gives the same.

        Args:
            evidence: What may be cited, as `citable` gives it.
            refutations: What was found wrong in `previous`, a sentence each.
            previous: The model's earlier answer, as text.
        """
        correct = case.execution.passed
        job = load_prompt("worked_reasoning_correct" if correct else "worked_reasoning")
        used = [load_prompt("system"), load_prompt("case"), job]
        messages = [*case_messages(case, evidence, learner), HumanMessage(job.text if correct else job.ask)]
        if refutations and previous:
            revision = load_prompt("revision")
            used.append(revision)
            listed = "\n".join(f"- {item}" for item in refutations)
            messages += [AIMessage(previous), HumanMessage(revision.render(refutations=listed))]
        return messages, {prompt.name: prompt.version for prompt in used}

    def _realised(
        self,
        case: Case,
        messages: list[BaseMessage],
        prompts: dict[str, str],
        failure: str | None = None,
        usage: Usage | None = None,
    ) -> Draft:
        text = str(self.realiser.invoke(messages).content)
        answer = FeedbackAnswer.model_validate_json(text)
        return Draft(
            feedback=to_feedback(answer, "realiser", case.submission.code),
            model=model_name(self.model),
            raw=text,
            prompts={} if failure is None else prompts,
            usage=usage or Usage(),
            failure=failure,
        )
