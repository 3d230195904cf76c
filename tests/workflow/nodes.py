"""Nodes of a user, in a file of their own."""

from __future__ import annotations

from gradatim.domain import Submission
from gradatim.workflow import node


@node
def word_count(submission: Submission, *, comments: bool = True) -> int:
    """Words of the program."""
    lines = submission.code.splitlines()
    return sum(len(line.split()) for line in lines if comments or not line.lstrip().startswith("#"))


@node
def verbose(word_count: int) -> bool:
    """Whether the program is long."""
    return word_count > 20
