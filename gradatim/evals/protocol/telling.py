"""What came of a study, as Markdown for people: the state of the ratings, agreement, and the table of ablations."""

from __future__ import annotations

from collections.abc import Sequence

from gradatim.evals.protocol.agreement import COMPOSITE, Agreement, Discussed
from gradatim.evals.protocol.behaviour import Behaviour
from gradatim.evals.protocol.collecting import Collected
from gradatim.evals.protocol.evaluation import Evaluation, Row, attenuation_free
from gradatim.evals.protocol.printing import markdown_table
from gradatim.evals.protocol.study import Phase, Study
from gradatim.evals.protocol.texts import rubric_texts
from gradatim.evals.statistics import Estimate

SHOWN = 30
"""Works and problems that a list names."""


def check_markdown(found: Collected, people: Sequence[Behaviour], phase: Phase) -> str:
    """How far the raters have come, and what is wrong or striking."""
    lines = [f"# Ratings so far: {found.study.title}", "", f"Round: {phase}. Files: {found.files}.", ""]
    lines += markdown_table(
        ("Rater", "Complete", "Cannot judge", "Mean difference", "Drift", "One level for all", "Seconds", "Remarks"),
        [
            (
                person.rater,
                f"{person.complete} of {person.assigned}",
                str(person.declined),
                str(person.severity),
                "–" if person.drift is None else f"{person.drift:+.2f}",
                "–" if person.straight is None else f"{person.straight:.0%}",
                "–" if person.seconds is None else f"{person.seconds:.0f}",
                "; ".join(person.remarks) or "none",
            )
            for person in people
        ],
    )
    lines += ["", "## What is wrong", ""]
    lines += [f"* {problem.place}: {problem.message} ({problem.remedy})" for problem in found.problems[:SHOWN]]
    lines += _more(len(found.problems)) or ([] if found.problems else ["Nothing."])
    lines += ["", "## What is missing", ""]
    missing = [(rater, work) for rater in found.raters for work in found.missing(rater, phase)]
    lines += [f"* {rater}: {code} ({', '.join(open_ones)})" for rater, (code, open_ones) in missing[:SHOWN]]
    lines += _more(len(missing)) or ([] if missing else ["Nothing."])
    return "\n".join(lines) + "\n"


def agreement_markdown(found: Collected, agreed: Sequence[Agreement], apart: Sequence[Discussed], phase: Phase) -> str:
    """Agreement in each dimension, what follows, and which works to discuss."""
    lines = [
        f"# Agreement of raters: {found.study.title}",
        "",
        f"Round: {phase}. {len(found.raters)} raters{_left_out(found)}. Intervals of 95 %. Missing ratings are left "
        "missing: α allows for them, Fleiss' κ and the ICC rest on works that all rated. Ratings left out because they "
        f"cannot be used or contradict each other: {sum(problem.left_out for problem in found.problems)}.",
        "",
    ]
    lines += _agreement_table(agreed)
    lines += ["", "## Does it suffice?", ""]
    lines += [f"* {named(item.dimension)}: {item.says}." for item in agreed]
    lines += [
        "",
        "Thresholds: α ≥ .800 reliable, ≥ .667 for tentative conclusions (Krippendorff 2004); ICC(2,k) ≥ .75 good (Koo "
        "and Li 2016). κ depends on how the levels are distributed: where nearly all works get one level it is low "
        "however well raters agree; look at the shares beside it.",
        "",
        "## Pairs of raters",
        "",
    ]
    lines += markdown_table(
        ("Dimension", "Raters", "n", "Weighted κ", "Same level", "At most one apart"),
        [
            (named(item.dimension), f"{pair.first}, {pair.second}", str(pair.works), str(pair.kappa),
             _share(pair.exact), _share(pair.near))
            for item in agreed
            for pair in item.pairs
        ],
    )  # fmt: skip
    lines += ["", f"## Works to discuss: {len(apart)}", ""]
    for work in apart[:SHOWN]:
        told = "; ".join(
            f"{named(dimension)} " + ", ".join(f"{rater} {level:g}" for rater, level in given.items())
            for dimension, given in work.levels.items()
        )
        lines.append(f"* {work.work}: {told}")
    lines += _more(len(apart))
    if phase == "main" and apart:
        lines += ["", "In the main round, discuss only after the last rating is in, and change none of them."]
    return "\n".join(lines) + "\n"


