from __future__ import annotations

import json

from gradatim.app.bench.path import course_of, goal_of
from gradatim.kg import packaged_curriculum
from tests.app.conftest import Invoke

POLICIES = (
    "index", "rollout", "greedy", "greedy_cautious", "random", "syllabus", "syllabus_loose", "syllabus_fixed",
)  # fmt: skip


def test_every_policy_is_told_and_compared(invoke: Invoke) -> None:
    result = invoke("bench", "path", "--json", "--sample", "6")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(result.stdout.splitlines()[-1])
    assert all(not isinstance(value, dict | list) for value in figures.values())
    assert (figures["learners"], figures["courses"]) == (6, 1)
    for name in POLICIES:
        assert 0.0 < figures[f"{name}_mastered_share"] < 1.0
        assert 0.0 <= figures[f"{name}_goal_steps"] <= figures["goal_practices"]
    assert (figures["ours_free"], figures["ours_goal"]) == ("index", "rollout")
    for name in POLICIES[1:]:
        gained = figures["index_mastered_share"] - figures[f"{name}_mastered_share"]
        assert abs(figures[f"over_{name}_mastered_share_gained"] - gained) < 2e-4
    assert figures["index_free_violations"] == figures["rollout_goal_violations"] == 0


def test_courses_need_nothing_from_outside_and_differ() -> None:
    graph = packaged_curriculum()
    courses = [course_of(graph, number, concepts=30) for number in range(2)]
    assert courses[0].concepts != courses[1].concepts
    for course in courses:
        assert 20 <= len(course.concepts) <= 30
        inside = set(course.concepts)
        assert all(
            edge.source in inside for edge in graph.relations if edge.type == "prerequisite" and edge.target in inside
        )
        assert goal_of(course, 1) == course.concepts[0]
