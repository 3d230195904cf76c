"""Every text judged sentence by sentence, with the signs of each sentence and its label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gradatim.evals.hallucination.labels import Label, labelled_sentences, sampled_texts
from gradatim.evals.hallucination.material import Name, Observed
from gradatim.evals.hallucination.statements import KnownStatement
from gradatim.tools.claims import ClaimChecker, SentenceVerdict, judge_text
from gradatim.tools.claims.likelihood import blames, signs_of


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled sentence with what is known of it.

    Attributes:
        name: The program that it speaks of.
        label: `T`, `F` or `N`.
        signs: What its likelihood is computed from.
        group: What must not lie in two folds of a cross-validation: its task.
        seen: Whether the reading of sentences was developed with it in view.
    """

    name: Name
    text: str
    label: Label
    verdict: SentenceVerdict
    signs: Mapping[str, float | None]
    group: str
    seen: bool = False


async def judge_texts(checker: ClaimChecker, cases: Mapping[Name, Observed]) -> list[Judged]:
    """Judge the labelled texts.

    A sentence that has no label, because the text was cut off in it, is judged with the others and left out.

    Raises:
        SandboxError: Programs cannot be run.
    """
    labels = {(row.name, row.text): row for row in labelled_sentences()}
    found: list[Judged] = []
    for item in sampled_texts():
        observed = cases.get(item.name)
        if observed is None:
            continue
        text, *further = item.samples
        judged = await judge_text(text, "error_identification", observed.case, checker)
        others = [blames(sample, observed.case) for sample in further]
        for (sentence, verdict), signs in zip(judged, signs_of(judged, observed.case, others), strict=True):
            row = labels.get((item.name, sentence))
            if row is not None:
                found.append(Judged(item.name, sentence, row.label, verdict, signs, item.task, row.seen))
    return found


def decided(rows: Sequence[Judged]) -> list[Judged]:
    """Sentences that state something."""
    return [row for row in rows if row.label != "N"]


async def judge_known(
    checker: ClaimChecker, cases: Mapping[Name, Observed], statements: Sequence[KnownStatement]
) -> list[Judged]:
    """Judge sentences whose truth is known, each on its own.

    Raises:
        SandboxError: Programs cannot be run.
    """
    found: list[Judged] = []
    for one in statements:
        if one.sentence is not None:
            case = cases[one.name].case
            judged = await judge_text(one.sentence, "error_identification", case, checker)
            worst = min(judged, key=lambda item: _SEVERITY.index(item[1].verdict))
            signs = signs_of(judged, case)[judged.index(worst)]
            found.append(Judged(one.name, one.sentence, "F" if one.false else "T", worst[1], signs, one.group))
    return found


_SEVERITY = ("refuted", "unchecked", "supported", "none")
