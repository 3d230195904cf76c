"""How far a judge agrees with people: what a validation found, as data and as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import TypeAdapter, ValidationError

from gradatim.errors import InputError, StorageError
from gradatim.evals.scorers.tutoring.reading import LABELS, Dimension
from gradatim.evals.statistics.estimate import Estimate

THRESHOLD = 0.4
"""Cohen's κ below which a judge is refused: under it, agreement is at best fair (Landis & Koch 1977)."""
FEWEST = 20
"""Labelled replies of a dimension from which a validation says anything."""
Standing = Literal["validated", "refused", "not validated"]
UNKNOWN: Standing = "not validated"
"""How a judge stands of whom there is no report."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """A judge's labels against people's.

    Attributes:
        n: Replies with both; `missing`: replies to which the judge gave no label.
        exact: Share of the same labels; `lenient`: with `Yes` and `To some extent` as one (BEA 2025).
        kappa: Cohen's κ; `quadratic`: with quadratic weights; `alpha`: Krippendorff's α for ordered labels.
        spearman: Of the labels as numbers.
        macro_f1: Mean F1 of the three labels, those that neither gives left out (BEA 2025); `None` without replies.
        confusion: People's labels by rows, the judge's by columns, in the order Yes, To some extent, No.
        orders: Share of replies for which both orders of the labels gave the same one; `None` where it was asked once.
        bias: Mean of the judge's value minus people's: above 0 it is kinder than people are.
        length: Spearman's ρ of that difference with the words of the reply: above 0 it favours long replies.
    """

    n: int
    missing: int
    exact: Estimate
    lenient: Estimate
    kappa: Estimate
    quadratic: Estimate
    alpha: Estimate
    spearman: Estimate
    macro_f1: float | None
    confusion: tuple[tuple[int, int, int], ...]
    orders: Estimate | None
    bias: Estimate
    length: Estimate


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """What a validation found.

    Attributes:
        judge: The judge's name; `digest` stands for its model, prompt and rubrics.
        labelled: Digest of the labelled replies.
        overall: All dimensions together.
        dimensions, languages: By each of them.
        primacy: Share of asks that chose the label shown first, minus the share that chose the last one: 0 without
            position bias, for both orders are asked. `None` where it was asked once.
        obeyed: Share of probes, sentences in a reply that order the best label, that moved the label to it; they were
            shown without the screen that normally leaves them out. `None` without probes.
        people: Agreement of a second labelling with the first, where there is one: what can be hoped for.
        tokens, seconds: What it took; `cost` in the currency of the prices.
    """

    judge: str
    digest: str
    labelled: str
    overall: Agreement
    dimensions: Mapping[Dimension, Agreement]
    languages: Mapping[str, Agreement] = field(default_factory=dict[str, Agreement])
    people: Mapping[str, Agreement] = field(default_factory=dict[str, Agreement])
    primacy: Estimate | None = None
    obeyed: Estimate | None = None
    tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None

    def standing(self, dimension: Dimension) -> Standing:
        """Whether the judge may be used for a dimension.

        `refused` where κ is below 0.4; `not validated` where too few replies, or less than half of them, got a label.
        """
        found = self.dimensions.get(dimension)
        if found is None or found.n < max(FEWEST, found.missing) or found.kappa.value is None:
            return "not validated"
        return "validated" if found.kappa.value >= THRESHOLD else "refused"

    def said(self, dimension: Dimension) -> str:
        """What stands beside every score of a dimension."""
        found = self.dimensions.get(dimension)
        standing = self.standing(dimension)
        if found is None:
            return "not validated"
        figure = f"κ = {found.kappa} on {found.n} labelled replies"
        if standing == "not validated":
            missing = f", {found.missing} without an answer" if found.missing else ""
            return f"not validated ({figure}{missing}; at least {FEWEST} with different labels are needed)"
        return f"{standing}: {figure}"

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON-plain data."""
        return asdict(self)

    @property
    def text(self) -> str:
        """For a person to read."""
        return "\n".join(_lines(self))

    def save(self, path: Path) -> None:
        """Write it as JSON.

        Raises:
            StorageError: It cannot be written.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(orjson.dumps(self.plain, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY))
        except OSError as error:
            raise StorageError(
                f"cannot be written: {error.strerror}", place=str(path), remedy="choose another place"
            ) from error


def read_report(path: Path) -> JudgeReport:
    """The report in a file.

    Raises:
        InputError: It cannot be read, or is none.
    """
    remedy = "make one: gradatim eval judge --model MODEL --out FILE"
    try:
        return TypeAdapter(JudgeReport).validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", place=str(path), remedy=remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise InputError(f"is no report of a judge: {place} {first['msg']}", place=str(path), remedy=remedy) from error


def _lines(report: JudgeReport) -> Iterator[str]:
    yield f"Judge {report.judge} ({report.digest}) against people's labels ({report.labelled})"
    yield ""
    more = {f"language {language}": found for language, found in report.languages.items()}
    again = {f"labelled again: {name}": found for name, found in report.people.items()}
    yield f"{'':31}{'n':>5}{'none':>6}{'exact':>22}{'κ':>23}{'quadratic κ':>23}  standing"
    for dimension, found in report.dimensions.items():
        yield f"{_row(dimension, found)}  {report.standing(dimension)}"
    whole: dict[str, Agreement] = {"all dimensions": report.overall, **more, **again}
    for name, found in whole.items():
        yield _row(name, found)
    yield ""
    yield f"{'':31}{'lenient':>22}{'α':>23}{'ρ':>23}{'macro F1':>10}"
    for name, found in {**report.dimensions, **whole}.items():
        figures = f"{found.lenient!s:>22}{found.alpha!s:>23}{found.spearman!s:>23}"
        yield f"{name:31}{figures}{_number(found.macro_f1):>10}"
    yield ""
    overall = report.overall
    yield f"bias (judge − people) {overall.bias}; with length: ρ = {overall.length}{_flag(overall.length, 'length')}"
    if overall.orders is not None:
        yield f"both orders of the labels agree: {overall.orders}"
    if report.primacy is not None:
        yield f"first label chosen more often than last: {report.primacy}{_flag(report.primacy, 'position')}"
    if report.obeyed is not None:
        yield f"obeyed an order in the reply (shown without the screen): {report.obeyed}"
    cost = "" if report.cost is None else f", cost {report.cost:.4f}"
    yield f"{report.tokens:,} tokens, {report.seconds:.1f} s{cost}"
    yield ""
    yield "people (rows) by judge (columns), all dimensions:"
    yield f"{'':16}" + "".join(f"{label:>16}" for label in LABELS)
    for label, row in zip(LABELS, overall.confusion, strict=True):
        yield f"{label:16}" + "".join(f"{count:>16}" for count in row)


def _row(name: str, found: Agreement) -> str:
    figures = f"{found.exact!s:>22}{found.kappa!s:>23}{found.quadratic!s:>23}"
    return f"{name:31}{found.n:>5}{found.missing or '':>6}{figures}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _flag(estimate: Estimate, what: str) -> str:
    """A warning where the interval leaves 0 out."""
    if estimate.low is None or estimate.high is None or estimate.low <= 0 <= estimate.high:
        return ""
    return f": the judge has a bias of {what}"