def evaluation_markdown(found: Collected, result: Evaluation) -> str:
    """Agreement of the variants with the consensus, and what each part adds."""
    study = found.study
    lines = [
        f"# Agreement with experts: {study.title}",
        "",
        f"{result.consensus[COMPOSITE]:,} works with a consensus of {len(found.raters)} raters{_left_out(found)}; "
        f"baseline: {result.baseline}. Pearson's r and Spearman's ρ with the mean of the raters, intervals of 95 %. "
        "Δr: r less that of the baseline on the works that both scored; p: Williams' test for dependent correlations, "
        "corrected over the variants (Holm).",
        "",
        "## Table: what each part adds (composite)",
        "",
        *ablation_table(result.of(COMPOSITE)),
        "",
    ]
    for dimension in study.dimensions:
        rows = result.of(dimension)
        lines += [f"## {named(dimension)}", ""]
        lines += ablation_table(rows) if rows else ["Not measured by any variant."]
        lines.append("")
    lines += ["## What agreement could be", ""]
    people = [person for person in result.people if person.r.value is not None]
    lines += [f"* {person.rater} against the mean of the others (composite): r = {person.r}." for person in people]
    lines += [""] if people else []
    lines += _agreement_table(result.reliability)
    base = next((row for row in result.of(COMPOSITE) if row.variant == result.baseline), None)
    free = None if base is None else attenuation_free(base.r, _of(result.reliability, COMPOSITE).icc_mean)
    if free is not None:
        lines += [
            "",
            f"With a consensus without error, r of {result.baseline} would be about {free:.3f} (r / √ICC(2,k), "
            "Spearman 1904). That is an estimate beside the figure, not in its place.",
        ]
    lines += ["", "## What was left out, and why", "", *exclusions(found, result)]
    return "\n".join(lines) + "\n"


def ablation_table(rows: Sequence[Row]) -> list[str]:
    """Variants one below the other, as the source has its ablations."""
    return markdown_table(
        ("System", "n", "r [95 % CI]", "ρ [95 % CI]", "Weighted κ", "Δr [95 % CI]", "Williams t (df)", "p (Holm)"),
        [
            (
                row.variant,
                str(row.works),
                _told(row.r),
                str(row.rho),
                str(row.kappa),
                "baseline" if row.test is None else str(row.difference or "–"),
                "" if row.test is None or row.test.statistic is None else f"{row.test.statistic:.2f} ({row.test.df:g})",
                "" if row.test is None else p_text(row.p),
            )
            for row in rows
        ],
    )


def exclusions(found: Collected, result: Evaluation) -> list[str]:
    """Every rule that left something out, with how much."""
    study = found.study
    lost = sum(problem.left_out for problem in found.problems)
    lines = [
        f"* Training and calibration works ({len(study.codes('training'))} and {len(study.codes('calibration'))}): "
        "they were talked about.",
        f"* Ratings that cannot be used or contradict each other: {lost} (`gradatim eval protocol check` names them).",
        f'* Ratings said to be impossible ("cannot judge"): {len(found.declined)}. Nothing was filled in.',
        f"* Works with fewer than {result.least} ratings, where they were given to so many raters: "
        + ", ".join(f"{named(name)} {count}" for name, count in result.too_few.items())
        + ".",
        f"* Samples of the experiment that the study does not hold: {result.unknown}.",
    ]
    unmeasured = [f"{row.variant}, {named(row.dimension)}: {row.unmeasured}" for row in result.rows if row.unmeasured]
    lines.append(f"* Works that a variant did not score: {'; '.join(unmeasured) or 'none'}.")
    if not found.excluded:
        return [*lines, "* Raters: none."]
    names = ", ".join(found.excluded)
    return [*lines, f"* Raters: {names}, by hand. State the reason, and the results with them."]


def named(dimension: str) -> str:
    """A dimension as people call it."""
    if dimension == COMPOSITE:
        return "Composite"
    text = rubric_texts("en").get(dimension)
    return str(text["name"]) if text else dimension.replace("_", " ")


def p_text(p: float | None) -> str:
    """A probability as papers print it."""
    if p is None:
        return "–"
    return "< .001" if p < 0.001 else f"{p:.3f}".lstrip("0")


def progress_text(study: Study) -> str:
    """What a study asks for, in a sentence."""
    main, shared = len(study.codes("main")), len(study.shared("main"))
    return (
        f"{len(study.raters)} raters, {len(study.codes('training'))} training, "
        f"{len(study.codes('calibration'))} calibration and {main} main works ({shared} of them rated by several)"
    )


def _agreement_table(agreed: Sequence[Agreement]) -> list[str]:
    return markdown_table(
        ("Dimension", "n", "complete", "α", "Fleiss κ", "Weighted κ", "ICC(2,1)", "ICC(2,k)"),
        [
            (
                named(item.dimension),
                str(item.works),
                str(item.complete),
                str(item.alpha),
                _optional(item.fleiss),
                _optional(item.weighted),
                str(item.icc_one),
                str(item.icc_mean),
            )
            for item in agreed
        ],
    )


def _told(estimate: Estimate) -> str:
    """An estimate, or why there is none."""
    return str(estimate) if estimate.value is not None else f"– ({estimate.method.removeprefix('not estimable: ')})"


def _optional(estimate: Estimate | None) -> str:
    return "" if estimate is None else str(estimate)


def _of(agreed: Sequence[Agreement], dimension: str) -> Agreement:
    return next(item for item in agreed if item.dimension == dimension)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _left_out(found: Collected) -> str:
    return f" ({', '.join(found.excluded)} left out by hand)" if found.excluded else ""


def _more(count: int) -> list[str]:
    return [f"* and {count - SHOWN} more"] if count > SHOWN else []
