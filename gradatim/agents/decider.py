"""Decider: joins checks and self-consistency into a confidence, and routes on it by the policy.

The confidence is the probability that every statement is right where a calibration was fitted, else a weighted mean of
six parts that says of itself that it is not calibrated; docs/confidence.md documents both, docs/policy.md the routing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gradatim import telemetry
from gradatim.agents.calibration import Calibration
from gradatim.agents.causes import Situation, causes
from gradatim.agents.critic import Opinion
from gradatim.agents.detection import Subject, detect
from gradatim.agents.features import WEIGHTS, features_of, weighted_mean
from gradatim.agents.policy import Policy
from gradatim.agents.reviews import review_request, save_request
from gradatim.agents.safety import SafetyWords
from gradatim.agents.state import (
    Plain,
    State,
    checked_of,
    degraded,
    diagnosis_of,
    execution_of,
    generation_of,
    grounds_of,
    submission_of,
    task_of,
)
from gradatim.domain import Confidence, Degradation, Diagnosis, Feedback
from gradatim.errors import StorageError
from gradatim.memory.storage.decisions import DecisionStore
from gradatim.tools.claims.case import Case


class Decider:
    """Deliver, revise or review.

    Args:
        policy: Costs and rules.
        calibration: Turns features into a probability; without one the weighted mean is used.
        decisions: Knows which tasks have been used before; without one no task counts as new.
    """

    name = "decide"

    def __init__(
        self, policy: Policy, calibration: Calibration | None = None, decisions: DecisionStore | None = None
    ) -> None:
        self.policy = policy
        self.calibration = calibration
        self.decisions = decisions
        self._safety = SafetyWords(policy.safety)

    def judge(
        self,
        feedback: Feedback,
        diagnosis: Diagnosis,
        *,
        case: Case | None = None,
        opinions: Sequence[Opinion] = (),
        consistency: float | None = None,
        mean_logprob: float | None = None,
        rounds: int = 0,
        refuted_before: bool = False,
        degradations: Sequence[Degradation] = (),
        unused: bool = False,
        run: str = "",
    ) -> Confidence:
        """The confidence in a checked feedback, with its route.

        Args:
            case: Task and program; without it, rules about them do not apply.
            opinions: Independent short diagnoses of the model.
            consistency: Agreement of the opinions, in [0, 1].
            mean_logprob: Mean log-probability of the answer's tokens (natural logarithm).
            rounds: Rounds in which the text was refuted before.
            refuted_before: The model used up its rounds, and the realiser stands in: a person has to look.
            degradations: What could not do its work.
            unused: No feedback on this task was delivered or decided yet.
            run: Id of the run.
        """
        policy = self.policy.of_task(case.task.id) if case is not None else self.policy
        program = case.submission.code if case is not None else ""
        reports = detect(Subject(feedback, program, tuple(opinions)))
        features = features_of(
            feedback, diagnosis, reports, consistency=consistency, mean_logprob=mean_logprob, rounds=rounds
        )
        parts = {name: features[name] for name in WEIGHTS}
        value = weighted_mean(features) if self.calibration is None else self.calibration.probability(features)
        known = Confidence(
            value=value,
            components=parts,
            calibrated=self.calibration is not None,
            route="deliver",
            detections=reports,
            features=features,
        )
        if feedback.refuted and not refuted_before:
            refuted = [
                check.detail for item in feedback.statements() for check in item.checks if check.verdict == "refuted"
            ]
            return known.model_copy(update={"route": "revise", "reasons": tuple(refuted)})
        situation = Situation(
            feedback, value, parts, reports, case, degradations, refuted_before=refuted_before, unused=unused, run=run
        )
        found = causes(policy, situation, self._safety)
        if not found:
            return known
        return known.model_copy(
            update={"route": "review", "reasons": tuple(cause.detail for cause in found), "causes": found}
        )

    async def __call__(self, state: State, runtime: Any = None) -> Plain:
        task = task_of(state)
        update: Plain = {}
        unused = False
        if self.decisions is not None and self.policy.of_task(task.id).rule("first-use"):
            try:
                unused = not await self.decisions.used(task.id)
            except StorageError as error:
                unused = True  # nobody can say, and the rule is there to be careful
                update = degraded(self.name, error, "the task is taken for a new one")
        confidence = self.judge(
            checked_of(state),
            diagnosis_of(state),
            case=Case.of(task, submission_of(state), execution_of(state), diagnosis_of(state), grounds_of(state)),
            opinions=[Opinion.model_validate(item) for item in state.get("opinions") or ()],
            consistency=state.get("consistency"),
            mean_logprob=generation_of(state).get("mean_logprob"),
            rounds=int(state.get("revisions") or 0),
            refuted_before=bool(state.get("realise")),
            degradations=[Degradation.model_validate(item) for item in state.get("degradations") or ()],
            unused=unused,
            run=str(state.get("id") or ""),
        )
        telemetry.evaluated("confidence", confidence.value, confidence.route, "; ".join(confidence.reasons) or None)
        update |= {"confidence": confidence.plain()}
        if confidence.route == "review":
            # before the interrupt, so that nothing that waits for a person can be missing from the list
            await save_request(runtime, review_request({**state, **update}))
        return update
