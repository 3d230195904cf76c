"""What a design comes to: the flags that blocks ask for, with what goes without saying."""

from __future__ import annotations

from gradatim.graphs.planning.blocks import Flags
from gradatim.graphs.planning.library import patterns
from gradatim.graphs.planning.settling import Design

_HOW = frozenset({"time_limit", "try_again", "chinese", "english"})
_WITHOUT_PROGRAM = frozenset(
    {
        "placement",
        "short_answers",
        "formative_trigger",
        "tutoring",
        "tutor_hand_over",
        "learner_report",
        "class_report",
        "items",
        "each",
        "at_once",
        "person_before",
        "delivery",
        "recall",
        *_HOW,
    }
)
"""Patterns that need no submission."""
_ALONE = ("placement", "short_answers")
"""Patterns with a submission of their own: what is done with a program has no place beside them."""
_NEED_DIAGNOSIS = frozenset(
    {
        "feedback",
        "diagnosis",
        "peer_review",
        "person_failing",
        "after_hints",
        "what:diagnosis",
        "rubric",
        "double_marking",
        "grading.tests",
    }
)
"""Flags whose blocks read the diagnosis, or the rubric that comes with it."""


def flags_of(design: Design) -> Flags:
    """The flags of a design.

    They are its patterns, `no:PATTERN` for what it denies, `what:THING` for what a person sees, and what follows from
    them: what is remembered, who is asked, what the learner gets.
    """
    alone = next((name for name in _ALONE if design.has(name)), None)
    if alone is not None:
        allowed = {alone, "person_before", "person_unsure", "each", "at_once", *_HOW}
        design = Design({name: step for name, step in design.steps.items() if name in allowed}, design.denied)
    flags = set(design.steps) | {f"no:{name}" for name in design.denied}
    if alone is None and set(design.steps) - _WITHOUT_PROGRAM:
        flags.add("program")
    people = "no:person_before" not in flags
    text = "feedback" in flags
    if people:
        flags.add("people")
    flags |= {f"what:{item}" for item in _seen(design, flags)} if "person_before" in flags else set()
    if text and "no:memory" not in flags:
        flags |= {"memory"} | ({"recall"} if "no:recall" not in flags else set())
    if text and "no:consistency" not in flags:
        flags.add("consistency")
    if text and "no:delivery" not in flags:
        flags.add("shown")
    if text and "shown" not in flags:
        flags.add("kept")
    if "grading" in flags and "memory" in design.steps:
        flags.add("note:grades")
    if "items" in flags and "memory" in design.steps:
        flags.add("note:items")
    if "kept" in flags and "memory" in design.steps:
        flags.add("note:feedback")
    if "first" in design.chosen("reflection", "at"):
        flags.add("reflect:first")
    if {"two_drafts", "people"} <= flags:
        flags.add("what:drafts")
    if "teacher" in design.chosen("learner_report", "reader"):
        flags.add("report:teacher")
    if "rubric" in design.chosen("grading", "by"):
        flags.add("rubric")
    for name in design.steps:
        flags |= {f"{name}.{key}" for key in patterns()[name].spec.parameters if design.number(name, key) is not None}
    if flags & _NEED_DIAGNOSIS:
        flags.add("diagnosed")
    return frozenset(flags)


def _seen(design: Design, flags: set[str]) -> set[str]:
    """What a person sees before the workflow goes on: what the instruction names, or everything that goes out."""
    named = set(design.chosen("person_before", "what"))
    if "diagnosis" in named and "feedback" in named:
        named.discard("feedback")  # `see the diagnosis before the feedback is written`
    if "drafts" in named:
        named.discard("feedback")
    if "feedback" in named and "feedback" not in flags:
        named.discard("feedback")
    if named:
        return named
    of_what = {
        "feedback": "feedback",
        "grading": "grades",
        "oral_questions": "questions",
        "items": "items",
        "learner_report": "report",
        "class_report": "report",
    }
    found = {thing for pattern, thing in of_what.items() if pattern in flags}
    if "no:delivery" in flags:
        found.discard("feedback")
    return found or ({"diagnosis"} if "program" in flags else set[str]())
