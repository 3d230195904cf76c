"""How simulated learners read and speak a language: a file of patterns and sentences for each."""

from gradatim.testing.learners.speech.lexicon import Lexicon, lexicon, lexicons

__all__ = ["Lexicon", "lexicon", "lexicons"]
