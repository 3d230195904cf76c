"""Every detector on programs that it has to find and programs that it has to leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gradatim.domain import Diagnosis, Execution
from gradatim.tools.analysis import FLOOR, detectors
from gradatim.tools.analysis.detectors import ALWAYS_DETECTORS, TEXT_DETECTORS, TREE_DETECTORS
from tests.tools.analysis.samples import Sample, samples

CURRICULUM = Path(__file__).parents[3] / "gradatim" / "kg" / "curricula" / "python"
Diagnosed = dict[str, tuple[Execution, Diagnosis]]


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.name)
def test_a_sample_shows_its_misconception_and_no_other_of_its_kind(sample: Sample, diagnosed: Diagnosed) -> None:
    execution, diagnosis = diagnosed[sample.name]
    assert not execution.passed
    found = {item.id: item for item in diagnosis.misconceptions}
    for name, line in sample.finds.items():
        assert name in found, f"found {sorted(found)}"
        assert line in found[name].lines
        assert found[name].confidence >= FLOOR
    assert not set(sample.avoids) & set(found)


def test_a_match_rests_on_evidence_that_the_diagnosis_has(diagnosed: Diagnosed) -> None:
    for name, (_, diagnosis) in diagnosed.items():
        ids = {item.id for item in diagnosis.evidence}
        for match in diagnosis.misconceptions:
            assert match.evidence, name
            assert set(match.evidence) <= ids, name
            assert match.evidence[0].startswith(f"static:{match.id}"), name
            assert match.why, name


def test_detectors_are_listed_once_and_there_are_many() -> None:
    listed = [*TEXT_DETECTORS, *TREE_DETECTORS, *ALWAYS_DETECTORS]
    assert len(listed) == len({module.__name__ for module in listed})
    assert len(listed) >= 117


def test_the_samples_cover_misconceptions_of_the_curriculum_only() -> None:
    known: set[str] = set()
    for path in CURRICULUM.glob("*.yaml"):
        known |= {item["id"] for item in yaml.safe_load(path.read_text("utf-8")).get("misconceptions") or ()}
    told = {name for sample in samples() for name in sample.finds}
    assert told <= known
    assert len(told) >= 80


def test_every_misconception_that_a_detector_can_tell_is_in_the_curriculum() -> None:
    known: set[str] = set()
    for path in CURRICULUM.glob("*.yaml"):
        known |= {item["id"] for item in yaml.safe_load(path.read_text("utf-8")).get("misconceptions") or ()}
    told = {name for module in (*TEXT_DETECTORS, *TREE_DETECTORS, *ALWAYS_DETECTORS) for name in module.TELLS}
    assert len(told) > 90
    assert told <= known


def test_every_module_of_a_detector_is_listed() -> None:
    files = {path.stem for path in Path(detectors.__file__).parent.glob("*/*.py")} - {"__init__"}
    listed = [*TEXT_DETECTORS, *TREE_DETECTORS, *ALWAYS_DETECTORS]
    assert files == {module.__name__.rpartition(".")[2] for module in listed}
