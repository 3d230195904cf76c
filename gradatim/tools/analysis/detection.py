"""Running all detectors over one program and keeping what can be upheld."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from gradatim.tools.analysis.detectors import ALWAYS_DETECTORS, TEXT_DETECTORS, TREE_DETECTORS, Detector
from gradatim.tools.analysis.examination import Examination
from gradatim.tools.analysis.sign import Sign

FLOOR = 0.6
"""Least confidence with which a misconception is told: below it, more than two in five would be wrong."""

LARGEST = 8_000
"""Nodes of the tree beyond which no detectors of trees are run: some need time that grows with the square of it, and
no beginner's program is as large (about 1,200 lines)."""

_STRONGER: dict[str, frozenset[str]] = {
    "variable-before-assignment": frozenset(
        {"accumulator-not-initialised", "global-not-declared", "typo-in-name", "initialise-inside-loop"}
    ),
    "empty-input-forgotten": frozenset({"initialise-inside-loop", "none-is-false-or-zero"}),
    "missing-return": frozenset(
        {
            "return-in-only-one-branch",
            "missing-else-case",
            "recursion-missing-return",
            "print-instead-of-return",
            "early-exit-search",
            "in-place-versus-new-list",
        }
    ),
    "missing-else-case": frozenset({"early-exit-search"}),
    "list-index-out-of-range": frozenset(
        {
            "off-by-one-loop",
            "adjacent-pairs-overrun",
            "length-as-last-index",
            "loop-variable-is-index-confusion",
            "modify-list-while-iterating",
            "empty-input-forgotten",
            "index-starts-at-one",
            "missing-base-case",
            "nested-loop-same-variable",
        }
    ),
    "string-index-out-of-range": frozenset(
        {
            "off-by-one-loop",
            "adjacent-pairs-overrun",
            "length-as-last-index",
            "empty-input-forgotten",
            "missing-base-case",
        }
    ),
    "division-by-zero-unguarded": frozenset({"empty-input-forgotten", "range-starts-at-one"}),
    "none-attribute-access": frozenset(
        {
            "append-returns-none-assigned",
            "list-mutating-method-returns-list",
            "missing-return",
            "print-instead-of-return",
            "recursion-missing-return",
            "print-returns-value",
        }
    ),
    "return-inside-loop": frozenset({"early-exit-search"}),
    "range-stop-included": frozenset({"early-exit-search", "return-inside-loop", "wrong-initial-value"}),
    "off-by-one-loop": frozenset(
        {
            "range-stop-included",
            "range-starts-at-one",
            "early-exit-search",
            "return-inside-loop",
            "adjacent-pairs-overrun",
            "wrong-initial-value",
            "initialise-inside-loop",
        }
    ),
    "prime-test-one-is-prime": frozenset({"early-exit-search", "return-inside-loop"}),
    "unused-parameter": frozenset(
        {"hard-coded-answer", "parameter-overwritten", "global-not-declared", "typo-in-name", "f-prefix-missing"}
    ),
    "extra-debug-output": frozenset({"prompt-in-output", "statement-wrongly-inside-loop", "separate-ifs-for-elif"}),
    "wrong-output-format": frozenset({"prompt-in-output", "f-prefix-missing"}),
    "boundary-comparison-strictness": frozenset(
        {"empty-input-forgotten", "missing-else-case", "return-in-only-one-branch", "missing-return"}
    ),
    "index-versus-element": frozenset(
        {"early-exit-search", "return-inside-loop", "off-by-one-loop", "range-stop-included"}
    ),
    "sort-order-reversed": frozenset({"comparison-direction-reversed", "sort-versus-sorted"}),
    "inverted-condition": frozenset({"early-exit-search", "case-sensitive-comparison"}),
    "code-runs-all-at-once": frozenset({"accumulator-not-initialised"}),
    "missing-loop-update": frozenset({"infinite-while"}),
    "string-plus-number": frozenset({"dictionary-iterates-values"}),
    "none-is-false-or-zero": frozenset({"empty-braces-is-set"}),
    "code-after-return": frozenset({"return-inside-loop"}),
    "range-of-list": frozenset({"input-is-number"}),
    "string-number-confusion": frozenset({"input-is-number", "string-plus-number"}),
}
"""Sign → signs that explain the same fact better: with one of them at hand (no less confident), it is left out."""


def detect(case: Examination) -> tuple[Sign, ...]:
    """Signs of misconceptions in a program, the most confident first, one for each misconception.

    A program that passes every test is looked at only by the detectors whose findings hold regardless.
    """
    found: list[Sign] = []
    if case.program.fault is not None and (case.program.tree is None or case.execution.load_error is not None):
        found += _run(TEXT_DETECTORS, case)
    elif case.program.tree is not None and len(case.program.nodes) <= LARGEST:
        found += _run(ALWAYS_DETECTORS, case)
        if not case.execution.passed:
            found += _run(TREE_DETECTORS, case)
    upheld = [sign for sign in found if sign.confidence >= FLOOR and _reached(case, sign)]
    return _ranked(_without_weaker(_merged(upheld)))


def _run(detectors: Iterable[Detector], case: Examination) -> list[Sign]:
    return [sign for detector in detectors for sign in detector.detect(case)]


def _reached(case: Examination, sign: Sign) -> bool:
    """Whether a sign can have to do with the failing tests: one of them runs its lines."""
    if sign.anywhere or not case.failed_ids or case.execution.load_error is not None:
        return True
    return bool(sign.lines) and case.reached(sign.lines)


def _merged(signs: Iterable[Sign]) -> dict[str, Sign]:
    """The most confident sign of each misconception; equals are told apart by their lines, and join them."""
    best: dict[str, Sign] = {}
    for sign in sorted(signs, key=lambda item: (-item.confidence, item.lines)):
        kept = best.get(sign.misconception)
        if kept is None:
            best[sign.misconception] = sign
        elif kept.confidence == sign.confidence and sign.lines[:1] not in (kept.lines[:1], ()):
            best[sign.misconception] = replace(kept, lines=tuple(dict.fromkeys((*kept.lines, *sign.lines)))[:6])
    return best


def _without_weaker(signs: dict[str, Sign]) -> list[Sign]:
    return [
        sign
        for name, sign in signs.items()
        if not any(
            other in signs and signs[other].confidence >= sign.confidence - 0.05 for other in _STRONGER.get(name, ())
        )
    ]


def _ranked(signs: Sequence[Sign]) -> tuple[Sign, ...]:
    return tuple(sorted(signs, key=lambda item: (-item.confidence, item.lines, item.misconception)))
