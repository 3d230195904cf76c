"""The whole benchmark: detection on real and on mutated statements, calibration, and what would be delivered."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gradatim.agents.decider import Decider
from gradatim.agents.detection import GRAPH_CLAIMS
from gradatim.agents.features import weighted_mean
from gradatim.agents.fitting import LEAST, evaluate
from gradatim.agents.policy import load_policy
from gradatim.agents.reliability import Bin, expected_calibration_error, reliability_table
from gradatim.agents.verifier import Verifier
from gradatim.evals.hallucination.delivery import Delivered, deliver
from gradatim.evals.hallucination.fit import fit_likelihood, unseen
from gradatim.evals.hallucination.judging import Judged, decided, judge_known, judge_texts
from gradatim.evals.hallucination.labels import Sentence, agreement_of_labels, labelled_sentences
from gradatim.evals.hallucination.material import Name, named, observe_all
from gradatim.evals.hallucination.mutations import SEED, statements_of_graph, statements_of_program
from gradatim.evals.hallucination.scores import (
    area_under_curve,
    calibration_error,
    coverage_table,
    detection,
    folds_of,
    rounded,
)
from gradatim.evals.hallucination.statements import KnownStatement
from gradatim.kg import EmbeddedStore, packaged_curriculum
from gradatim.settings import Settings
from gradatim.tools.claims import ClaimChecker
from gradatim.tools.sandbox import open_sandbox

SENTENCES = 1200
"""Mutated sentences that are judged at most."""
LIMIT = 0.5
"""Probability of being false above which a supported sentence is withheld as well."""
DISAGREE = 0.5
"""Self-consistency alone takes a sentence for false where fewer of the other samples blame what it blames."""

Figure = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured.

    Attributes:
        figures: Flat, name → figure.
        coverage: Of real sentences: share kept, largest probability among them, share of them that is false.
        table: Reliability of the probabilities of real sentences to be false.
        missed: Real sentences that were taken for the opposite of what they are.
        leaked: False sentences that would be delivered, with their programs.
    """

    figures: Mapping[str, Figure]
    coverage: Sequence[tuple[float, float, float]]
    table: Sequence[Bin]
    missed: Sequence[Judged]
    leaked: Sequence[tuple[Name, str]]


@dataclass(frozen=True, slots=True)
class Stated:
    """Sentences with their probability of being false from a fit that had not seen their group."""

    rows: Sequence[Judged]
    probabilities: Sequence[float]
    taken: Sequence[bool]

    @property
    def false(self) -> list[bool]:
        return [row.label == "F" for row in self.rows]

    def part(self, keep: Callable[[Judged], bool]) -> Stated:
        """Some of the sentences."""
        places = [place for place, row in enumerate(self.rows) if keep(row)]
        return Stated(
            [self.rows[place] for place in places],
            [self.probabilities[place] for place in places],
            [self.taken[place] for place in places],
        )


