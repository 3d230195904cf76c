"""Nodes of your own: a function, its parameters the state's keys, its result written under its name."""

from gradatim.domain import Submission
from gradatim.workflow import node


@node
def word_count(submission: Submission) -> int:
    """Counts the words of a program."""
    return len(submission.code.split())
