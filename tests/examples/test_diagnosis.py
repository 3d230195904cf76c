"""How much of what is wrong with the examples a diagnosis finds."""

from __future__ import annotations

from gradatim.domain import Diagnosis
from tests.examples.catalogue import Example, examples

WRONG = tuple(example for example in examples() if example.verdict == "incorrect")
LINES_WANTED = 0.85
MISCONCEPTIONS_WANTED = 0.75


def _share(found: list[Example]) -> tuple[float, str]:
    """Share of the wrong examples that are among `found`, and the names of the others."""
    names = {example.name for example in found}
    return len(found) / len(WRONG), f"missed: {', '.join(e.name for e in WRONG if e.name not in names)}"


def test_the_fault_is_among_the_first_three_lines(diagnoses: dict[str, Diagnosis]) -> None:
    found = [
        example
        for example in WRONG
        if {item.line for item in diagnoses[example.name].suspicious_lines[:3]} & set(example.lines)
    ]
    share, missed = _share(found)
    assert share >= LINES_WANTED, missed


def test_the_misconception_is_among_the_matches(diagnoses: dict[str, Diagnosis]) -> None:
    found = [
        example
        for example in WRONG
        if {item.id for item in diagnoses[example.name].misconceptions} & set(example.misconceptions)
    ]
    share, missed = _share(found)
    assert share >= MISCONCEPTIONS_WANTED, missed


def test_nothing_is_found_in_correct_programs(diagnoses: dict[str, Diagnosis]) -> None:
    for example in examples():
        if example.verdict == "correct":
            diagnosis = diagnoses[example.name]
            assert diagnosis.verdict == "correct", example.name
            assert diagnosis.error_category is None, example.name
            assert diagnosis.suspicious_lines == (), example.name
            assert diagnosis.misconceptions == (), example.name


def test_every_wrong_program_has_evidence(diagnoses: dict[str, Diagnosis]) -> None:
    for example in WRONG:
        diagnosis = diagnoses[example.name]
        assert diagnosis.error_category, example.name
        assert diagnosis.evidence, example.name
        ids = {item.id for item in diagnosis.evidence}
        cited = {cited for match in diagnosis.misconceptions for cited in match.evidence}
        assert cited <= ids, example.name
