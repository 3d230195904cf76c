"""Feedback as a small YAML file that a reviewer edits: the four parts, each a list of sentences with their evidence."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import cast

import yaml

from gradatim.app.console import shorten
from gradatim.domain import FEEDBACK_PARTS, Feedback, Statement
from gradatim.errors import InputError
from gradatim.tools.yamlfields import Fields
from gradatim.tools.yamltree import Problems, compose, decode_utf8, describe, line_of, read_limited, scalar_text, tag_of

LIMIT = 200_000
"""Bytes that an edit may have."""
_HEAD = """\
# Edit, leave out or add sentences, then: gradatim review decide ID --edit FILE --reviewer NAME
# A sentence that stays as it is keeps its evidence and its checks; a changed one keeps the evidence of the sentence it
# was made from, and what it claims is checked again. To say yourself what one rests on, write it as
#   - {text: "…", evidence: [test:t3]}
"""
_MARKS = {"supported": "✓", "refuted": "✗", "unchecked": "?"}


def edit_template(feedback: Feedback) -> str:
    """The feedback as YAML; what each sentence rests on stands above it as a comment."""
    lines = [_HEAD.rstrip()]
    for part, statements in feedback.parts():
        lines.append(f"{part}:" if statements else f"{part}: []")
        for statement in statements:
            if statement.evidence:
                lines.append(f"  # rests on {' '.join(shorten(item, 60) for item in statement.evidence)}")
            lines += [f"  # {_MARKS[item.verdict]} {shorten(item.detail, 100)}" for item in statement.checks]
            lines.append(f"  - {_quoted(statement.text)}")
    if feedback.withheld:
        lines.append("# Withheld, because nothing bears it out:")
        lines += [f"#   {shorten(statement.text, 200)}" for statement in feedback.withheld]
    return "\n".join(lines) + "\n"


def read_edit(path: Path, original: Feedback, reviewer: str, known: Collection[str] | None = None) -> Feedback:
    """The edited feedback. A sentence that was kept keeps its evidence and its checks.

    Args:
        path: A YAML file as `edit_template` writes it; a part may also be one text.
        original: The feedback that was edited.
        reviewer: Who edited it.
        known: Ids of the evidence there is; any other is refused. Not looked at when not given.

    Raises:
        InputError: The file cannot be read or has another form; names file and lines.
    """
    problems = Problems(str(path), InputError)
    root = compose(decode_utf8(read_limited(path, LIMIT, problems), problems), problems)
    if not isinstance(root, yaml.MappingNode):
        raise problems.fatal(
            line_of(root),
            f"is {describe(root)}, not a mapping of feedback parts",
            "write it as `gradatim review show ID --template` prints it",
        )
    fields = Fields(root, "", FEEDBACK_PARTS, problems)
    kept = {statement.text: statement for statement in (*original.statements(), *original.withheld)}
    edited: dict[str, tuple[Statement, ...]] = {
        part: _statements(fields, part, kept, known, problems) for part in FEEDBACK_PARTS
    }
    problems.raise_if_any()
    if not any(edited.values()):
        raise problems.fatal(None, "has no sentence", "use --reject to deliver nothing")
    return Feedback.model_validate({**edited, "author": f"person:{reviewer}"})


def _statements(
    fields: Fields, part: str, kept: dict[str, Statement], known: Collection[str] | None, problems: Problems
) -> tuple[Statement, ...]:
    node = fields.get(part)
    if node is None or tag_of(node) == "null":
        return ()
    if isinstance(node, yaml.SequenceNode):
        items = cast("list[yaml.Node]", node.value)
    elif _is_text(node):
        items = [node]
    else:
        fields.wrong(part, "is neither a text nor a list of texts", f'write `{part}: ["one sentence"]`')
        return ()
    found: list[Statement] = []
    for number, item in enumerate(items, 1):
        name = f"{part}[{number}]"
        if _is_text(item):
            text, evidence = scalar_text(item), None
        elif isinstance(item, yaml.MappingNode):
            entry = Fields(item, name, ("text", "evidence"), problems)
            text, evidence = entry.text("text", required=True) or "", _evidence(entry, known)
        else:
            fields.wrong(name, "is neither a text nor a text with evidence", "write a sentence", line=line_of(item))
            continue
        if text.strip():
            statement = kept.get(text.strip(), Statement(text=text.strip()))
            if evidence is not None and evidence != statement.evidence:
                statement = Statement(text=statement.text, evidence=evidence)
            found.append(statement)
    return tuple(found)


def _evidence(entry: Fields, known: Collection[str] | None) -> tuple[str, ...] | None:
    if "evidence" not in entry:
        return None
    for name, line in entry.texts("evidence"):
        if known is not None and name not in known:
            entry.wrong("evidence", f"names {name!r}, which is not there", "see `gradatim review show ID`", line=line)
    return tuple(dict.fromkeys(name for name, _ in entry.texts("evidence")))


def _is_text(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and tag_of(node) == "str"


def _quoted(text: str) -> str:
    """A text between double quotes: JSON's form of a string is one of YAML's."""
    return json.dumps(text, ensure_ascii=False)
