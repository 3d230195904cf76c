"""Every language says everything, with the same values."""

from __future__ import annotations

import pytest

from gradatim.agents.prompts import CASE_PROMPTS
from gradatim.kg import packaged_curriculum
from gradatim.languages import available, language
from gradatim.languages.completeness import gaps


@pytest.mark.parametrize("code", available())
def test_no_language_lacks_a_phrase(code: str) -> None:
    graph = packaged_curriculum()
    found = gaps(
        code,
        concepts=[concept.id for concept in graph.concepts],
        misconceptions=[item.id for item in graph.misconceptions],
        prompts=CASE_PROMPTS,
    )
    assert found.phrases > 1_000
    assert found.uneven == ()
    if not language(code).falls_back:
        assert found.missing == ()
        assert found.labels == () or code == "en"
        assert found.prompts == () or code == "en"
    assert found.unknown == ()


def test_the_concepts_of_tasks_are_defined_in_chinese() -> None:
    from pathlib import Path

    from gradatim.kg.labels import (
        concept_called,
        concept_name,
        concept_text,
        misconception_name,
        misconception_text,
        topic_title,
    )
    from gradatim.languages import speaking
    from gradatim.tools.taskfile import load_task

    tasks = sorted((Path(__file__).parents[2] / "examples" / "tasks").glob("*.yaml"))
    about = {concept for path in tasks for concept in load_task(str(path)).concepts}
    assert len(about) > 50
    with speaking("zh"):
        assert {concept for concept in about if concept_text(concept, "definition") is None} == set()
        assert concept_name("for-loop") == "for 循环"
        assert misconception_name("off-by-one-loop") == "循环的界限差一"
        assert misconception_text("off-by-one-loop", "correction")
        assert topic_title("loops", "Loops") == "循环"
    assert concept_called("for 循环") == "for-loop"
    assert concept_called("nothing") is None
    assert topic_title("loops", "Loops") == "Loops"
    assert concept_name("for-loop") == "for loop"
    assert concept_text("for-loop", "definition") is None, "English words are those of the graph"
