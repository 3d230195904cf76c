"""What of the texts would reach a learner: each text as a model's draft, verified, pruned, completed, decided."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from gradatim.agents.calibration import Example
from gradatim.agents.conversation import grounding_of
from gradatim.agents.decider import Decider
from gradatim.agents.verifier import Verifier
from gradatim.domain import (
    FEEDBACK_PARTS,
    Check,
    Claim,
    Feedback,
    FeedbackPart,
    MisconceptionClaim,
    ProseClaim,
    Route,
    Statement,
)
from gradatim.evals.hallucination.labels import Label, Sentence
from gradatim.evals.hallucination.material import Name, Observed
from gradatim.serving.realiser import available
from gradatim.tools.claims import claims_of

_ADVICE = re.compile(
    r"\b(?:should|need(?:s|ed)? to|must|to (?:fix|correct|solve|resolve)|replace|change|instead|you can|we can|try)\b",
    re.I,
)
_DIAGNOSIS = re.compile(
    r"\b(?:problem|issue|error|mistake|bug|fault|fails?|wrong|incorrect|missing|raises?|does(?: not|n't))\b", re.I
)
_POINTS = re.compile(r"^The evidence points to line (\d+)")


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one text.

    Attributes:
        route: `deliver`: a learner would read it at once; `revise`: it goes back to the model; `review`: to a person.
        written: Sentences of the model that went in.
        kept: Those of them that would be delivered and state something; (text, label) each.
        told: Sentences of the realiser that stand beside them.
        misplaced: Those of them that are refuted, or point to a line other than the known ones.
        astray: How many of them explain a misconception other than the known ones, which describes the fault otherwise.
        features: What the confidence rests on.
    """

    name: Name
    route: Route
    confidence: float
    written: int
    kept: tuple[tuple[str, Label], ...]
    told: int
    misplaced: tuple[str, ...]
    astray: int
    features: Mapping[str, float | None] = field(default_factory=dict[str, float | None])

    @property
    def false(self) -> int:
        """Sentences of the model that would be delivered and are false."""
        return sum(label == "F" for _, label in self.kept)

    def example(self) -> Example:
        """As a case to calibrate a confidence on: right where nothing that is told is false."""
        return Example(self.features, not self.false and not self.misplaced)


def part_of(sentence: str) -> FeedbackPart:
    """Advice is a suggestion, a diagnosis says what is wrong, everything else explains."""
    if _ADVICE.search(sentence):
        return "corrective_suggestion"
    return "error_identification" if _DIAGNOSIS.search(sentence) else "explanation"


def draft_of(sentences: tuple[Sentence, ...], item: Observed, *, strict: bool = False) -> Feedback:
    """The sentences of one text as a model's draft.

    Args:
        strict: Give each sentence at least a claim in prose, so that none goes unread and undecided advice is withheld.
    """
    parts: dict[str, list[Statement]] = {part: [] for part in FEEDBACK_PARTS}
    for sentence in sentences:
        part = part_of(sentence.text)
        claims: tuple[Claim, ...] = claims_of(sentence.text, part, item.case.submission.code)
        if strict and not claims:
            claims = (ProseClaim(text=sentence.text),)
        parts[part].append(Statement(text=sentence.text, claims=claims))
    return Feedback.model_validate({**parts, "author": "model:sample"})


async def deliver(
    item: Observed,
    sentences: tuple[Sentence, ...],
    verifier: Verifier,
    decider: Decider,
    *,
    strict: bool = False,
    revised: bool = False,
    doubts: Mapping[str, float] | None = None,
    limit: float = 1.0,
) -> Delivered:
    """Send a text through verification, pruning, completion and the routing policy.

    Args:
        strict: As in `draft_of`.
        revised: As if the model had taken back in a second round what was refuted, and changed nothing else.
        doubts: Probability of each sentence to be false.
        limit: What is supported, but false with a larger probability than this, is withheld.

    Raises:
        SandboxError: Programs cannot be run.
    """
    case = item.case
    checked = await verifier.verify(case, draft_of(sentences, item, strict=strict))
    if revised:
        checked = checked.model_copy(
            update={part: tuple(one for one in items if not one.refuted) for part, items in checked.parts()}
        )
    if doubts is not None:
        checked = _doubted(checked, {text for text, doubt in doubts.items() if doubt > limit})
    grounding = grounding_of(case, available(tuple(case.evidence.values())))
    pruned = await verifier.prune(case, checked, grounding)
    confidence = decider.judge(pruned, case.diagnosis, case=case, rounds=int(revised))
    labels: dict[str, Label] = {sentence.text: sentence.label for sentence in sentences}
    said = [(one, part in pruned.completed or one.supplied) for part, ones in pruned.parts() for one in ones]
    own = [one for one, by_evidence in said if not by_evidence]
    told = [one for one, by_evidence in said if by_evidence]
    return Delivered(
        name=item.program.name,
        route=confidence.route,
        confidence=confidence.value,
        written=sum(sentence.label != "N" for sentence in sentences),
        kept=tuple((one.text, labels[one.text]) for one in own if labels.get(one.text, "N") != "N"),
        told=len(told),
        misplaced=tuple(one.text for one in told if _misplaced(one, item)),
        astray=sum(_astray(one, item) for one in told),
        features=confidence.features,
    )


def _doubted(feedback: Feedback, texts: set[str]) -> Feedback:
    """The feedback with an undecided check for each sentence of `texts`, so that it is withheld."""
    parts = {
        part: tuple(
            item.model_copy(update={"checks": (*item.checks, _doubt(item.text))}) if item.text in texts else item
            for item in statements
        )
        for part, statements in feedback.parts()
    }
    return feedback.model_copy(update=parts)


def _doubt(text: str) -> Check:
    return Check(claim=ProseClaim(text=text), verdict="unchecked", method="none", detail="it is likely to be false")


def _misplaced(statement: Statement, item: Observed) -> bool:
    """Whether a sentence made from evidence is false: refuted, or pointing to a line that is not at fault."""
    pointed = _POINTS.match(statement.text)
    return statement.refuted or (pointed is not None and int(pointed[1]) not in item.program.lines)


def _astray(statement: Statement, item: Observed) -> bool:
    return any(
        isinstance(claim, MisconceptionClaim) and claim.misconception not in item.program.misconceptions
        for claim in statement.claims
    )
