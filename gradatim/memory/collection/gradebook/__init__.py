"""Grade books: a plain table of scores, exports of Canvas and Moodle, reports of Moodle quizzes."""

from __future__ import annotations

from gradatim.memory.collection.gradebook.reader import GradeBookReader

__all__ = ["GradeBookReader"]
