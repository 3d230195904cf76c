"""Every detector on labelled programs: what it has to find, what it has to leave alone, and how often it is right."""

from __future__ import annotations

import sys
from collections import Counter

import pytest

from gradatim.tools.analysis.detectors import ALWAYS_DETECTORS, TEXT_DETECTORS, TREE_DETECTORS, Detector
from tests.tools.analysis.labelled import Labelled, examined, labelled, told

DETECTORS: dict[str, Detector] = {
    module.__name__.rpartition(".")[2]: module for module in (*TEXT_DETECTORS, *TREE_DETECTORS, *ALWAYS_DETECTORS)
}
LEAST_PRECISION = 0.95
LEAST_RECALL = 0.95


def shown_by_detector(item: Labelled) -> set[str]:
    return set(item.shows) & set(DETECTORS[item.detector].TELLS)


@pytest.mark.parametrize("item", labelled(), ids=lambda item: item.name)
def test_nothing_wrong_is_told_of_a_labelled_program(item: Labelled) -> None:
    signs = {sign.misconception: sign for sign in told()[item.name]}
    wrong = signs.keys() - item.accepted
    assert not wrong & set(DETECTORS[item.detector].TELLS), [signs[name].fact for name in wrong]
    for name in shown_by_detector(item) & signs.keys():
        assert set(item.shows[name]) & set(signs[name].lines), signs[name]


def test_of_all_that_is_told_nearly_all_is_right_and_nearly_all_is_found() -> None:
    right = wrong = found = wanted = 0
    missed: list[str] = []
    for item in labelled():
        signs = {sign.misconception: sign for sign in told()[item.name]}
        right += len(signs.keys() & item.accepted)
        wrong += len(signs.keys() - item.accepted)
        for name, lines in item.shows.items():
            wanted += 1
            if name in signs and set(lines) & set(signs[name].lines):
                found += 1
            else:
                missed.append(f"{item.name}: {name}")
    precision, recall = right / (right + wrong), found / wanted
    told_right = f"precision {right}/{right + wrong} = {precision:.3f}, recall {found}/{wanted} = {recall:.3f}"
    sys.stdout.write("\n  ".join((told_right, "missed:", *missed)) + "\n")
    assert precision >= LEAST_PRECISION
    assert recall >= LEAST_RECALL


def test_every_detector_has_programs_that_show_it_and_near_misses() -> None:
    shown = Counter(item.detector for item in labelled() if shown_by_detector(item))
    missed = Counter(item.detector for item in labelled() if not shown_by_detector(item))
    assert {name for name in DETECTORS if shown[name] < 2} == set()
    assert {name for name in DETECTORS if missed[name] < 3} == set()
    assert {item.detector for item in labelled()} == set(DETECTORS)


def test_every_detector_finds_at_least_one_of_its_programs() -> None:
    found = {
        item.detector
        for item in labelled()
        if shown_by_detector(item) & {sign.misconception for sign in told()[item.name]}
    }
    assert found == set(DETECTORS)


def test_a_detector_tells_only_what_it_names() -> None:
    for item in labelled():
        case = examined()[item.name]
        modules = (*TREE_DETECTORS, *ALWAYS_DETECTORS) if case.program.tree is not None else TEXT_DETECTORS
        for module in modules:
            assert {sign.misconception for sign in module.detect(case)} <= set(module.TELLS), module.__name__


def test_a_program_that_shows_something_fails_a_test_unless_its_sign_holds_anyway() -> None:
    always = {name for module in ALWAYS_DETECTORS for name in module.TELLS}
    for item in labelled():
        if set(item.shows) - always:
            assert not examined()[item.name].execution.passed, item.name
