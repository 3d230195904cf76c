"""What a text holds, whoever reads it: lines that it names, code that could be put in, and how long it is."""

from __future__ import annotations

from gradatim.domain import Task
from gradatim.testing.learners.attempts import copies
from gradatim.testing.learners.cues import LineCue, Sentence
from gradatim.testing.learners.fault import Draft
from gradatim.testing.learners.reading import Reader, words_in
from gradatim.testing.learners.speech import lexicon

__all__ = ["lines_named", "programs_in", "questions_in", "words_in"]


def lines_named(text: str, program: str, language: str = "en") -> frozenset[int]:
    """Lines of a program that a text names by number or by quoting them, except those that it says are right."""
    found: set[int] = set()
    for sentence in _read(text, program, language):
        for cue in sentence.cues:
            if isinstance(cue, LineCue) and cue.how == "pointer" and not cue.approving:
                found.update(cue.lines)
    return frozenset(found)


def programs_in(text: str, program: str, task: Task, language: str = "en") -> tuple[str, ...]:
    """Programs that come of putting in code that a text gives, or of exchanging what it says to exchange."""
    found: dict[str, None] = {}
    for sentence in _read(text, program, language, task.entry_point):
        found.update(dict.fromkeys(draft.text for draft in copies(Draft(program), sentence, task)))
    return tuple(found)


def questions_in(text: str) -> int:
    """Questions in a text."""
    return text.count("?") + text.count("？")


def _read(text: str, program: str, language: str, entry_point: str | None = None) -> tuple[Sentence, ...]:
    return Reader(lexicon(language), program, (), entry_point, "", "").read(text)
