"""Splitting a statement into the sentences that are checked one by one: the same as in any text of ours."""

from gradatim.languages.sentences import sentences

__all__ = ["sentences"]
