"""Which scorers `gradatim eval score` asks: those that need no judge, and those of the judge that was named."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradatim.errors import InputError

if TYPE_CHECKING:
    from gradatim.evals.judging import Judge, JudgeReport
    from gradatim.evals.scorers import ScorerInfo
    from gradatim.evals.scorers.tutoring.reading import Dimension

_ALL = "judged"
"""Stands for all dimensions in a list of scorers."""
_FAMILY = "tutoring"
_AT_ONCE = 16
"""Traces of which a judge is asked at a time at most."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The scorers of a run of the command.

    Attributes:
        scorers: In the order of their figures.
        judge: Whose scores are among them; `None` without one.
        standings: `validated`, `not validated`, by the key of a judged scorer.
        notes: What a person has to know of the judge, a sentence each.
    """

    scorers: tuple[ScorerInfo, ...]
    judge: Judge | None = None
    standings: Mapping[str, str] = field(default_factory=dict[str, str])
    notes: tuple[str, ...] = ()

    @property
    def threads(self) -> int:
        """Traces that are to be scored at a time; 1 where nobody is waited for."""
        return 1 if self.judge is None else max(2, min(_AT_ONCE, self.judge.at_once))

    def plain(self) -> dict[str, Any]:
        """What JSON says of the judge; nothing without one."""
        if self.judge is None:
            return {}
        spent = self.judge.spent
        return {
            "judge": {
                "name": self.judge.name,
                "digest": self.judge.digest,
                "standings": dict(self.standings),
                "notes": list(self.notes),
                "judgements": spent.judged,
                "known_before": spent.cached,
                "failed": spent.failed,
                "why": spent.why or None,
                "tokens": spent.usage.input_tokens + spent.usage.output_tokens,
                "cost": spent.cost,
            }
        }


@contextmanager
def asked(
    keys: str | None, spec: str | None = None, report: Path | None = None, rubrics: Sequence[Path] = ()
) -> Generator[Asked]:
    """The scorers that were asked for; a judge is open for as long as they are used.

    Args:
        keys: Scorers, families, `judged_…`, or `judged` for all of a judge's; everything when not given.
        spec: The judge's model, as `--model` takes it elsewhere; `none` for no judge.
        report: Of its validation.
        rubrics: In place of the packaged ones.

    Raises:
        InputError: There is no such scorer, no judge for a judged one, or the report is of another judge.
        ModelError: The judge's model is not on disk.
    """
    if spec is None or spec == "none":
        if report is not None:
            raise InputError("a report is of no use without its judge", place="--judge-report", remedy="add --judge")
        yield Asked(_without_judge(keys))
        return
    from gradatim.evals.judging import open_judge, read_report, rubrics_of, usual_store
    from gradatim.settings import load_settings

    found = None if report is None else read_report(report)
    plain, dimensions, named = _parted(keys)
    own = rubrics_of(rubrics)
    settings = load_settings()
    judge = open_judge(spec, settings, store=usual_store(settings), rubrics=own)
    try:
        yield _with_judge(judge, found, plain, dimensions, named=named)
    except BaseException:  # threads may wait for answers that nobody is interested in any more
        judge.give_up()
        raise
    judge.close()


def _without_judge(keys: str | None) -> tuple[ScorerInfo, ...]:
    from gradatim.evals.scorers import scorers_of

    if keys is None:
        return scorers_of()
    parts = _split(keys)
    for part in parts:
        if part == _ALL or part.startswith(f"{_ALL}_"):
            raise InputError(f"{part!r} needs a judge", place="--scorers", remedy="name a model: --judge MODEL")
    return scorers_of(parts)


def _parted(keys: str | None) -> tuple[tuple[ScorerInfo, ...], tuple[Dimension, ...], bool]:
    """Scorers that need no judge, dimensions for the judge, and whether each of those was named."""
    from gradatim.evals.judging.scorers import PREFIX
    from gradatim.evals.scorers import scorers_of
    from gradatim.evals.scorers.tutoring.reading import DIMENSIONS

    if keys is None:
        return scorers_of(), DIMENSIONS, False
    parts = _split(keys)
    rest = [part for part in parts if part != _ALL and not part.startswith(PREFIX)]
    plain = scorers_of(rest) if rest else ()
    if _ALL in parts or _FAMILY in parts:
        return plain, DIMENSIONS, False
    names = [part.removeprefix(PREFIX) for part in parts if part.startswith(PREFIX)]
    chosen: tuple[Dimension, ...] = tuple(dimension for dimension in DIMENSIONS if dimension in names)
    unknown = [name for name in names if name not in DIMENSIONS]
    if unknown:
        known = ", ".join(PREFIX + dimension for dimension in DIMENSIONS)
        raise InputError(f"there is no scorer {PREFIX + unknown[0]!r}", place="--scorers", remedy=f"one of {known}")
    if not chosen:
        raise InputError(
            "none of these scorers is for a judge", place="--scorers", remedy=f"add {_ALL}, {PREFIX}{DIMENSIONS[0]}, …"
        )
    return plain, chosen, True


def _with_judge(
    judge: Judge,
    report: JudgeReport | None,
    plain: Sequence[ScorerInfo],
    dimensions: Sequence[Dimension],
    *,
    named: bool,
) -> Asked:
    from gradatim.evals.judging import judged_scorers
    from gradatim.evals.judging.report import THRESHOLD, UNKNOWN
    from gradatim.evals.judging.scorers import PREFIX

    notes: list[str] = []
    if report is None:
        notes.append(
            f"{judge.name} is not validated as a judge, so nobody knows what its scores are worth: "
            "gradatim eval judge --model MODEL --out report.json, then --judge-report report.json"
        )
    elif not named:
        refused = [item for item in dimensions if report.standing(item) == "refused"]
        dimensions = [item for item in dimensions if item not in refused]
        if refused:
            notes.append(
                f"not asked, because {judge.name} agrees too little with people (κ < {THRESHOLD}): {', '.join(refused)}"
            )
    scorers = judged_scorers(judge, report, dimensions=dimensions)
    standings = {PREFIX + item: UNKNOWN if report is None else report.standing(item) for item in dimensions}
    if report is not None:
        open_ones = [key.removeprefix(PREFIX) for key, standing in standings.items() if standing == UNKNOWN]
        if open_ones:
            notes.append(f"{judge.name} is not validated on {', '.join(open_ones)}")
    if not plain and not scorers:
        raise InputError("no scorer is left", place="--scorers", remedy="take another judge, or scorers without one")
    return Asked((*plain, *scorers), judge, standings, tuple(notes))


def _split(keys: str) -> list[str]:
    return [part for item in keys.split(",") if (part := item.strip())]
