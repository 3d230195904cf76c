"""Passages of a course's text, found by the concepts they are about."""

from gradatim.kg.passages.index import Passage, PassageIndex

__all__ = ["Passage", "PassageIndex"]
