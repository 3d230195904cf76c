"""Task files: one exercise a YAML file, read with every mistake named by line.

`load_task` reads a file, `parse_task` a text (what an HTTP request carries), `task_schema` gives the
JSON Schema for editors. Nothing in a task file is executed here: code is compiled, literals are parsed.
"""

from __future__ import annotations

import ast
import difflib
import keyword
import re
import warnings
from pathlib import Path

import yaml

from gradatim.domain import Task, TaskKind
from gradatim.errors import TaskFileError
from gradatim.tools.taskschema import CONCEPT_ID, TASK_ID, task_schema
from gradatim.tools.tasksuite import read_test_file
from gradatim.tools.tasktests import compiled, read_tests
from gradatim.tools.yamlfields import Fields
from gradatim.tools.yamltree import Problems, compose, decode_utf8, describe, line_of, read_limited

__all__ = ["TASK_FILE_LIMIT", "load_task", "parse_task", "task_schema"]

TASK_FILE_LIMIT = 1_000_000
"""Bytes a task file may have."""

_KEYS = (
    "id", "title", "statement", "kind", "entry_point", "setup", "concepts", "reveal_solution", "tests",
    "reference", "inputs", "test_file", "test_source",
)  # fmt: skip
_SYNONYMS = {
    "name": "title", "description": "statement", "text": "statement", "question": "statement", "type": "kind",
    "function": "entry_point", "solution": "reference", "answer": "reference", "cases": "tests",
    "prelude": "setup", "reveal": "reveal_solution",
}  # fmt: skip


def load_task(path: str | Path) -> Task:
    """Read a task file.

    Args:
        path: A YAML file of at most `TASK_FILE_LIMIT` bytes, UTF-8.

    Returns:
        The task; its tests have the ids `t1`, `t2`, … in the order of the file.

    Raises:
        TaskFileError: With place (`task.yaml:12`), what is wrong and what to do; several problems together.
    """
    problems = Problems(str(path), TaskFileError)
    data = read_limited(Path(path), TASK_FILE_LIMIT, problems)
    return _read(decode_utf8(data, problems), problems, Path(path).parent)


def parse_task(text: str, source: str = "task.yaml") -> Task:
    """Read a task from YAML (or JSON) text.

    Args:
        text: What a task file holds.
        source: What stands before the line numbers in errors.

    Raises:
        TaskFileError: As `load_task`.
    """
    problems = Problems(source, TaskFileError)
    if len(text) > TASK_FILE_LIMIT:
        raise problems.fatal(None, f"is larger than {TASK_FILE_LIMIT:,} characters", "make it smaller")
    return _read(text.removeprefix("\ufeff"), problems, None)


def _read(text: str, problems: Problems, folder: Path | None) -> Task:
    root = compose(text, problems)
    if not isinstance(root, yaml.MappingNode):
        raise problems.fatal(
            line_of(root),
            f"is {describe(root)}, not a mapping",
            "write `id:`, `title:`, `statement:`, `tests:` entries",
        )
    fields = Fields(root, "", _KEYS, problems, _SYNONYMS)
    kind = _kind(fields)
    task_id = fields.text("id", required=True)
    if task_id is not None and not re.fullmatch(TASK_ID, task_id):
        fields.wrong(
            "id",
            f"{task_id!r} is not usable",
            "use up to 64 letters, digits, '-', '_' and '.', a letter or digit first",
        )
    title = fields.text("title", required=True)
    if title is not None and len(title.splitlines()) > 1:
        fields.wrong("title", "has several lines", "say it in one line; details belong in `statement`")
    statement = fields.text("statement", required=True)
    entry_point = _entry_point(fields, kind)
    setup = fields.text("setup", may_be_empty=True) or ""
    compiled(fields, "setup", setup)
    reference = fields.text("reference")
    tree = compiled(fields, "reference", reference)
    if tree is not None and entry_point and entry_point not in _defined(tree):
        fields.wrong("reference", f"does not define {entry_point}", "define it, or correct `entry_point`")
    concepts = _concepts(fields)
    reveal = fields.flag("reveal_solution")
    defined_somewhere = "\n".join(part for part in (statement, setup, reference) if part)
    test_file = read_test_file(fields, folder)
    tests = read_tests(fields, kind, entry_point, defined_somewhere, None if test_file is None else test_file.names)
    inputs = _inputs(fields)
    problems.raise_if_any()
    return Task(
        id=task_id or "",
        title=(title or "").strip(),
        statement=(statement or "").strip(),
        kind=kind or "function",
        entry_point=entry_point,
        setup=setup,
        concepts=concepts,
        reveal_solution=reveal,
        tests=tests,
        reference=reference,
        test_file=None if test_file is None else test_file.source,
        inputs=inputs,
    )


def _kind(fields: Fields) -> TaskKind | None:
    """`function` or `program`; `None` (with a noted problem) when it is neither."""
    given = fields.text("kind")
    if given is None:
        return "function" if "kind" not in fields else None
    if given == "function" or given == "program":
        return given
    guess = difflib.get_close_matches(given.lower(), ("function", "program"), 1)
    remedy = f"did you mean {guess[0]!r}?" if guess else "write `function` or `program`"
    fields.wrong("kind", f"{given!r} is not a kind of task", remedy)
    return None


def _entry_point(fields: Fields, kind: TaskKind | None) -> str | None:
    given = fields.text("entry_point")
    if kind == "function" and "entry_point" not in fields:
        fields.wrong("entry_point", "is missing", "name the function or class that the student has to write")
    elif kind == "program" and "entry_point" in fields:
        fields.wrong("entry_point", "has no meaning in a task of kind: program", "remove it, or write kind: function")
    elif given is not None and (not given.isidentifier() or keyword.iskeyword(given)):
        fields.wrong("entry_point", f"{given!r} is not a Python name", "write the bare name, without brackets")
        return None
    return given


def _concepts(fields: Fields) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for concept, line in fields.texts("concepts"):
        if not re.fullmatch(CONCEPT_ID, concept):
            fields.wrong(
                "concepts",
                f"{concept!r} is not a concept id",
                "write it as in the concept graph, for-loop",
                line=line,
            )
        elif concept in seen:
            fields.wrong("concepts", f"{concept!r} is given twice", "keep it once", line=line)
        seen.setdefault(concept, line)
    return tuple(seen)


def _inputs(fields: Fields) -> tuple[str, ...]:
    """Expressions that draw calls or inputs."""
    found: list[str] = []
    for index, (text, line) in enumerate(fields.texts("inputs")):
        name = f"inputs[{index}]"
        problem = _expression_problem(text)
        if problem is not None:
            fields.wrong(name, problem, "write an f-string such as f'double({random.randint(0, 9)})'", line=line)
        found.append(text.strip())
    if "inputs" in fields and "reference" not in fields:
        fields.wrong("inputs", "needs a reference to answer it", "add `reference:` with a correct program")
    return tuple(found)


def _expression_problem(text: str) -> str | None:
    """Why a text is no expression that gives a call or an input."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        return f"is not a Python expression: {error.msg}"
    except (ValueError, MemoryError, RecursionError) as error:
        return f"is not a Python expression: {error}"
    if isinstance(tree, ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set) and not (
        isinstance(tree, ast.Constant) and isinstance(tree.value, str)
    ):
        return "gives no text"
    return None


def _defined(tree: ast.Module) -> set[str]:
    """Names that a program binds at its outermost level or inside top-level `if`, `try` and `with` blocks."""
    names: set[str] = set()
    pending: list[ast.AST] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.alias):
            names.add(node.asname or node.name.partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        pending.extend(ast.iter_child_nodes(node))
    return names
