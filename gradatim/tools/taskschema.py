"""The JSON Schema of task files, for editors and for programs that write tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TASK_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""Pattern of a task's id: it stands in file names and addresses."""
CONCEPT_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
"""Pattern of a concept's id, as in the concept graph."""
MOST_SECONDS = 60
"""The longest time limit a test may have, seconds."""
MOST_WEIGHT = 1000
"""The largest weight a test may have."""


def task_schema() -> Mapping[str, Any]:
    """The JSON Schema (draft 2020-12) of a task file, for editors and other programs.

    It says what a task file looks like; that code compiles and literals parse, only reading it tells.
    """
    text = {"type": "string", "minLength": 1}
    word = {"type": ["string", "number", "boolean"]}
    any_text = {"type": ["string", "number", "boolean", "null"]}
    common = {
        "name": {**word, "description": "Shown to the learner; different for each test."},
        "hidden": {"type": "boolean", "default": False, "description": "Never shown to a learner."},
        "weight": {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_WEIGHT, "default": 1},
        "timeout": {
            "type": "number", "exclusiveMinimum": 0, "maximum": MOST_SECONDS, "default": 1,
            "description": "Seconds of CPU and of waiting that this test may take.",
        },
    }  # fmt: skip
    call = {**text, "description": "A Python expression, usually a call of the entry point."}
    expect = {"description": "The value of `call`: a Python literal as text, or a number, list or mapping as it is."}
    forms = {
        "returns": {
            "title": "a call and its value", "type": "object", "additionalProperties": False,
            "required": ["call", "expect"], "properties": {"call": call, "expect": expect, **common},
        },
        "raises": {
            "title": "a call and the exception it raises", "type": "object", "additionalProperties": False,
            "required": ["call", "raises"],
            "properties": {
                "call": call,
                "raises": {**text, "description": "A built-in exception, or one the task itself speaks of."},
                **common,
            },
        },
        "program": {
            "title": "a run of the whole program", "type": "object", "additionalProperties": False,
            "required": ["stdout"],
            "properties": {
                "stdin": {**any_text, "default": "", "description": "What the program can read."},
                "stdout": {**any_text, "description": "What it has to print."},
                **common,
            },
        },
        "check": {
            "title": "an assertion", "type": "object", "additionalProperties": False, "required": ["check"],
            "properties": {
                "check": {**text, "description": "An assert statement; statements may stand before it."},
                **common,
            },
        },
        "suite": {
            "title": "a test of the test file", "type": "object", "additionalProperties": False, "required": ["suite"],
            "properties": {
                "suite": {**text, "description": "`test_name` or `TestClass.test_name`."},
                **common,
            },
        },
    }  # fmt: skip
    of_functions = ("returns", "raises", "check", "suite")
    function_tests = {"items": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in of_functions]}}
    program_tests = {"items": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in ("program", "suite")]}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "gradatim task file",
        "description": "One programming exercise: what to do, how it is tested, which concepts it is about.",
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "title", "statement"],
        "anyOf": [{"required": [key]} for key in ("tests", "test_file", "test_source")],
        "properties": {
            "id": {
                "type": ["string", "integer"], "pattern": f"^{TASK_ID}$", "description": "Unique name.",
            },
            "title": {**word, "description": "One line for people."},
            "statement": {**text, "description": "What the learner is asked to do."},
            "kind": {
                "enum": ["function", "program"], "default": "function",
                "description": "`function`: something is called. `program`: input goes to output.",
            },
            "entry_point": {
                **text, "pattern": r"^[^\W\d]\w*$",
                "description": "Function or class to write; needed for kind: function, and only there.",
            },
            "setup": {"type": "string", "default": "", "description": "Code that runs before the learner's."},
            "concepts": {
                "type": "array", "uniqueItems": True, "default": [],
                "items": {"type": "string", "pattern": f"^{CONCEPT_ID}$"},
                "description": "Ids of concept-graph nodes that the task is about.",
            },
            "reveal_solution": {
                "type": "boolean", "default": False,
                "description": "Whether a learner may be shown a complete correct program.",
            },
            "tests": {"type": "array", "minItems": 1, "description": "Every one has to pass."},
            "reference": {**text, "description": "A correct program, shown only if `reveal_solution`."},
            "inputs": {
                "type": "array", "items": word, "default": [],
                "description": "Python expressions that each draw a call (or an input) with `random`.",
            },
            "test_file": {
                **text, "pattern": r"\.py$",
                "description": "A unittest or pytest module beside this file, which imports `submission`.",
            },
            "test_source": {**text, "description": "The text of such a module."},
        },
        "if": {"required": ["kind"], "properties": {"kind": {"const": "program"}}},
        "then": {"properties": {"tests": program_tests, "entry_point": False}},
        "else": {"properties": {"tests": function_tests}, "required": ["entry_point"]},
        "$defs": forms,
    }  # fmt: skip
