"""Which scorers an experiment is judged by, and the lines that their scores become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gradatim.evals.results import Scored
from gradatim.evals.scorers import SCORERS, Score, ScorerInfo, inputs_of, scorers_of
from gradatim.evals.scorers.registry import FAMILIES
from gradatim.evals.traces import Trace


def known_scorers() -> tuple[str, ...]:
    """Names that an experiment may give: keys of scorers, and families for all of theirs."""
    return (*SCORERS, *FAMILIES)


def chosen(names: Sequence[str], *, dialogues: bool = False) -> tuple[ScorerInfo, ...]:
    """The scorers of some names; all that need no judge when none is given.

    Args:
        dialogues: Whether there are dialogues; else none is judged as one.
    """
    return scorers_of(names or [family for family in FAMILIES if family != "tutoring" or dialogues])


def failed(trace: Trace) -> str | None:
    """Why a cell failed, if it did."""
    error: Any = trace.outputs.get("error")
    return str(error.get("message")) if isinstance(error, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]


def scored(trace: Trace, scorers: Sequence[ScorerInfo]) -> Iterator[Scored]:
    """The scores of a cell's trace, in the order of the scorers.

    A cell that failed has no score from anybody, with the reason; so has one that a scorer broke on.
    """
    reason, given = failed(trace), inputs_of(trace)
    for info in scorers:
        if reason is not None:
            yield _line(trace, {"key": info.key, "score": None, "comment": f"the run failed: {reason}"})
            continue
        try:
            found = info.scorer(**given)
        except Exception as error:  # noqa: BLE001 one scorer that breaks must not lose the others' scores
            found: Score = {
                "key": info.key, "score": None, "comment": f"the scorer broke: {type(error).__name__}: {error}"
            }  # fmt: skip
        yield _line(trace, found)


def _line(trace: Trace, score: Score) -> Scored:
    about = trace.attributes
    groups: Mapping[str, Any] = about.get("groups") or {}
    value = score["score"]
    return Scored(
        trace=trace.id,
        variant=str(about.get("variant")),
        model=str(about.get("model")),
        seed=int(about.get("seed") or 0),
        sample=str(about.get("sample")),
        key=score["key"],
        score=None if value is None else float(value),
        comment=score["comment"],
        metadata=score.get("metadata") or {},
        groups={str(key): str(item) for key, item in groups.items()},
    )
