"""Feedback as a small YAML file that a reviewer edits: the four parts, each a list of sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import yaml

from gradatim.domain import FEEDBACK_PARTS, Feedback, Statement
from gradatim.errors import ReviewError


def edit_template(feedback: Feedback) -> str:
    """The feedback as YAML."""
    plain = {part: [statement.text for statement in statements] for part, statements in feedback.parts()}
    head = "# Edit, leave out or add sentences, then: gradatim review decide ID --edit FILE --reviewer NAME\n"
    return head + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100)


def read_edit(path: Path, original: Feedback, reviewer: str) -> Feedback:
    """The edited feedback. A sentence that was kept keeps its evidence and its checks.

    Args:
        path: A YAML file as `edit_template` writes it; a part may also be one text.
        original: The feedback that was edited.
        reviewer: Who edited it.

    Raises:
        ReviewError: The file cannot be read or has another form; names file and part.
    """
    remedy = "write it as `gradatim review show ID --template` prints it"
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError(f"cannot be read: {error}", place=str(path), remedy=remedy) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ReviewError(f"is not YAML: {getattr(error, 'problem', error)}", place=place, remedy=remedy) from error
    if not isinstance(data, dict):
        raise ReviewError("is not a mapping of feedback parts", place=str(path), remedy=remedy)
    parts = cast("dict[Any, Any]", data)
    unknown = [str(key) for key in parts if key not in FEEDBACK_PARTS]
    if unknown:
        raise ReviewError(f"has the unknown part {unknown[0]!r}", place=str(path), remedy=remedy)
    known = {statement.text: statement for statement in original.statements()}
    edited: dict[str, tuple[Statement, ...]] = {}
    for part in FEEDBACK_PARTS:
        value: Any = parts.get(part) or []
        texts = cast("list[Any]", [value] if isinstance(value, str) else value)
        if not isinstance(value, str | list) or not all(isinstance(text, str) for text in texts):
            raise ReviewError("is neither a text nor a list of texts", place=f"{path}: {part}", remedy=remedy)
        sentences = [text.strip() for text in texts if text.strip()]
        edited[part] = tuple(known.get(text, Statement(text=text)) for text in sentences)
    if not any(edited.values()):
        raise ReviewError("has no sentence", place=str(path), remedy="use --reject to deliver nothing")
    return Feedback.model_validate({**edited, "author": f"person:{reviewer}"})
