"""What a scorer is: a plain callable `(inputs, outputs, reference_outputs) -> {key, score, comment}`.

The shape is that of openevals and agentevals, so that scorers go into those, into LangSmith, into pytest, into
inspect_ai and into a loop of one's own. A scorer that lacks what it needs says so with a score of `None` and why; it
makes nothing up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, NotRequired, Protocol, TypedDict

from gradatim.evals.traces.trace import Trace

Family = Literal["outcome", "trust", "tutoring", "trajectory"]
Summary = Literal["mean", "share", "sum", "agreement", "calibration", "kept"]
"""How scores of many runs become one figure: their mean; the share of `True` (Wilson); a sum; agreement of pairs
(`metadata["machine"]`, `metadata["people"]`); calibration of `metadata["probability"]` against `score`; precision
against the share that is kept (`metadata["probability"]` against `score`)."""


class Score(TypedDict):
    """One judgement of one run.

    `score` is in [0, 1] unless the scorer says another unit; `None`: it could not be judged, `comment` says why. Pairs
    that many runs are compared on, counts and places stand in `metadata`.
    """

    key: str
    score: float | bool | None
    comment: str
    metadata: NotRequired[dict[str, Any]]


class Scorer(Protocol):
    """A callable that judges one run.

    `outputs` of a trace also has `spans`, `attributes` (see `inputs_of`).
    """

    def __call__(
        self,
        *,
        inputs: Mapping[str, Any],
        outputs: Mapping[str, Any],
        reference_outputs: Mapping[str, Any] | None = None,
    ) -> Score: ...


@dataclass(frozen=True, slots=True)
class ScorerInfo:
    """What is known of a scorer.

    Attributes:
        key: Under which its scores stand: lower case, words joined by `_`.
        summary: One sentence: what it measures, of what, where the measure comes from.
        family: Which shelf it stands on.
        summarised: How scores of many runs become one figure.
        higher_is_better: `None` where neither is.
        unit: Of a score that is not in [0, 1], e.g. `seconds`, `tokens`, `turns`.
        needs: What it cannot do without, for a person: `("outputs.feedback", "reference.lines")`.
    """

    key: str
    scorer: Scorer
    summary: str
    family: Family
    summarised: Summary = "mean"
    higher_is_better: bool | None = True
    unit: str | None = None
    needs: tuple[str, ...] = ()


def not_here(**_: Any) -> NoReturn:
    """Stands for a scorer of which only the scores are here: they came from another process or another program."""
    raise NotImplementedError("only scores of this scorer are here, and it cannot be asked for more")


def inputs_of(trace: Trace) -> dict[str, Mapping[str, Any]]:
    """The three arguments of a scorer, for a trace."""
    outputs = {**trace.outputs, "spans": trace.spans, "attributes": trace.attributes}
    return {"inputs": trace.inputs, "outputs": outputs, "reference_outputs": trace.reference}


def score_trace(trace: Trace, scorers: Sequence[ScorerInfo]) -> list[Score]:
    """All scores of one trace, in the order of the scorers."""
    given = inputs_of(trace)
    return [info.scorer(**given) for info in scorers]


def unscored(key: str, why: str) -> Score:
    """A score that could not be given."""
    return {"key": key, "score": None, "comment": why}
