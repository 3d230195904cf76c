"""The eight workflows for a classroom run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gradatim.domain import Submission
from gradatim.graphs import Services
from gradatim.graphs.workflow import load_workflow
from gradatim.testing import (
    approve,
    assert_delivered,
    assert_held_for_person,
    assert_no_leak,
    assert_no_unchecked,
    assert_not_visited,
    assert_path,
    assert_visited,
    edit,
    reject,
    respond,
    run_workflow,
)
from gradatim.tools.taskfile import load_task

pytestmark = pytest.mark.asyncio(loop_scope="package")
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOLDER = EXAMPLES / "workflows"
README = (FOLDER / "README.md").read_text(encoding="utf-8")
FIBONACCI = load_task(EXAMPLES / "tasks" / "fibonacci.yaml")


def program(task: str, number: str, learner: str | None = None) -> Submission:
    path = EXAMPLES / "submissions" / task / f"{number}.py"
    return Submission.of(task, path.read_text(encoding="utf-8"), path.name, learner)


def given(number: str = "03", **more: Any) -> dict[str, Any]:
    return {"task": FIBONACCI, "submission": program("fibonacci", number), **more}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
async def test_each_is_sound_and_told_of(path: Path) -> None:
    workflow = load_workflow(path)
    assert workflow.spec.description
    assert f"`{path.name}`" in README


async def test_an_exam_is_marked_twice_and_released_by_a_person(services: Services) -> None:
    exam, yes = FOLDER / "exam-grading.yaml", approve("grace")
    run = await run_workflow(exam, given(), services=services, answers=[yes, yes])
    marking = {"first_marker", "second_marker"}
    assert_path(
        run, ["intake", "execute", "diagnose", marking, "compare", "proposed_mark", "moderate", ..., "grade_out"]
    )
    mark, first, second = run.values["grade_out"], run.values["first_mark"], run.values["second_mark"]
    assert mark["reviewer"] == "grace"
    assert mark["value"]["points"] == (first["points"] + second["points"]) / 2

    changed = edit({"proposed_mark": {**mark["value"], "points": 9.0}}, name="ask_person")
    moderated = await run_workflow(exam, given(), services=services, answers=[changed, reject("no")])
    assert moderated.values["proposed_mark"]["points"] == 9.0
    assert moderated.values["grade_out"] is None


async def test_marks_that_agree_need_no_moderator(services: Services) -> None:
    run = await run_workflow(FOLDER / "exam-grading.yaml", given("01"), services=services)
    assert_not_visited(run, "moderate")
    assert_held_for_person(run, "grades_out")
    assert run.values["first_mark"]["points"] == 20


async def test_lab_feedback_reaches_the_learner(services: Services) -> None:
    inputs = {"task": FIBONACCI, "submission": program("fibonacci", "03", "ada")}
    run = await run_workflow(FOLDER / "lab-feedback.yaml", inputs, services=services)
    assert_delivered(run)
    assert_no_unchecked(run)
    assert_no_leak(run)
    assert run.values["next_concepts"]
    assert all(item["reasons"] for item in run.values["next_concepts"])


async def test_a_placement_test_adapts_and_places(services: Services) -> None:
    asked: list[str] = []

    def solves(request: Any) -> Any:
        """A learner who solves what is easy; the teacher takes the level as it is."""
        action = request["action_requests"][0]
        if action["name"] != "hand_in":
            return approve()
        task = action["args"]["task"]
        asked.append(task)
        easy = task in ("star-triangle", "hours-and-minutes", "count-vowels", "mean-temperature")
        return respond(program(task, "01").code) if easy else reject("I cannot")

    run = await run_workflow(FOLDER / "placement-test.yaml", {}, services=services, answers=[solves] * 7)
    assert len(asked) == len(set(asked)) == len(run.values["answers"])
    assert asked[0] in ("longest-word", "fibonacci")
    assert len(asked) <= 6
    assert run.values["level"]["level"] in ("beginner", "intermediate")
    assert run.values["placement"]["theta"] < 0.2
    assert sum(run.values["level"]["levels"].values()) == pytest.approx(1.0)
    assert bool(run.times("talk")) != run.values["level"]["certain"]


async def test_a_tutor_hands_over_to_a_teacher(services: Services) -> None:
    wrong, right = program("fibonacci", "03").code, program("fibonacci", "01").code
    says = [f"```python\n{wrong}```", "just tell me the answer", "can I talk to my teacher please?"]
    session = [*map(respond, says), respond("Look at range again.", "grace"), respond(f"```python\n{right}```")]
    run = await run_workflow(FOLDER / "tutoring.yaml", {"task": FIBONACCI}, services=services, answers=session)
    said = [item.payload["action_requests"][0]["description"] for item in run.questions]
    assert [item.node for item in run.questions] == [*["tutor_listen"] * 3, "tutor_ask_teacher", *["tutor_listen"] * 2]
    assert "2 of 6 tests pass" in said[1]
    assert "grace writes:\nLook at range again." in said[4]
    assert "All 6 tests pass now" in said[5]
    assert not any("range(n)" in text for text in said)
    assert run.values["turn"]["passed"] is True


async def test_a_peers_review_is_held_against_evidence(services: Services) -> None:
    review = "I like your names. Test t4 fails. `fibonacci(5)` gives 5."
    run = await run_workflow(FOLDER / "peer-review.yaml", given(review=review), services=services)
    assert [item["text"] for item in run.values["statements"]] == ["I like your names.", "Test t4 fails."]
    assert [item["verdict"] for item in run.values["peer_review"]["advice"]] == ["refuted"]
    unkind = await run_workflow(FOLDER / "peer-review.yaml", given(review="You idiot."), services=services)
    assert_held_for_person(unkind, "teacher")


async def test_oral_questions_come_with_executed_answers(services: Services) -> None:
    run = await run_workflow(FOLDER / "oral-questions.yaml", given("01"), parameters={"count": 4}, services=services)
    assert len(run.values["oral_questions"]) == 4
    assert all(item["answer"] for item in run.values["oral_sheet"]["questions"])


async def test_grades_that_change_are_asked_about(services: Services) -> None:
    numbers = ["01", "02", "03"]
    inputs = {
        "task": FIBONACCI,
        "submissions": [program("fibonacci", number) for number in numbers],
        "earlier": {"01.py": 20.0, "02.py": 3.0, "03.py": 5.5},
    }
    run = await run_workflow(FOLDER / "batch-regrading.yaml", inputs, services=services, answers=[approve("grace")])
    assert [(item["program"], item["before"], item["after"]) for item in run.values["changed"]] == [("02.py", 3.0, 5.5)]
    assert run.values["regraded"]["reviewer"] == "grace"
    same = await run_workflow(
        FOLDER / "batch-regrading.yaml",
        {**inputs, "earlier": {"01.py": 20, "02.py": 5.5, "03.py": 5.5}},
        services=services,
    )
    assert_not_visited(same, "ask")
    assert_visited(same, "nothing")


async def test_a_short_answer_is_marked_with_its_own_words(services: Services) -> None:
    question = yaml.safe_load((FOLDER / "short-answers" / "seasons.yaml").read_text())
    answer = "The axis is tilted, so the north gets more sunlight in June. The distance is not the reason."
    run = await run_workflow(FOLDER / "short-answer.yaml", {"question": question, "answer": answer}, services=services)
    assert (run.values["marks"]["points"], run.values["marks"]["uncertain"]) == (5.0, False)
    assert all(item["quote"] in answer for item in run.values["marks"]["judgements"])
    unsure = await run_workflow(
        FOLDER / "short-answer.yaml", {"question": question, "answer": "The axis is not tilted."}, services=services
    )
    assert_held_for_person(unsure, "teacher")


QUESTIONS = [yaml.safe_load(path.read_text()) for path in sorted((FOLDER / "short-answers").glob("*.yaml"))]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
async def test_its_questions_can_be_marked(services: Services, question: dict[str, Any]) -> None:
    run = await run_workflow(FOLDER / "short-answer.yaml", {"question": question, "answer": ""}, services=services)
    assert run.values["marks"]["points"] == 0


async def test_the_readme_gives_a_command_for_each() -> None:
    commands = re.findall(r"gradatim workflow run (\S+)", README)
    assert {Path(name).name for name in commands} == {path.name for path in FOLDER.glob("*.yaml")} - {
        "regrade-one.yaml"
    }
    for name in re.findall(r"[\w/-]+\.(?:yaml|py|txt|json)", README):
        assert name == "program.py" or (FOLDER / name).exists() or (EXAMPLES.parent / name).exists(), name