async def run(
    folder: Path, settings: Settings, say: Callable[[str], None], only: Collection[Name] | None = None
) -> Evaluation:
    """Measure everything.

    Args:
        folder: Like `examples/`.
        settings: `repair_seconds` bounds the search of repairs for each program.
        only: Programs to look at; all of them when not given.

    Raises:
        InputError: The folder does not hold the programs.
        SandboxError: Programs cannot be run.
    """
    store = EmbeddedStore(packaged_curriculum())
    labelled = [row for row in labelled_sentences() if only is None or row.name in only]
    async with open_sandbox(settings) as sandbox:
        items = await observe_all(sandbox, store, folder, settings.repair_seconds, say, {row.name for row in labelled})
        cases, checker = named(items), ClaimChecker(sandbox, store)
        real = decided(await judge_texts(checker, cases))
        graph = await store.snapshot()
        known = [one for item in items for one in await statements_of_program(item, graph, sandbox)]
        known += await statements_of_graph(items, store)
        say(f"{len(known):,} statements from executed facts and the concept graph")
        checked = [(await checker.check(one.claim, cases[one.name].case)).verdict for one in known]
        spoken = [one for one in known if one.sentence is not None]
        chosen = random.Random(SEED).sample(spoken, min(SENTENCES, len(spoken)))
        made = await judge_known(checker, cases, chosen)
        say(f"{len(real)} real sentences, {len(made):,} made ones")
        stated, pooled = cross_validated(real), cross_validated([*real, *made])
        doubts = {(row.name, row.text): value for row, value in zip(stated.rows, stated.probabilities, strict=True)}
        verifier, decider = Verifier(checker), Decider(load_policy())
        texts = {name: text for name, text in _texts(labelled).items() if name in cases}
        plain, read, revised, doubted = [
            [
                await deliver(
                    cases[name], text, verifier, decider, strict=strict, revised=revising, limit=limit,
                    doubts={row.text: doubts.get((name, row.text), 0.0) for row in text},
                )
                for name, text in texts.items()
            ]
            for strict, revising, limit in ((False, False, 1.0), (True, False, 1.0), (True, True, 1.0),
                                            (True, True, LIMIT))
        ]  # fmt: skip
    figures: dict[str, Figure] = {
        "programs": len(items),
        "programs_with_repair": sum(bool(item.case.diagnosis.repairs) for item in items),
        "repair_seconds": settings.repair_seconds,
        "label_kappa": rounded(agreement_of_labels(), 3),
        **_detected("real", stated),
        **_detected("real_unseen", stated.part(lambda row: not row.seen)),
        **_detected("unseen_only", cross_validated(unseen(real))),
        **_alone(real),
        **_claims(known, checked),
        **_whole(known, checked, stated),
        **_detected("made_sentence", pooled.part(_of(made))),
        **_detected("pooled", pooled),
        **_delivered("delivered", plain),
        **_delivered("delivered_all_read", read),
        **_delivered("delivered_revised", revised),
        **_delivered("delivered_revised_limit", doubted),
        **_confidence(revised),
    }
    missed = [row for row in real if (row.verdict.verdict, row.label) in (("refuted", "T"), ("supported", "F"))]
    leaked = [
        (item.name, text) for item in revised if item.route == "deliver" for text, label in item.kept if label == "F"
    ]
    return Evaluation(
        figures,
        coverage_table(stated.probabilities, stated.false),
        reliability_table(stated.probabilities, stated.false, binning="mass"),
        missed,
        leaked,
    )


def cross_validated(rows: Sequence[Judged]) -> Stated:
    """Probabilities and decisions for each sentence, threshold included, from the other groups alone."""
    folds = folds_of([row.group for row in rows])
    models = {
        fold: fit_likelihood([row for row, number in zip(rows, folds, strict=True) if number != fold])
        for fold in sorted(set(folds))
    }
    values = [models[fold].probability(row.signs) for row, fold in zip(rows, folds, strict=True)]
    taken = [value >= models[fold].threshold for value, fold in zip(values, folds, strict=True)]
    return Stated(rows, values, taken)


def _texts(labelled: Iterable[Sentence]) -> dict[Name, tuple[Sentence, ...]]:
    found: dict[Name, tuple[Sentence, ...]] = {}
    for row in labelled:
        found[row.name] = (*found.get(row.name, ()), row)
    return found


def _of(rows: Sequence[Judged]) -> Callable[[Judged], bool]:
    ids = {id(row) for row in rows}
    return lambda row: id(row) in ids


def _detected(prefix: str, stated: Stated) -> dict[str, Figure]:
    """The joined detector, and what checks that refute find without it."""
    if not stated.rows:
        return {}
    refuted = [row.verdict.verdict == "refuted" for row in stated.rows]
    joined = [said or alone for said, alone in zip(stated.taken, refuted, strict=True)]
    only = detection(refuted, stated.false)
    shown = [row for row in stated.rows if row.verdict.verdict == "supported"]
    return {
        **detection(stated.taken, stated.false).figures(prefix),
        f"{prefix}_refuted_precision": rounded(only.precision),
        f"{prefix}_refuted_recall": rounded(only.recall),
        f"{prefix}_either_precision": rounded(detection(joined, stated.false).precision),
        f"{prefix}_either_recall": rounded(detection(joined, stated.false).recall),
        f"{prefix}_supported": len(shown),
        f"{prefix}_supported_false": sum(row.label == "F" for row in shown),
        f"{prefix}_auc": rounded(area_under_curve(stated.probabilities, stated.false)),
        f"{prefix}_ece": rounded(calibration_error(stated.probabilities, stated.false)),
    }


