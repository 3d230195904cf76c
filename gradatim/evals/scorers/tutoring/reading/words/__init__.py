"""Words by which sentences of tutors and learners are read: a file of regular expressions a language."""

from gradatim.evals.scorers.tutoring.reading.words.words import Words, words, words_for

__all__ = ["Words", "words", "words_for"]