def _alone(rows: Sequence[Judged]) -> dict[str, Figure]:
    """What execution and evidence, the concept graph, and self-consistency find, each on its own."""
    false = [row.label == "F" for row in rows]
    graph = [any(check.verdict == "refuted" and check.claim.kind in GRAPH_CLAIMS for check in row.verdict.checks)
             for row in rows]  # fmt: skip
    execution = [row.verdict.verdict == "refuted" and not of_graph for row, of_graph in zip(rows, graph, strict=True)]
    agreed = [row.signs.get("agreed") for row in rows]
    differs = [value is not None and value < DISAGREE for value in agreed]
    found: dict[str, Figure] = {"consistency_measured": sum(value is not None for value in agreed)}
    for name, taken in (("graph", graph), ("execution", execution), ("consistency", differs)):
        result = detection(taken, false)
        found |= {
            f"{name}_alone_found": result.found,
            f"{name}_alone_wrongly": result.wrongly,
            f"{name}_alone_precision": rounded(result.precision),
            f"{name}_alone_recall": rounded(result.recall),
        }
    return found


def _claims(known: Sequence[KnownStatement], verdicts: Sequence[str]) -> dict[str, Figure]:
    """Mutated and true claims, put to the claim checkers directly; and false ones found by what was changed."""
    result = detection([verdict == "refuted" for verdict in verdicts], [one.false for one in known])
    found: dict[str, Figure] = {
        **result.figures("claim"),
        "claim_true_supported": sum(
            verdict == "supported" and not one.false for one, verdict in zip(known, verdicts, strict=True)
        ),
        "claim_false_supported": sum(
            verdict == "supported" and one.false for one, verdict in zip(known, verdicts, strict=True)
        ),
    }
    for change in sorted({one.change for one in known if one.false}):
        mine = [verdict for one, verdict in zip(known, verdicts, strict=True) if one.change == change]
        found[f"claim_{change.replace(' ', '_')}_recall"] = rounded(mine.count("refuted") / len(mine))
    return found


def _whole(known: Sequence[KnownStatement], verdicts: Sequence[str], stated: Stated) -> dict[str, Figure]:
    """Claims and real sentences together: the claims as the checkers decide them, the sentences by either detector."""
    taken = [verdict == "refuted" for verdict in verdicts]
    taken += [said or row.verdict.verdict == "refuted" for said, row in zip(stated.taken, stated.rows, strict=True)]
    return {**detection(taken, [*(one.false for one in known), *stated.false]).figures("claims_and_real")}


def _delivered(prefix: str, texts: Sequence[Delivered]) -> dict[str, Figure]:
    """What a learner would read without a person: how much of it, and how much of that is false."""
    out = [item for item in texts if item.route == "deliver"]
    kept, false = sum(len(item.kept) for item in out), sum(item.false for item in out)
    told, wrong = sum(item.told for item in out), sum(len(item.misplaced) for item in out)
    return {
        f"{prefix}_texts": len(out),
        f"{prefix}_texts_share": rounded(len(out) / len(texts)) if texts else None,
        f"{prefix}_sent_back": sum(item.route == "revise" for item in texts),
        f"{prefix}_model_sentences": kept,
        f"{prefix}_model_sentences_share": rounded(kept / sum(item.written for item in texts)) if texts else None,
        f"{prefix}_model_false": false,
        f"{prefix}_evidence_sentences": told,
        f"{prefix}_evidence_false": wrong,
        f"{prefix}_evidence_other_misconception": sum(item.astray for item in out),
        f"{prefix}_false_share": rounded((false + wrong) / (kept + told)) if kept + told else None,
        f"{prefix}_model_false_share": rounded(false / kept) if kept else None,
        f"{prefix}_texts_with_false": sum(bool(item.false or item.misplaced) for item in out),
    }


def _confidence(texts: Sequence[Delivered]) -> dict[str, Figure]:
    """Calibration of the confidence, cross-validated, where there are cases enough of both outcomes."""
    rows = [item.example() for item in texts if item.route != "revise"]
    right = sum(row.right for row in rows)
    found: dict[str, Figure] = {
        "confidence_cases": len(rows),
        "confidence_right": right,
        "confidence_uncalibrated_ece": rounded(
            expected_calibration_error(
                [weighted_mean(row.features) for row in rows], [row.right for row in rows], binning="mass"
            )
        )
        if rows
        else None,
    }
    if min(right, len(rows) - right) >= LEAST:
        report = evaluate(rows)
        found["confidence_calibrated_ece"] = rounded(report.after.ece_mass)
    return found
